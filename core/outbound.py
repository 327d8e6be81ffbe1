"""Requests from this server to an address that somebody typed: never into its own network.

The host's addresses are looked up once, every one of them is judged, and the connection goes to
one of those judged: a name can't change its mind in between. No proxy and no cookie; only `fetch`
follows redirects, and judges each address anew.
"""

import http.client
import io
import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Collection, Mapping
from contextlib import suppress
from email.message import Message
from enum import Enum
from time import monotonic
from typing import Any, Final, NamedTuple
from urllib.parse import SplitResult, urljoin, urlsplit

from django.conf import settings

# Seconds for each step, and for all of a request together.
STEP_TIMEOUT: Final = 5
TIMEOUT: Final = 10
# So much of an answer is read, in bytes.
ANSWER_AT_MOST: Final = 2_000
PAGE_AT_MOST: Final = 500_000
FRAME_AT_MOST: Final = 200_000  # what stands before and between its parts
HOPS_AT_MOST: Final = 3
MOVED: Final = frozenset({301, 302, 303, 307, 308})
PAGES: Final = frozenset({"text/html", "application/xhtml+xml"})
CHARSETS: Final = re.compile(
    r"utf-8|iso-8859-([1-9]|1[03-6])|windows-125[0-8]|koi8-[ru]|shift_jis|euc-(jp|kr)|gb(k|18030)|big5"
)
AGENT: Final = "Colloquy"
TOO_LATE: Final = "It did not answer in time."
PORTS: Final = {"http": 80, "https": 443}
# IPv6 addresses that stand for an IPv4 one: where they lead is judged by that.
NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
# Public by their numbers, and nobody's web server: protocols, relays, examples, a cloud's own host.
NOBODYS: Final = [
    ipaddress.ip_network(one)
    for one in ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32", "3fff::/20")
]


class NotReachable(Exception):
    """A request that did not get an answer; the sentence says why."""


class NotAllowedAddress(NotReachable):
    """An address that this site sends nothing to."""


class Answer(NamedTuple):
    """What came back: the status, the beginning of the body as text, and the headers."""

    status: int
    text: str
    headers: Message


class Page(NamedTuple):
    """What stands at an address: where it was found in the end, and its beginning.

    `links` are its Link headers; `text` is empty for what is no HTML.
    """

    url: str
    status: int
    links: tuple[str, ...]
    text: str


class _Request(NamedTuple):
    method: str
    body: bytes | None
    headers: Mapping[str, str]
    at_most: int  # bytes of the answer that are read
    seconds: float  # after which it is cut


class _Reply(NamedTuple):
    status: int
    headers: Message
    body: bytes


def check_url(url: str) -> SplitResult:
    """The parts of an address that may be written to, by its look. Raises NotAllowedAddress."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise NotAllowedAddress("This is not an address.") from None
    if parts.scheme not in PORTS:
        raise NotAllowedAddress("The address has to begin with https:// or http://.")
    if parts.username is not None or parts.password is not None:
        raise NotAllowedAddress("The address must not hold a name or password.")
    if not parts.hostname or not url.isprintable() or not url.isascii() or set(url) & set(" \\"):
        raise NotAllowedAddress("This is not an address of a web server.")
    if port == 0:
        raise NotAllowedAddress("There is no port 0.")
    return parts


class Typed(Enum):
    """Who typed an address, and with it which private hosts it may lead to."""

    BY_OPERATOR = "in the server's settings: to any"
    BY_SUPERUSER = "in the admin: to those that a setting names"
    BY_STRANGER = "anywhere else: to none"

    def exempt(self, url: str) -> Collection[str]:
        """The private hosts."""
        if self is Typed.BY_OPERATOR:
            return [urlsplit(url).hostname or ""]
        return settings.WEBHOOK_PRIVATE_HOSTS if self is Typed.BY_SUPERUSER else ()


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, typed: Typed = Typed.BY_SUPERUSER
) -> Answer:
    """Send a body by POST; whatever the answer, a redirect too, it is returned.

    Takes 10 seconds at most, beside looking the host's name up. Raises NotReachable.
    """
    check_url(url)
    request = _Request("POST", body, headers, ANSWER_AT_MOST, TIMEOUT)
    reply = _ask(url, request, typed.exempt(url))
    return Answer(reply.status, reply.body.decode("utf-8", "replace"), reply.headers)


def fetch(url: str, *, accept: str = "text/html") -> Page:
    """The page at a stranger's address, over three redirects at most, each judged as the first.

    Takes 10 seconds at most in all, beside looking names up. Raises NotReachable.
    """
    ends = monotonic() + TIMEOUT
    headers = {"Accept": accept, "Accept-Encoding": "identity", "User-Agent": AGENT}
    for _ in range(HOPS_AT_MOST + 1):
        left = ends - monotonic()
        if left <= 0:
            raise NotReachable(TOO_LATE)
        reply = _ask(url, _Request("GET", None, headers, PAGE_AT_MOST, left), ())
        to = reply.headers.get("Location")
        if reply.status not in MOVED or not to:
            return _page(url, reply)
        url = _next(url, to)
    raise NotReachable(f"It redirects more than {HOPS_AT_MOST} times.")


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, however it is written."""
    parsed: Any = ipaddress.ip_address(address.partition("%")[0])
    if parsed.version == 6:
        inner = parsed.ipv4_mapped or parsed.sixtofour or (parsed.teredo or (None, None))[1]
        if inner is None and parsed in NAT64:
            inner = ipaddress.ip_address(int(parsed) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if int(parsed) >> 32 == 0 or parsed.is_site_local:  # also the old form ::127.0.0.1
            return False
    if any(parsed in network for network in NOBODYS):
        return False
    return bool(parsed.is_global) and not (parsed.is_multicast or parsed.is_reserved)


def _page(url: str, reply: _Reply) -> Page:
    # Where nothing is said, browsers take a page for one, too.
    is_page = not reply.headers.get("Content-Type") or reply.headers.get_content_type() in PAGES
    charset = reply.headers.get_content_charset() or ""
    known = charset if CHARSETS.fullmatch(charset) else "utf-8"  # Python knows slow ones besides
    text = reply.body.decode(known, "replace") if is_page else ""
    return Page(url, reply.status, tuple(reply.headers.get_all("Link") or ()), text)


def _next(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        raise NotAllowedAddress("It redirects to what is no address.") from None


def _ask(url: str, request: _Request, exempt: Collection[str]) -> _Reply:
    """One request to what `url` names by now."""
    parts = check_url(url)
    addresses = _look_up(parts.hostname or "", parts.port or PORTS[parts.scheme], exempt)
    try:
        return _exchange(_Pinned(parts, addresses), request)
    except ssl.SSLError as error:
        raise NotReachable(f"The certificate or the encryption: {error.reason}.") from error
    except TimeoutError as error:
        raise NotReachable(TOO_LATE) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        why = getattr(error, "strerror", None) or type(error).__name__
        raise NotReachable(f"No answer: {why}.") from error


def _look_up(host: str, port: int, exempt: Collection[str]) -> list[str]:
    """The addresses of a host, all of them public, unless the host is exempt from that."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotReachable("There is no host of this name.") from error
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    if host in exempt:
        return addresses
    if not addresses or not all(is_public(one) for one in addresses):
        raise NotAllowedAddress("It leads into a private network, where nothing is sent.")
    return addresses


class _Bounded(io.RawIOBase):
    """What comes from a connection, and its end after so many bytes: http.client bounds neither
    what frames a body nor one whose next part is announced with a negative length.
    """

    def __init__(self, source: Any, at_most: int) -> None:
        self.source, self.left = source, at_most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        taken: int = self.source.readinto(memoryview(buffer)[: self.left]) or 0
        self.left -= taken
        return taken

    def close(self) -> None:
        self.source.close()
        super().close()


class _Pinned(http.client.HTTPConnection):
    """Goes to the addresses that were judged, whatever the name resolves to by now."""

    def __init__(self, parts: SplitResult, addresses: list[str]) -> None:
        self.is_tls = parts.scheme == "https"
        port = parts.port or PORTS[parts.scheme]
        super().__init__(parts.hostname or "", port, timeout=STEP_TIMEOUT)
        self.path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self.addresses = addresses[:2]
        self.line: socket.socket | None = None  # `sock` is let go before the answer is read
        self.is_late = threading.Event()
        self.bytes_at_most = 0

    def response_class(self, sock: Any, *args: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        """An answer that can't read more than `bytes_at_most` of the connection."""
        answer = http.client.HTTPResponse(sock, *args, **kwargs)
        source: Any = sock.makefile("rb", buffering=0)
        answer.fp.close()
        answer.fp = io.BufferedReader(_Bounded(source, self.bytes_at_most))
        return answer

    def connect(self) -> None:
        self.sock = self.line = self._dial()
        if self.is_tls:
            context = ssl.create_default_context()
            self.sock = self.line = context.wrap_socket(
                self.sock, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock.do_handshake()
        if self.is_late.is_set():
            raise TimeoutError

    def cut(self) -> None:
        """End a request that drips: each byte in time, the whole never."""
        self.is_late.set()
        if self.line is not None:
            with suppress(OSError):
                self.line.shutdown(socket.SHUT_RDWR)

    def _dial(self) -> socket.socket:
        *others, last = self.addresses
        for address in others:
            with suppress(OSError):
                return socket.create_connection((address, self.port), self.timeout)
        return socket.create_connection((last, self.port), self.timeout)


def _exchange(connection: _Pinned, request: _Request) -> _Reply:
    connection.bytes_at_most = request.at_most + FRAME_AT_MOST
    watch = threading.Timer(request.seconds, connection.cut)
    watch.daemon = True
    watch.start()
    try:
        headers = {**request.headers, "Connection": "close"}
        connection.request(request.method, connection.path, request.body, headers)
        answer = connection.getresponse()
        read = answer.read(request.at_most)
        if request.method == "GET" and len(read) < request.at_most and answer.length:
            raise http.client.IncompleteRead(read, answer.length)
    except (OSError, http.client.HTTPException, ValueError) as error:
        if connection.is_late.is_set():  # else the cut would look like the other side's fault
            raise TimeoutError from error
        raise
    finally:
        watch.cancel()
        connection.close()
    if connection.is_late.is_set():  # what came until the cut is not the whole
        raise TimeoutError
    return _Reply(answer.status, answer.headers, read)
