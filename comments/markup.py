"""Strangers' text to safe HTML: the only room that does it, and the only one that trusts it.

Markdown (comments.markdown); then what acts without being seen is shown (comments.characters); then
one bleach Cleaner with a short list of tags, links checked by a filter of our own, and bare
addresses linked in the same pass (comments.addresses). bleach has ended (6.4.0 is its last
release): everything about it is behind `render`.
"""

import re
import threading
from collections.abc import Iterator
from typing import Any, Final

from bleach.html5lib_shim import Filter  # type: ignore[attr-defined]
from bleach.linkifier import LinkifyFilter
from bleach.sanitizer import Cleaner
from django.utils.safestring import SafeString, mark_safe

from comments import markdown
from comments.addresses import BARE_ADDRESS, is_linked_whole, is_safe_address, real_host, trim
from comments.characters import normalise, plain_name, show, writable
from core.html_tokens import tokens

__all__ = [
    "REL",
    "TAGS",
    "VERSION",
    "is_linked_whole",
    "is_safe_address",
    "normalise",
    "plain_name",
    "render",
    "show",
    "spell_links",
    "trusted",
    "without_hosts",
    "writable",
]

VERSION: Final = 2  # raise it when the same source gives other HTML

TAGS: Final = frozenset(
    {"a", "blockquote", "br", "code", "em", "li", "ol", "p", "pre", "strong", "ul"}
)
ATTRIBUTES: Final = {"a": ["href"], "ol": ["start"]}
PROTOCOLS: Final = frozenset({"http", "https", "mailto"})
REL: Final = "nofollow ugc noopener"

# What stands for an escaped character while bleach works. bleach takes every & for a possible
# entity, at 15 µs each, and takes `&amp;lt;` for `&lt;` on the way out: so it meets none. Unicode
# deprecates these four, and `show` has replaced those that somebody typed.
STAND_INS: Final = (
    ("&amp;", "\u206a"),
    ("&lt;", "\u206b"),
    ("&gt;", "\u206c"),
    ("&quot;", "\u206d"),
)

LINK: Final = re.compile(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
HOST_BESIDE: Final = re.compile(r" \[[^\s\[\]<>]+\]</a>")

_here = threading.local()  # a bleach Cleaner shared by threads mixes up their texts


def render(text: str) -> str:
    """Safe HTML of a normalised comment text."""
    return clean(show(markdown.to_html(text)))


def clean(html: str) -> str:
    """What `TAGS` and the rules for links leave of HTML whose characters `show` has seen to.

    Of escaped characters it knows the four that Markdown writes.
    """
    for escaped, stand_in in STAND_INS:
        html = html.replace(escaped, stand_in)
    cleaned: str = _cleaner().clean(html)
    for escaped, stand_in in STAND_INS:
        cleaned = cleaned.replace(stand_in, escaped)
    return cleaned.strip()


def without_hosts(html: str) -> str:
    """Rendered HTML without the hosts beside links: what the text itself says, or a little less."""
    return HOST_BESIDE.sub("</a>", html)


def spell_links(html: str) -> str:
    """Rendered HTML with each link's address written out beside its words, and no link: for mails.

    Of links only; references are unlinked by comments.references.
    """
    return LINK.sub(lambda a: a[2] if a[1] in a[2] else f"{a[2]} ({a[1]})", html)


def trusted(html: str) -> SafeString:
    """Mark what `render` made, and nothing else, as fit for a page."""
    return mark_safe(html)  # noqa: S308


def _unescaped(text: str) -> str:
    return text.replace("\u206a", "&")  # the only one that an address can hold


class LinkFilter(Filter):
    """Unwraps every link that `is_safe_address` refuses; adds the real host where it must show."""

    def __iter__(self) -> Iterator[dict[str, Any]]:
        address, words = "", []
        for token in super().__iter__():
            if token.get("name") != "a":
                words.append(token["data"] if token["type"] == "Characters" else "")
                yield token
            elif token["type"] == "StartTag":
                address, words = self._open(token), []
                if address:
                    yield token
            elif address:
                yield from self._beside("".join(words), address)
                yield token
                address = ""

    def _open(self, token: dict[str, Any]) -> str:
        """The address of a link that may stay, which gets our rel."""
        address = _unescaped((token["data"] or {}).get((None, "href"), ""))
        if not is_safe_address(address):
            return ""
        token["data"][(None, "rel")] = REL
        return address

    def _beside(self, words: str, address: str) -> Iterator[dict[str, Any]]:
        host = real_host(words, address)
        if host and not words.endswith(f" [{host}]"):
            yield {"type": "Characters", "data": f" [{host}]"}


def _own_link(attributes: dict[Any, str], new: bool = False) -> dict[Any, str] | None:
    """bleach's callback for a link: one of its own making is judged as LinkFilter would."""
    if not new:
        return attributes
    address = _unescaped(attributes[None, "href"])
    if not is_safe_address(address):
        return None
    host = real_host(address, address)
    text = attributes["_text"] + (f" [{host}]" if host else "")
    return {**attributes, (None, "rel"): REL, "_text": text}


class BareAddresses(LinkifyFilter):
    """Links bare addresses, outside links and code."""

    def __init__(self, source: Any) -> None:
        super().__init__(
            source,
            callbacks=[_own_link],  # type: ignore[list-item]
            skip_tags={"pre", "code"},
            parse_email=False,
            url_re=BARE_ADDRESS,
        )

    def strip_non_url_bits(self, fragment: str) -> tuple[str, str, str]:
        address, rest = trim(fragment)
        return address, "", rest


def _cleaner() -> Cleaner:
    if not hasattr(_here, "cleaner"):
        cleaner = Cleaner(
            tags=TAGS,
            attributes=ATTRIBUTES,
            protocols=PROTOCOLS,
            strip=True,
            strip_comments=True,
            filters=[LinkFilter, BareAddresses],
        )
        cleaner.walker = tokens  # type: ignore[assignment]
        _here.cleaner = cleaner
    return _here.cleaner
