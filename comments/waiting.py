"""How long a comment usually waits, as the status page says it."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Aggregate, DurationField, ExpressionWrapper, F

from comments.models import Comment
from comments.status import Status

LOOK_BACK: Final = timedelta(days=30)


class Median(Aggregate):
    """Postgres' continuous median."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


def usual_wait(now: datetime) -> timedelta | None:
    """The median from sending to first publication, of the last 30 days. None without any.

    What appeared at once did not wait and doesn't count. One query.
    """
    # The status is that of an index, comments_newest.
    decided = Comment.objects.filter(status=Status.PUBLISHED, published_at__gt=now - LOOK_BACK)
    waited = decided.filter(published_at__gt=F("submitted_at"))
    wait = ExpressionWrapper(F("published_at") - F("submitted_at"), DurationField())
    median: timedelta | None = waited.aggregate(median=Median(wait, output_field=DurationField()))[
        "median"
    ]
    return median


def in_words(duration: timedelta) -> str:
    """A duration as a person says it: "5 minutes", "3 hours", "2 days"."""
    minutes = max(round(duration / timedelta(minutes=1)), 1)
    if minutes < 90:
        return _count(minutes, "minute")
    hours = round(minutes / 60)
    return _count(hours, "hour") if hours < 36 else _count(round(hours / 24), "day")


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" + ("" if number == 1 else "s")
