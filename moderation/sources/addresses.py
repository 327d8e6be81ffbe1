"""One address for each source: what is left of a link when all that leads to the same is gone.

`tidy` keeps the place that was linked to: scheme, www, ports, fragments, tracking parameters, AMP
and percent-encoding are made alike. `normalise` goes on: what certainly is a copy or a view of the
same work (a DOI or arXiv id in a publisher's address, an archived or wrapped page) becomes that
work's own address. Pure functions that never raise; both give "" for what is no source, and what
they made themselves they leave as it is.
"""

import re
from typing import Final
from urllib.parse import SplitResult, quote, unquote_to_bytes, urlsplit

from django.conf import settings

from comments.addresses import ascii_host, is_safe_address
from moderation.sources.papers import paper_of
from moderation.sources.tracking import is_tracking

LONGEST_LOOKED_INTO: Final = 2000  # characters; whoever writes more than that hides something

HOST: Final = re.compile(r"[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_-])?|[0-9a-f:.]*:[0-9a-f:.]*")
DEFAULT_PORTS: Final = frozenset({80, 443})
# Left as they are in an address, besides what never needs an escape.
PATH_SIGNS: Final = "!$&'()*+,;=:@/"
QUERY_SIGNS: Final = PATH_SIGNS + "?"
ESCAPE: Final = re.compile(r"%([0-9a-fA-F]{2})?")
UNRESERVED: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
HOST_VARIANTS: Final = re.compile(r"\A(?:(?:www|amp)\.)+(?=[^.]+\.)")
MOBILE: Final = {
    "m.youtube.com": "youtube.com",
    "m.facebook.com": "facebook.com",
    "mobile.twitter.com": "twitter.com",
}
WIKIPEDIA: Final = re.compile(r"([a-z-]+)\.m\.(wikipedia|wikiquote|wikisource|wiktionary)\.org")
AMP_QUERY: Final = frozenset({"amp", "amp=1", "amp=true", "outputType=amp"})

YOUTUBE_ID: Final = re.compile(r"/[\w-]{11}")
YOUTUBE_PATH: Final = re.compile(r"/(?:shorts|embed|live|v)/([\w-]{11})")
ARCHIVED: Final = re.compile(r"/web/\d{1,14}(?:[a-z]{2}_)?/(https?:/{1,2})?(.+)", re.DOTALL)
AMP_CACHE: Final = re.compile(r"/[civ]/(?:s/)?(.+)", re.DOTALL)
GOOGLE: Final = re.compile(r"google\.(?:com?\.)?[a-z]{2,3}")


def tidy(address: str) -> str:
    """The same place, written in the one way."""
    try:
        return _tidy(address)
    except ValueError:  # a host that can't be read
        return ""


def normalise(address: str) -> str:
    """The source that the address leads to: two that are the same source give the same."""
    address = tidy(address)
    if len(address) > LONGEST_LOOKED_INTO:
        return address
    while (further := _further(address)) and further != address:
        address = further
    return address


def host_of(address: str) -> str:
    """The host of a tidy or normalised address; "" of none."""
    return address.removeprefix("https://").partition("/")[0].partition("?")[0]


def is_under(address: str, place: str) -> bool:
    """Whether a tidy address is on a host, or a subdomain, and below a path: `host/path`.

    `/a` holds `/a`, `/a/b` and `/a?b`, and not `/ab`.
    """
    host, _, path = place.partition("/")
    there = host_of(address)
    if there != host and not there.endswith(f".{host}"):
        return False
    rest = address.removeprefix(f"https://{there}").removeprefix("/")
    return not path or rest == path or (rest.startswith(path) and rest[len(path)] in "/?&")


def _tidy(address: str) -> str:
    address = address.partition("#")[0]
    if not is_safe_address(address) or address.startswith("mailto:"):
        return ""
    parts = urlsplit(address)
    host = _host(parts)
    if not host:
        return ""
    path, query = _path(parts.path), _query(host, parts.query)
    return f"https://{host}{path}" + (f"?{query}" if query else "")


def _host(parts: SplitResult) -> str:
    host = HOST_VARIANTS.sub("", ascii_host(parts.hostname or ""))
    host = WIKIPEDIA.sub(r"\1.\2.org", MOBILE.get(host, host))
    if not HOST.fullmatch(host):
        return ""
    if ":" in host:
        host = f"[{host}]"
    port = parts.port
    return host if port is None or port in DEFAULT_PORTS else f"{host}:{port}"


def _path(path: str) -> str:
    segments: list[str] = []
    for segment in _escaped(path, PATH_SIGNS).split("/"):
        if segment == "..":
            del segments[max(len(segments) - 1, 1) :]
        elif segment != ".":
            segments.append(segment)
    path = "/".join(segments).rstrip("/")
    while path.endswith(("/amp", ".amp")):
        path = path[:-4].rstrip("/")
    while path.endswith(".amp.html"):
        path = f"{path[:-9]}.html"
    return path


def _query(host: str, query: str) -> str:
    """Without what only says how somebody came there; in the order of the names."""
    pairs = [_escaped(pair, QUERY_SIGNS) for pair in query.split("&")]
    kept = [
        pair
        for pair in pairs
        if pair and pair not in AMP_QUERY and not is_tracking(host, pair.partition("=")[0])
    ]
    return "&".join(sorted(kept, key=lambda pair: pair.partition("=")[0]))


def _escaped(text: str, signs: str) -> str:
    """Escaped where it must be and nowhere else, in capitals."""
    text = ESCAPE.sub(_one_escape, text)
    return quote(text, safe=signs + "%~")


def _one_escape(match: re.Match[str]) -> str:
    if match[1] is None:
        return "%25"
    byte = int(match[1], 16)
    return chr(byte) if byte in UNRESERVED else f"%{match[1].upper()}"


def _further(address: str) -> str:
    """What a tidy address certainly leads to, tidy; "" when it is the source itself."""
    host = host_of(address)
    rest = address.removeprefix(f"https://{host}")
    path, _, query = rest.partition("?")
    return tidy(paper_of(host, path, query) or _video(host, path, query) or _wrapped(host, rest))


def _video(host: str, path: str, query: str) -> str:
    if host == "youtu.be" and YOUTUBE_ID.fullmatch(path):
        return f"https://youtube.com/watch?v={path[1:]}"
    if host in {"youtube.com", "youtube-nocookie.com"} and (found := YOUTUBE_PATH.fullmatch(path)):
        return f"https://youtube.com/watch?v={found[1]}"
    return ""


def _wrapped(host: str, rest: str) -> str:
    """The address within one of an archive, a cache, or a page that leads on."""
    path, _, query = rest.partition("?")
    inner = ""
    if host == "web.archive.org" and (found := ARCHIVED.fullmatch(rest)):
        inner = found[2]
    elif host.endswith(".cdn.ampproject.org") and (found := AMP_CACHE.fullmatch(rest)):
        inner = found[1]
    elif GOOGLE.fullmatch(host) and path.startswith("/amp/"):
        inner = rest.removeprefix("/amp/").removeprefix("s/")
    elif GOOGLE.fullmatch(host) and path == "/url":
        inner = _value(query, "q") or _value(query, "url")
    elif host in {"l.facebook.com", "lm.facebook.com"} and path == "/l.php":
        inner = _value(query, "u")
    if not inner:
        return ""
    return inner if inner.startswith(("https://", "http://")) else f"https://{inner}"


def _value(query: str, name: str) -> str:
    for pair in query.split("&"):
        if pair.startswith(f"{name}=http"):
            return unquote_to_bytes(pair.removeprefix(f"{name}=")).decode(errors="replace")
    return ""


def is_own_site(address: str) -> bool:
    """Whether an address leads to this site itself, as the setting SITE_URL names it."""
    return host_of(tidy(address)) == host_of(tidy(settings.SITE_URL))
