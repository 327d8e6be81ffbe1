"""The site's settings as every page reads them: kept in the process, by their version.

A process that changes them reads them anew at once; the others look at most once a second whether
the version is still theirs, by one small query, and read the row only when it is not.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from time import monotonic
from typing import Any, NamedTuple

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from core.models import SiteSettings

FRESH_FOR = 1.0  # seconds
WITHOUT_SITE = frozenset(["/livez", "/readyz"])  # these must answer when the database doesn't

GetResponse = Callable[[HttpRequest], HttpResponse]


class Held(NamedTuple):
    """The row that was read, None if there was none, and when it was last known to be right."""

    row: SiteSettings | None
    seen_at: float


_held: Held | None = None


def current() -> SiteSettings:
    """The settings of the site, to be read only. No query while what is held is fresh, else one
    or two.
    """
    global _held  # noqa: PLW0603 (one value for the process, replaced whole)
    held, now = _held, monotonic()
    if held is None or now - held.seen_at >= FRESH_FOR:
        row = held.row if held is not None and _is_unchanged(held.row) else _read()
        _held = held = Held(row, now)
    return held.row or _unchosen(*SiteSettings.chosen_outside().items())


def is_set_up() -> bool:
    """Whether somebody has chosen the site's settings. As many queries as `current`."""
    return current().version > 0


def save_site(site: SiteSettings) -> None:
    """Store the settings as a new version. The caller has checked who may."""
    with transaction.atomic():
        last = SiteSettings.objects.select_for_update().values_list("version", flat=True).first()
        site.version, site.changed_at = (last or 0) + 1, timezone.now()
        site.save()
        transaction.on_commit(forget)
    forget()


def hold(row: SiteSettings | None) -> None:
    """Take a row, or that there is none, for what the database says now."""
    global _held  # noqa: PLW0603
    _held = Held(row, monotonic())


def forget() -> None:
    """Have the next reader ask the database."""
    global _held  # noqa: PLW0603
    _held = None


def renew(version: int) -> None:
    """Have what is held be of this version, which the database just told, or of a later one."""
    if current().version != version:
        hold(_read())


@contextmanager
def in_its_language() -> Iterator[SiteSettings]:
    """Dates and numbers as the site writes them, while the context lasts; with the settings."""
    site = current()
    with translation.override(site.language), timezone.override(site.time_zone):
        yield site


def locale(get_response: GetResponse) -> GetResponse:
    """Middleware: dates and the admin in the site's language and time zone."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path in WITHOUT_SITE:
            return get_response(request)
        with in_its_language():
            return get_response(request)

    return middleware


@lru_cache(maxsize=1)
def _unchosen(*chosen_outside: tuple[str, Any]) -> SiteSettings:
    return SiteSettings(**dict(chosen_outside))  # a page asks for it a dozen times


def _read() -> SiteSettings | None:
    return SiteSettings.objects.first()


def _is_unchanged(row: SiteSettings | None) -> bool:
    return _version() == (row.version if row else None)


def _version() -> int | None:
    return SiteSettings.objects.values_list("version", flat=True).first()
