"""Why a comment waits and how long that usually takes, as the status page says it."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db.models import Aggregate, DurationField, ExpressionWrapper, F

from comments.models import Comment
from comments.status import Status

HARMLESS: Final = frozenset({"note", "publish"})  # effects for which nobody has to look
LOOK_BACK: Final = timedelta(days=30)
LATEST: Final = 1_000  # publications at most that a usual wait is taken of


class Why(NamedTuple):
    """Why a comment waits, in sentences that its writer may see.

    `more` says that something is left out here which is for moderators alone.
    """

    told: tuple[str, ...] = ()
    more: bool = False


def why_it_waits(comment: Comment) -> Why:
    """What the screening found that made the comment wait; empty if something else did. One query.

    Never a moderator's sentence or evidence: only the advice that was kept with each reason.
    """
    if comment.status != Status.PENDING:
        return Why()
    # Whatever was done since the reasons were recorded, a report, an appeal, a moderator's "back to
    # waiting", is why it waits now: the reasons are older then.
    found = comment.reasons.filter(revision=None, recorded_at__gte=comment.changed_at)
    holding = list(found.exclude(effect__in=HARMLESS))
    told = tuple(dict.fromkeys(reason.advice for reason in holding if reason.advice))
    return Why(told, more=any(not reason.advice for reason in holding))


class Median(Aggregate):
    """Postgres' continuous median."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


def usual_wait(now: datetime) -> timedelta | None:
    """The median from sending to first publication, of the last 30 days. None without any.

    Of more than a thousand the latest are taken. What appeared at once did not wait and doesn't
    count. One query.
    """
    # The status is that of an index, comments_newest.
    decided = Comment.objects.filter(status=Status.PUBLISHED, published_at__gt=now - LOOK_BACK)
    waited = decided.filter(published_at__gt=F("submitted_at")).order_by("-published_at", "-pk")
    wait = ExpressionWrapper(F("published_at") - F("submitted_at"), DurationField())
    of_latest = waited.annotate(wait=wait)[:LATEST]
    median = of_latest.aggregate(median=Median("wait", output_field=DurationField()))["median"]
    found: timedelta | None = median
    return found


def in_words(duration: timedelta) -> str:
    """A duration as a person says it: "5 minutes", "3 hours", "2 days"."""
    minutes = max(round(duration / timedelta(minutes=1)), 1)
    if minutes < 90:
        return _count(minutes, "minute")
    hours = round(minutes / 60)
    return _count(hours, "hour") if hours < 36 else _count(round(hours / 24), "day")


def exactly_in_words(minutes: int) -> str:
    """The same without rounding, for what is promised: "90 minutes", "1 hour", "2 days"."""
    if minutes % (24 * 60) == 0:
        return _count(minutes // (24 * 60), "day")
    return _count(minutes // 60, "hour") if minutes % 60 == 0 else _count(minutes, "minute")


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" + ("" if number == 1 else "s")
