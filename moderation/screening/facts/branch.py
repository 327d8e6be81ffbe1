"""What goes on in the thread and branch that a draft would stand in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject

from comments.intake import Draft
from comments.models import Comment
from comments.status import Status
from moderation.models import Report, SlowBranch
from moderation.screening.facts.base import Group
from moderation.screening.facts.sanctions import holds

PACE_OVER: Final = timedelta(hours=1)


@dataclass(frozen=True)
class Slowed:
    """A slowed branch: the interval of its comments in the tree, and the minutes between two."""

    head_id: int
    minutes: int
    tree_id: int
    lft: int
    rght: int


@dataclass(frozen=True)
class Branch(Group):
    """The slowed branches around the draft, the slowest first, and how lively its thread is.

    Counted are the comments of the hour before and the reports that were open.
    """

    slowed: tuple[Slowed, ...] = ()
    replies: int = 0
    reports: int = 0

    @classmethod
    def gather(cls, draft: Draft, at: datetime) -> Self:
        """See Group. Of slow mode only what still holds is known, not what was lifted since."""
        if draft.parent is None:
            return cls()
        row = (
            Comment.objects.filter(pk=draft.parent.pk)
            .values_list(
                ArraySubquery(_slowed(draft, at)),
                Coalesce(Subquery(_lately(draft, at)), 0),
                Coalesce(Subquery(_open_reports(at)), 0),
            )
            .first()
        )
        if row is None:
            return cls()
        slowed, replies, reports = row
        return cls(tuple(Slowed(**one) for one in slowed), replies, reports)


def _slowed(draft: Draft, at: datetime) -> QuerySet:
    slow = SlowBranch.objects.filter(holds("head", draft), set_at__lte=at)
    place = {name: f"head__{name}" for name in ("tree_id", "lft", "rght")}
    return slow.order_by("-minutes").values(
        row=JSONObject(head_id="head_id", minutes="minutes", **place)
    )


def _lately(draft: Draft, at: datetime) -> QuerySet:
    # Every status, so that the index which ends with the time can be used: comments_queue.
    lately = Comment.objects.filter(
        tree_id=OuterRef("tree_id"),
        status__in=Status.values,
        submitted_at__range=(at - PACE_OVER, at),
    )
    if draft.replaces is not None:
        lately = lately.exclude(pk=draft.replaces.pk)
    return _count(lately, "tree_id")


def _open_reports(at: datetime) -> QuerySet:
    open_then = Q(answered_at=None) | Q(answered_at__gt=at)
    reports = Report.objects.filter(
        open_then, comment__tree_id=OuterRef("tree_id"), reported_at__lte=at
    )
    return _count(reports, "comment__tree_id")


def _count(rows: QuerySet, by: str) -> QuerySet:
    return rows.order_by().values(by).annotate(n=Count("pk")).values("n")
