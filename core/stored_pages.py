"""Pages that are the same for everybody, built once and handed out until something changes.

What a page shows is counted by triggers, in the transaction that changes it: `site` for what
stands on every page, a key such as `post:12` for the rest. A page is stored with the numbers read
*before* it was built; whatever came between has counted on, so what was built of the old is never
taken for the new. By the clock it holds until `valid_until`. Inside a transaction, whose own
changes are counted at its end only, nothing is stored or found.

A page may have a fragment that belongs in other pages too, such as the thread in that of a reader
who is known: it is handed on as it lies there, packed.
"""

import gzip
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from threading import Lock
from typing import Any, Final

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response

from core import site
from core.packed_answers import HTML, packed_answer
from core.packing import HEADER, Packed, Part, gzip_of, joined
from core.release import release

MOST_PAGES: Final = 5_000
MOST_BYTES: Final = 256 * 1024 * 1024
LONGEST_PATH: Final = 300
READ: Final = """
    SELECT coalesce((SELECT value FROM core_version WHERE key = %s), 0),
        coalesce((SELECT value FROM core_version WHERE key = 'site'), 0),
        coalesce((SELECT version FROM core_sitesettings), 0)"""
FIND: Final = """
    SELECT page.key, page.key_version, page.site_version, page.valid_until, page.etag, page.body,
        page.fragment
    FROM core_storedpage page
    WHERE page.path = %s AND page.release = %s AND page.valid_until > %s
    AND page.site_version =
        coalesce((SELECT value FROM core_version WHERE key = 'site'), 0)
    AND page.key_version =
        coalesce((SELECT value FROM core_version WHERE key = page.key), 0)"""
STORE: Final = """
    INSERT INTO core_storedpage AS page (
        path, key, key_version, site_version, valid_until, etag, body, fragment, release, size,
        stored_at
    ) VALUES (%s, %s, %s, %s, %s, %s, %s, %s::bigint[], %s, %s, %s)
    ON CONFLICT (path) DO UPDATE SET (
        key, key_version, site_version, valid_until, etag, body, fragment, release, size, stored_at
    ) = (
        excluded.key, excluded.key_version, excluded.site_version, excluded.valid_until,
        excluded.etag, excluded.body, excluded.fragment, excluded.release, excluded.size,
        excluded.stored_at
    )"""
TIDY: Final = """
    DELETE FROM core_storedpage WHERE path IN (
        SELECT path FROM (
            SELECT path, stored_at, row_number() OVER newest AS number, sum(size) OVER newest AS sum
            FROM core_storedpage WINDOW newest AS (ORDER BY stored_at DESC)
        ) AS page WHERE number > %s OR sum > %s
    )"""

FORGET: Final = """
    DELETE FROM core_storedpage page
    WHERE page.valid_until <= %s
    OR page.site_version <>
        coalesce((SELECT value FROM core_version WHERE key = 'site'), 0)
    OR page.key_version <>
        coalesce((SELECT value FROM core_version WHERE key = page.key), 0)"""


@dataclass(frozen=True)
class Page:
    """A page as it is handed out, with the versions of what it was made of.

    `fragment_at` says where in `packed` the fragment lies: from and to which byte, and the check
    sum and size of what they unpack to; None for a page without one.
    """

    key: str
    key_version: int
    site_version: int
    valid_until: datetime
    etag: str
    packed: bytes
    fragment_at: Sequence[int] | None = None

    @property
    def fragment(self) -> Part | None:
        """What of it belongs in other pages too."""
        if not self.fragment_at:
            return None
        start, end, crc, size = self.fragment_at
        return Part.of(Packed(self.packed[start:end], crc, size))

    @property
    def body(self) -> bytes:
        """The page's bytes."""
        return gzip.decompress(self.packed)


@dataclass(frozen=True)
class Built:
    """A page that was just made, by which key its changes are counted, and until when it holds.

    `fragment` are the places of the parts that belong in other pages too.
    """

    key: str
    parts: Sequence[Part]
    valid_until: datetime
    fragment: range = range(0)


_building = [Lock() for _ in range(64)]  # one page is built once at a time in a process


def find_page(path: str) -> Page | None:
    """The stored page of a path, if nothing that it shows has changed. One query."""
    if connection.in_atomic_block or not path:
        return None
    with connection.cursor() as cursor:
        cursor.execute(FIND, [path, release(), timezone.now()])
        row = cursor.fetchone()
    return Page(*row) if row else None


def page_of(path: str, key: Callable[[], str], build: Callable[[], Built]) -> Page:
    """The page of a path, built and stored if there is none that still holds.

    `key` finds out what the page will be of before anything of it is read; without a path the page
    is not stored.
    """
    if page := find_page(path):
        return page
    with _building[hash(path) % len(_building)]:
        return find_page(path) or _build(path, key(), build)


def respond(request: HttpRequest, page: Page, content_type: str = HTML) -> HttpResponse:
    """The page, or that it is what the reader has; with what core.short_way has to know of it."""
    response = packed_answer(
        request, packed=lambda: page.packed, plain=lambda: page.body, content_type=content_type
    )
    etag = f'"{page.etag}-gzip"' if "Content-Encoding" in response else f'"{page.etag}"'
    response["Cache-Control"] = "public, no-cache"
    response["ETag"] = etag
    answer = get_conditional_response(request, etag=etag, response=response) or response
    answer.of_page = page  # type: ignore[attr-defined]
    return answer


def forget_earlier() -> int:
    """Delete pages of an earlier state, which nobody is given but which hold its words; how many.

    One query.
    """
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [timezone.now()])
        return cursor.rowcount


def _build(path: str, key: str, build: Callable[[], Built]) -> Page:
    with connection.cursor() as cursor:
        cursor.execute(READ, [key])
        key_version, site_version, settings_version = cursor.fetchone()
    site.renew(settings_version)
    with site.in_its_language() as spoken:
        built = build()
    packed, fragment_at = _pack(built)
    page = Page(
        key, key_version, site_version, built.valid_until, _etag(packed), packed, fragment_at
    )
    # The process keeps the settings for all its threads: they may not be those that were read.
    of_settings = {settings_version, spoken.version, site.current().version}
    if len(of_settings) == 1 and built.key == key and _may_store(path):
        _store(path, page)
    return page


def _pack(built: Built) -> tuple[bytes, Sequence[int] | None]:
    """The page as one gzip file, and where its fragment lies."""
    if not built.fragment:
        return gzip_of(built.parts), None
    first, behind = built.fragment.start, built.fragment.stop
    before = joined(built.parts[:first])
    fragment = joined(built.parts[first:behind])
    packed = gzip_of([Part.of(before), Part.of(fragment), *built.parts[behind:]])
    start = len(HEADER) + len(before.deflated)
    return packed, (start, start + len(fragment.deflated), fragment.crc, fragment.size)


def _may_store(path: str) -> bool:
    return 0 < len(path) <= LONGEST_PATH and not connection.in_atomic_block


def _store(path: str, page: Page) -> None:
    values: list[Any] = [getattr(page, field.name) for field in fields(Page)]
    values[-1] = page.fragment_at and list(page.fragment_at)  # the driver knows no other array
    values += [release(), len(page.packed), timezone.now()]
    with connection.cursor() as cursor:
        cursor.execute(STORE, [path, *values])
        cursor.execute(TIDY, [MOST_PAGES, MOST_BYTES])


def _etag(packed: bytes) -> str:
    """Of the release too: its headers go out with the page alone, not with "not modified"."""
    digest = hashlib.sha256(release().encode())
    digest.update(packed)
    return digest.hexdigest()[:32]
