"""A short way to a page that is the same for everybody, in front of Django's middleware.

A worker remembers the answers that the long way gave to public pages (core.stored_pages), whole,
with their headers, and gives one again if all of this holds:

- the method is GET or HEAD, without a body, and asks for no range;
- no cookie of ours comes with it;
- host, scheme, path, query and whether gzip is taken are, to the letter, those of a request that
  got this answer; so a host or a path that is not ours never gets here;
- the condition, if it names one, is If-None-Match alone; "not modified" is an answer of its own;
- one query says that nothing has changed that the page shows, and its time has not come.

In every other case, and when the database does not answer, the request goes the long way.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS, Error, connection, connections
from django.http import parse_cookie
from django.utils import timezone
from django.utils.http import parse_etags
from psycopg import Error as DriverError

from core.packed_answers import accepts_gzip
from core.prepared import prepared_on
from core.sending import checked
from core.stored_pages import Page

MOST_BYTES: Final = 64 * 1024 * 1024  # of a worker's memory
MOST_KNOWN: Final = 10_000
LARGEST: Final = 8 * 1024 * 1024  # a page over this is not remembered
WEIGHT: Final = 2_000  # what an answer takes beside its body, about
# What else decides an answer; a request that has one of these goes the long way.
DECIDING: Final = (
    "HTTP_RANGE", "HTTP_IF_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE",
    "HTTP_EXPECT", "HTTP_X_HTTP_METHOD_OVERRIDE",
)  # fmt: skip
PREPARED: Final = "core_short_way"
VERSIONS: Final = b"SELECT key, value FROM core_version WHERE key IN ($1, 'site')"

Asked = tuple[Any, ...]
Environ = dict[str, Any]
Headers = list[tuple[str, str]]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True)
class Answer:
    """What the long way said."""

    status: str
    headers: Headers
    body: bytes


@dataclass(frozen=True)
class Known:
    """A page with the answers that were given with it: itself, and "not modified"."""

    page: Page
    etag: str  # as the header has it
    whole: Answer | None = None
    unchanged: Answer | None = None

    @property
    def weight(self) -> int:
        """What it takes of the worker's memory, about."""
        return WEIGHT + (len(self.whole.body) if self.whole else 0)


class Memory:
    """What one worker knows, the last used kept, bounded in number and bytes."""

    def __init__(self) -> None:
        self._known: OrderedDict[Asked, Known] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, asked: Asked) -> Known | None:
        """What is known of a request."""
        with self._lock:
            known = self._known.get(asked)
            if known is not None:
                self._known.move_to_end(asked)
            return known

    def put(self, asked: Asked, known: Known) -> None:
        """Keep it in place of what was known, with what still belongs to it."""
        if known.weight > LARGEST:
            return
        with self._lock:
            before = self._drop(asked)
            if before is not None and before.etag == known.etag:
                known = replace(
                    known,
                    whole=known.whole or before.whole,
                    unchanged=known.unchanged or before.unchanged,
                )
            self._known[asked] = known
            self._bytes += known.weight
            while self._bytes > MOST_BYTES or len(self._known) > MOST_KNOWN:
                self._drop(next(iter(self._known)))

    def _drop(self, asked: Asked) -> Known | None:
        gone = self._known.pop(asked, None)
        self._bytes -= gone.weight if gone else 0
        return gone


def short_way(application: Application, private_cookies: Collection[str]) -> Application:
    """The application, with a short way to what it answers again and again."""
    memory = Memory()

    def serve(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        asked = _asked(environ, private_cookies)
        if asked is None:
            return _body(environ, application(environ, start_response))
        answer = _answer(memory.get(asked), environ.get("HTTP_IF_NONE_MATCH", ""))
        if answer is None:
            return _long_way(application, environ, start_response, memory, asked)
        start_response(answer.status, answer.headers)
        return [answer.body] if environ["REQUEST_METHOD"] == "GET" and answer.body else []

    return serve


def _asked(environ: Environ, private_cookies: Collection[str]) -> Asked | None:
    """What an answer is known by; None where the short way is closed."""
    if environ["REQUEST_METHOD"] not in {"GET", "HEAD"} or "HTTP_HOST" not in environ:
        return None
    if environ.get("CONTENT_LENGTH") not in {None, "", "0"}:
        return None
    if any(name in environ for name in DECIDING):
        return None
    cookies = parse_cookie(environ["HTTP_COOKIE"]) if "HTTP_COOKIE" in environ else ()
    if any(name in cookies for name in private_cookies):
        return None
    return (
        environ["HTTP_HOST"],
        environ["wsgi.url_scheme"],
        environ.get("HTTP_X_FORWARDED_PROTO"),
        environ.get("SCRIPT_NAME"),
        environ.get("PATH_INFO"),
        environ.get("QUERY_STRING"),
        accepts_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")),
    )


def _answer(known: Known | None, condition: str) -> Answer | None:
    """The answer to give again, if there is one and it still holds. At most one query."""
    if known is None:
        return None
    answer = known.unchanged if _is_met(condition, known.etag) else known.whole
    return answer if answer is not None and _holds(known.page) else None


def _is_met(condition: str, etag: str) -> bool:
    """Whether the reader has it already: If-None-Match, compared as Django does."""
    return condition == etag or (
        bool(condition) and bool({"*", etag, f"W/{etag}"} & set(parse_etags(condition)))
    )


def _holds(page: Page) -> bool:
    """Whether nothing has changed since that the page shows. One query."""
    if timezone.now() >= page.valid_until:
        return False
    try:
        found = _versions(page.key.encode())
    except (Error, DriverError):
        connection.close()  # the database was restarted: the long way opens another
        return False
    return found == {key: number for key, number in _made_of(page) if number}


def _made_of(page: Page) -> Iterable[tuple[bytes, int]]:
    return ((page.key.encode(), page.key_version), (b"site", page.site_version))


def _versions(key: bytes) -> dict[bytes | None, int]:
    """The versions as they are now, by the driver's own calls: a quarter of a cursor's time."""
    here = connections[DEFAULT_DB_ALIAS]
    here.close_if_unusable_or_obsolete()
    here.ensure_connection()
    names, server = prepared_on(here.connection), here.connection.pgconn
    if names is None:
        result = server.exec_params(VERSIONS, [key])
    else:
        if PREPARED not in names:
            checked(server.prepare(PREPARED.encode(), VERSIONS), here.connection)
            names.add(PREPARED)
        result = server.exec_prepared(PREPARED.encode(), [key])
    checked(result, here.connection)
    rows = range(result.ntuples)
    return {result.get_value(row, 0): int(result.get_value(row, 1) or 0) for row in rows}


def _long_way(
    application: Application,
    environ: Environ,
    start_response: Callable[..., Any],
    memory: Memory,
    asked: Asked,
) -> Iterable[bytes]:
    said: list[tuple[str, Headers]] = []

    def hear(status: str, headers: Headers, *rest: Any) -> Any:
        said.append((status, list(headers)))
        return start_response(status, headers, *rest)

    response: Any = application(environ, hear)
    page = getattr(response, "of_page", None)
    if page is not None and response.status_code in {200, 304} and not response.cookies:
        memory.put(asked, _known(page, response, Answer(*said[-1], response.content)))
    return _body(environ, response)


def _body(environ: Environ, response: Any) -> Any:
    """What goes out of an answer: of one to HEAD nothing, which Django leaves to the server."""
    if environ["REQUEST_METHOD"] != "HEAD":
        return response
    getattr(response, "close", lambda: None)()
    return []


def _known(page: Page, response: Any, answer: Answer) -> Known:
    name = "whole" if response.status_code == 200 else "unchanged"
    return Known(replace(page, packed=b""), response["ETag"], **{name: answer})
