"""Whether the whole conversation under a draft's post is slowed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from comments.intake import Draft
from moderation.screening.facts.asking import Question, Rows
from moderation.screening.facts.base import Asked

SLOWED: Final = """
    SELECT minutes FROM moderation_slowpost WHERE post_id = %(post)s AND set_at <= %(at)s
"""


@dataclass(frozen=True)
class SlowedPost(Asked):
    """The minutes between two comments of one person; 0 where it is not slowed."""

    minutes: int = 0

    @classmethod
    def questions(cls, draft: Draft, at: datetime) -> Sequence[Question]:
        """See Asked."""
        return [Question(SLOWED, {"post": draft.post.pk, "at": at})]

    @classmethod
    def read(cls, draft: Draft, at: datetime, answers: Sequence[Rows]) -> Self:
        """See Asked. Only what still holds is known, not what was lifted since."""
        return cls(*(row[0] for row in answers[0]))
