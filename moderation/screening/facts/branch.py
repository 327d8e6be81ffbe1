"""What goes on in the thread and branch that a draft would stand in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Self

from comments.intake import Draft
from comments.status import Status
from moderation.screening.facts.asking import Question, Rows
from moderation.screening.facts.base import Asked

PACE_OVER: Final = timedelta(hours=1)

# The places are read with the rows: a move may have changed them since the form was made.
SLOWED: Final = """
    SELECT slow.head_id, slow.minutes, head.tree_id, head.lft, head.rght, slow.reason, slow.until_at
    FROM comments_brake slow
    JOIN comments_comment head ON head.id = slow.head_id
    JOIN comments_comment parent ON parent.tree_id = head.tree_id
        AND parent.lft BETWEEN head.lft AND head.rght
    WHERE parent.id = %(parent)s AND slow.minutes IS NOT NULL AND slow.set_at <= %(at)s
        AND (slow.lifted_at IS NULL OR slow.lifted_at > %(at)s)
        AND (slow.until_at IS NULL OR slow.until_at > %(at)s)
    ORDER BY slow.minutes DESC
"""
# Every status is named, so that the index which ends with the time can be used: comments_queue.
LATELY: Final = """
    SELECT count(*) FROM comments_comment
    WHERE tree_id = (SELECT tree_id FROM comments_comment WHERE id = %(parent)s)
        AND status = ANY (%(statuses)s) AND submitted_at BETWEEN %(since)s AND %(at)s
        AND id <> %(replaces)s
"""
OPEN_REPORTS: Final = """
    SELECT count(*) FROM moderation_report report
    JOIN comments_comment reported ON reported.id = report.comment_id
    WHERE reported.tree_id = (SELECT tree_id FROM comments_comment WHERE id = %(parent)s)
        AND report.reported_at <= %(at)s
        AND (report.answered_at IS NULL OR report.answered_at > %(at)s)
"""


@dataclass(frozen=True)
class Slowed:
    """A slowed branch: the interval of its comments in the tree, and the minutes between two."""

    head_id: int
    minutes: int
    tree_id: int
    lft: int
    rght: int
    reason: str = ""
    until_at: datetime | None = None


@dataclass(frozen=True)
class Branch(Asked):
    """The slowed branches around the draft, the slowest first, and how lively its thread is.

    Counted are the comments of the hour before and the reports that were open.
    """

    slowed: tuple[Slowed, ...] = ()
    replies: int = 0
    reports: int = 0

    @classmethod
    def questions(cls, draft: Draft, at: datetime) -> Sequence[Question]:
        """See Asked; none where nothing is answered."""
        if draft.parent is None:
            return []
        asked = {
            "parent": draft.parent.pk,
            "at": at,
            "since": at - PACE_OVER,
            "replaces": draft.replaces.pk if draft.replaces else 0,
            "statuses": Status.values,
        }
        return [Question(sql, asked) for sql in (SLOWED, LATELY, OPEN_REPORTS)]

    @classmethod
    def read(cls, draft: Draft, at: datetime, answers: Sequence[Rows]) -> Self:
        """See Asked."""
        if not answers:
            return cls()
        slowed, ((replies,),), ((reports,),) = answers
        return cls(tuple(Slowed(*row) for row in slowed), replies, reports)
