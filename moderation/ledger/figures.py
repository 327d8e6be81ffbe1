"""The numbers of a set of comments: no name, no text, nobody's address."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, DurationField, ExpressionWrapper, F, Min, Q
from django.db.models.functions import TruncWeek
from django.utils import timezone

from comments.models import CommentQuerySet
from comments.status import Status
from comments.waiting import Median
from moderation.models import DECISIONS, Act, LogEntry
from moderation.policy.citing import find_clauses

WEEKS: Final = 26
WAIT: Final = ExpressionWrapper(F("published_at") - F("submitted_at"), DurationField())
WAITED: Final = Q(published_at__gt=F("submitted_at"))  # what appeared at once did not wait


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What a ledger says. `rejected` and `by_clause` are decisions that stand."""

    received: int
    published: int
    waiting: int
    rejected: int
    spam: int
    removed: int
    by_clause: Sequence[tuple[str, int]]
    median_wait: timedelta | None
    oldest_waiting: datetime | None


def figures_of(comments: CommentQuerySet) -> Figures:
    """Three queries, whatever the number of comments.

    Counted by `submitted_at`, which every comment has: what the index of the queue holds.
    """
    counted: dict[str, Any] = comments.order_by().aggregate(
        received=Count("submitted_at"),
        published=Count("submitted_at", filter=Q(status=Status.PUBLISHED)),
        waiting=Count("submitted_at", filter=Q(status=Status.PENDING)),
        rejected=Count("submitted_at", filter=Q(status=Status.REJECTED)),
        spam=Count("submitted_at", filter=Q(status=Status.SPAM)),
        removed=Count("submitted_at", filter=Q(status=Status.REMOVED)),
        median_wait=Median(WAIT, filter=WAITED, output_field=DurationField()),
        oldest_waiting=Min("submitted_at", filter=Q(status=Status.PENDING)),
    )
    return Figures(**counted, by_clause=_by_clause(comments))


def weeks_of(comments: CommentQuerySet, now: datetime) -> list[tuple[datetime, int, int]]:
    """(week, received, of these published by now) of the last 26 weeks. One query."""
    counted = (
        comments.order_by()
        .filter(submitted_at__gte=first_week(now))
        .annotate(week=TruncWeek("submitted_at"))
        .values("week")
        .annotate(
            received=Count("submitted_at"),
            out=Count("submitted_at", filter=Q(status=Status.PUBLISHED)),
        )
    )
    found = {row["week"]: (row["received"], row["out"]) for row in counted}
    return [(week, *found.get(week, (0, 0))) for week in weeks(now)]


def decisions_of(comments: CommentQuerySet, now: datetime) -> list[tuple[datetime, int]]:
    """(week, decisions by people) of the last 26 weeks. One query."""
    made = LogEntry.objects.filter(
        act__in=DECISIONS,
        actor_id__isnull=False,
        at__gte=first_week(now),
        comment_id__in=comments.order_by().values("pk"),
    )
    counted = made.annotate(week=TruncWeek("at")).values("week").annotate(n=Count("pk"))
    found = {row["week"]: row["n"] for row in counted.order_by()}
    return [(week, found.get(week, 0)) for week in weeks(now)]


def waits_of(comments: CommentQuerySet, now: datetime) -> list[tuple[datetime, float]]:
    """(week of publication, median hours waited) of the last 26 weeks. One query."""
    waited = comments.order_by().filter(WAITED, published_at__gte=first_week(now))
    median = Median(WAIT, output_field=DurationField())
    counted = waited.annotate(week=TruncWeek("published_at")).values("week").annotate(wait=median)
    found = {row["week"]: row["wait"] / timedelta(hours=1) for row in counted}
    return [(week, found.get(week, 0.0)) for week in weeks(now)]


def weeks(now: datetime) -> list[datetime]:
    """The Mondays of the last 26 weeks, this one last."""
    return [first_week(now) + timedelta(weeks=n) for n in range(WEEKS)]


def first_week(now: datetime) -> datetime:
    """The first of these Mondays, at midnight."""
    day = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday(), weeks=WEEKS - 1)


def _by_clause(comments: CommentQuerySet) -> list[tuple[str, int]]:
    """Standing rejections and removals by the clause that they cite, the most frequent first."""
    refused = LogEntry.objects.standing().filter(
        act__in=[Act.REJECTED, Act.REMOVED],
        clause_id__isnull=False,
        comment_id__in=comments.order_by().values("pk"),
    )
    counted: dict[int | None, int] = dict(
        refused.order_by().values_list("clause_id").annotate(n=Count("pk"))
    )
    clauses = find_clauses(counted)
    by_name: dict[str, int] = {}
    for clause_id, count in counted.items():
        if clause := clauses.get(clause_id or 0):
            by_name[str(clause)] = by_name.get(str(clause), 0) + count
    return sorted(by_name.items(), key=lambda one: (-one[1], one[0]))
