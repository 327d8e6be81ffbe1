"""Which moments may be typed, imported and stored: those that every clock here can tell.

Near the ends of Python's calendar a moment lies, in some zone, in the year 10,000 or before the
year 1. Postgres keeps such a one, but neither the driver nor Python reads it back: the pages that
show it would fail for good. Before 1901 there is no list of a year (blog.urls).
"""

from datetime import UTC, date, datetime, timedelta
from typing import Final

from django.core.exceptions import ValidationError
from django.db.models import Q

EARLIEST: Final = datetime(1901, 1, 1, tzinfo=UTC)
TOO_FAR: Final = datetime(9999, 1, 1, tzinfo=UTC)
LAST: Final = TOO_FAR - timedelta(seconds=1)
SAID: Final = "Dates from 1901 to 9998 are possible."


def is_possible(moment: datetime) -> bool:
    """Whether a moment, of any zone, can be told in every zone."""
    return EARLIEST <= moment < TOO_FAR


def validate_moment(moment: datetime) -> None:
    """For fields: raise ValidationError for a moment that is not possible."""
    if not is_possible(moment):
        raise ValidationError(SAID, code="impossible")


def validate_day(day: date) -> None:
    """For fields: the same of a whole day, with room for any zone and for the day after."""
    if not EARLIEST.date() < day < LAST.date():
        raise ValidationError(SAID, code="impossible")


def later(moment: datetime, span: timedelta) -> datetime:
    """So much later, but never after the last possible moment."""
    return LAST if LAST - moment < span else moment + span


def possible(column: str) -> Q:
    """For a constraint: what the column holds is possible, or nothing."""
    return Q(**{column: None}) | Q(**{f"{column}__gte": EARLIEST, f"{column}__lt": TOO_FAR})
