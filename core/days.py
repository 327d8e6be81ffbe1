"""Moments as pages show them. Django reads its own form of a date anew each time, so a day is put
into words once.
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
    return f"{in_words(local.date())}, {local:%H:%M}"


def second(moment: datetime) -> str:
    """The same with seconds."""
    return f"{minute(moment)}:{timezone.localtime(moment):%S}"


def day(moment: datetime) -> str:
    """The day alone."""
    return in_words(timezone.localtime(moment).date())


def clock(moment: datetime) -> str:
    """The time alone."""
    return f"{timezone.localtime(moment):%H:%M}"


def time_html(moment: datetime, words: str = "") -> SafeString:
    """A moment for people and machines; `words` say it to people, else `minute`."""
    exact = timezone.localtime(moment).isoformat()
    shown = escape(words or minute(moment))
    return mark_safe(f'<time datetime="{exact}">{shown}</time>')  # noqa: S308


def in_words(local: date) -> str:
    """A day in the language of the site."""
    return _day(local, get_language())


@lru_cache(maxsize=1000)
def _day(local: date, language: str | None) -> str:
    return dateformat.format(local, "j M Y")
