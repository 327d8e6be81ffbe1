"""Strangers' text to safe HTML: the only room that does it, and the only one that trusts it.

Markdown without raw HTML, images and headings; then one bleach Cleaner with a short list of tags,
links checked by a filter of our own, and bare addresses linked in the same pass. bleach has ended
(6.4.0 is its last release): everything about it is behind `render`.
"""

import re
import threading
import unicodedata
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from bleach.html5lib_shim import Filter  # type: ignore[attr-defined]
from bleach.linkifier import LinkifyFilter
from bleach.sanitizer import Cleaner
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

VERSION: Final = 1  # raise it when the same source gives other HTML

TAGS: Final = frozenset(
    {"a", "blockquote", "br", "code", "em", "li", "ol", "p", "pre", "strong", "ul"}
)
ATTRIBUTES: Final = {"a": ["href"], "ol": ["start"]}
PROTOCOLS: Final = frozenset({"http", "https", "mailto"})
REL: Final = "nofollow ugc noopener"
MAX_NESTING: Final = 20  # of quotes and lists; deeper ones stay text

# bleach's own pattern is quadratic on open brackets and links `foo.py`.
BARE_ADDRESS: Final = re.compile(
    r"https?://[^\s<>\"'`{}|\\^\[\]]{1,2000}[^\s<>\"'`{}|\\^\[\].,;:!?)]"
)
# bleach's linkifier takes a text that reads "&lt;" for the entity, so that it would show as "<".
# Until it is done, such an ampersand is a character that no text has.
LITERAL_ENTITY: Final = re.compile(r"&amp;(?=#?\w+;)")
AMPERSAND: Final = "\ufdd0"
PARTS: Final = (
    "paragraph", "blockquote", "list", "code", "fence",
    "text", "newline", "escape", "backticks", "emphasis", "link", "autolink", "entity",
    "balance_pairs", "fragments_join", "block", "inline", "normalize", "text_join",
)  # fmt: skip

_here = threading.local()  # a bleach Cleaner shared by threads mixes up their texts


UNWRITABLE: Final = frozenset({"Cc", "Cs"})  # controls, NUL among them, and lone surrogates


def normalise(text: str) -> str:
    """The text as it is stored: Unix line ends, NFC, without control characters or outer blanks."""
    return writable(text).strip()


def writable(text: str) -> str:
    """The same for a piece of a text, whose outer blanks mean something."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in UNWRITABLE)


def render(text: str) -> str:
    """Safe HTML of a normalised comment text."""
    html = _markdown().render(text.replace(AMPERSAND, ""))
    cleaned: str = _cleaner().clean(LITERAL_ENTITY.sub(AMPERSAND, html))
    return cleaned.replace(AMPERSAND, "&amp;").strip()


def trusted(html: str) -> SafeString:
    """Mark what `render` made, and nothing else, as fit for a page."""
    return mark_safe(html)  # noqa: S308


def is_safe_address(address: str) -> bool:
    """Absolute http or https with a host and without user name, or mailto."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if parts.scheme == "mailto":
        return "@" in parts.path
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc


class LinkFilter(Filter):
    """Unwraps every link that `is_safe_address` refuses; its text stays."""

    def __iter__(self) -> Iterator[dict[str, Any]]:
        refused = False
        for token in super().__iter__():
            if token.get("name") == "a" and token["type"] == "StartTag":
                address = (token["data"] or {}).get((None, "href"), "")
                refused = not is_safe_address(address)
                if refused:
                    continue
                token["data"][(None, "rel")] = REL
            if token.get("name") == "a" and token["type"] == "EndTag" and refused:
                refused = False
                continue
            yield token


def _own_link(attributes: dict[Any, str], new: bool = False) -> dict[Any, str] | None:
    """bleach's callback for a bare address: the same check, and the same rel."""
    if not is_safe_address(attributes.get((None, "href"), "")):
        return None
    return {**attributes, (None, "rel"): REL}


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


def _markdown() -> MarkdownIt:
    if not hasattr(_here, "markdown"):
        options = {"html": False, "breaks": True, "maxNesting": MAX_NESTING}
        markdown = MarkdownIt("zero", options)
        known = {rule for rules in markdown.get_all_rules().values() for rule in rules}
        _here.markdown = markdown.enable([part for part in PARTS if part in known])
    markdown = _here.markdown
    return markdown


def _cleaner() -> Cleaner:
    if not hasattr(_here, "cleaner"):
        _here.cleaner = Cleaner(
            tags=TAGS,
            attributes=ATTRIBUTES,
            protocols=PROTOCOLS,
            strip=True,
            strip_comments=True,
            filters=[LinkFilter, BareAddresses],
        )
    return _here.cleaner
