"""Whether the whole conversation under a draft's post is slowed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from comments.intake import Draft
from moderation.screening.facts.asking import Question, Rows
from moderation.screening.facts.base import Asked

SLOWED: Final = """
    SELECT minutes, reason, until_at FROM comments_brake
    WHERE post_id = %(post)s AND set_at <= %(at)s
        AND (lifted_at IS NULL OR lifted_at > %(at)s) AND (until_at IS NULL OR until_at > %(at)s)
    ORDER BY set_at DESC LIMIT 1
"""


@dataclass(frozen=True)
class SlowedPost(Asked):
    """The minutes between two comments of one person; 0 where it is not slowed."""

    minutes: int = 0
    reason: str = ""
    until_at: datetime | None = None

    @classmethod
    def questions(cls, draft: Draft, at: datetime) -> Sequence[Question]:
        """See Asked."""
        return [Question(SLOWED, {"post": draft.post.pk, "at": at})]

    @classmethod
    def read(cls, draft: Draft, at: datetime, answers: Sequence[Rows]) -> Self:
        """See Asked."""
        return cls(*answers[0][0]) if answers[0] else cls()
