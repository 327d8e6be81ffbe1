"""Moments as the desk shows them. Django reads its own form of a date anew each time, so a day is
put into words once.
"""

from datetime import date, datetime
from functools import lru_cache
from html import escape

from django.utils import dateformat, timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language


def minute(moment: datetime) -> str:
    """Day and time in the zone of the site, as text."""
    local = timezone.localtime(moment)
    return f"{_day(local.date(), get_language())}, {local:%H:%M}"


def second(moment: datetime) -> str:
    """The same with seconds."""
    return f"{minute(moment)}:{timezone.localtime(moment):%S}"


def day(moment: datetime) -> str:
    """The day alone."""
    return _day(timezone.localtime(moment).date(), get_language())


def clock(moment: datetime) -> str:
    """The time alone."""
    return f"{timezone.localtime(moment):%H:%M}"


def time_html(moment: datetime, words: str = "") -> SafeString:
    """A moment for people and machines; `words` say it to people, else `minute`."""
    exact = timezone.localtime(moment).isoformat()
    shown = escape(words or minute(moment))
    return mark_safe(f'<time datetime="{exact}">{shown}</time>')  # noqa: S308


@lru_cache(maxsize=1000)
def _day(local: date, language: str | None) -> str:
    return dateformat.format(local, "j M Y")
