"""What a stranger's page says, as far as it matters for mentions: its links, and words about them.

Nothing of it is HTML of ours: all is plain text, still to be escaped by whoever shows it. The
parsers at hand take time that grows with the square of a hostile page; this reads it once.
"""

import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Final, NamedTuple
from urllib.parse import urldefrag, urljoin

# fmt: off
# What ends a line of text.
BLOCKS: Final = frozenset({
    "address", "article", "aside", "blockquote", "body", "dd", "details", "div", "dl", "dt",
    "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li",
    "main", "nav", "ol", "p", "pre", "section", "summary", "table", "td", "th", "tr", "ul",
})
VOID: Final = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr",
})
# Elements that hold no elements, and those whose elements nobody sees.
RAW: Final = frozenset({
    "iframe", "noembed", "noframes", "script", "style", "textarea", "title", "xmp",
})
UNSEEN: Final = frozenset({"template", "noscript"})
# fmt: on
LONGEST: Final = 500  # characters of a passage, and of what is kept of a title or name

OPENING: Final = re.compile(r"<(?:(!--)|([!?])|(/?)([a-zA-Z][a-zA-Z0-9-]*+))")
# Name and value; of a quote that does not end, the value is missing.
ATTRIBUTE: Final = re.compile(
    r"[\s/]*+([^\s/>][^\s/>=]*+)(?:\s*+=\s*+(\"[^\"]*\"|'[^']*'|[^\s>\"'][^\s>]*+)?)?"
)
ENDS: Final = {tag: re.compile(f"</{tag}", re.IGNORECASE | re.ASCII) for tag in RAW}
HEADER_LINK: Final = re.compile(r"<([^<>]*)>([^<]*)")
HEADER_REL: Final = re.compile(r"\brel\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+))", re.IGNORECASE)
BETWEEN: Final = re.compile(r"[\s/]*+")


class Link(NamedTuple):
    """One a or link element: whose element it is, its kinds, and where it leads."""

    element: str
    rel: frozenset[str]
    address: str


class ReadPage(NamedTuple):
    """The links of a page in order, and what it calls itself. Each text may be empty."""

    links: tuple[Link, ...]
    title: str
    author: str
    passage: str  # the line of text in which the address that was looked for stands


def linked_by_headers(headers: Iterable[str], url: str) -> list[Link]:
    """The links of Link headers, in order; `element` is empty."""
    found = (one for header in headers for one in HEADER_LINK.findall(header))
    links = []
    for address, about in found:
        rel = HEADER_REL.search(about)
        kinds = (rel[1] or rel[2] or "").lower().split() if rel else []
        if whole := whole_address(url, address):
            links.append(Link("", frozenset(kinds), whole))
    return links


def whole_address(base: str, address: str) -> str:
    """An address as it is meant on the page at `base`; empty for what is none."""
    try:
        return urljoin(base, address.strip())
    except ValueError:  # brackets that hold no address
        return ""


class _Piece(NamedTuple):
    """A start tag, an end tag (`/p`), or text (without a tag)."""

    tag: str
    attributes: dict[str, str]
    text: str = ""


def read_page(html: str, url: str, *, looking_for: str = "") -> ReadPage:
    """Read a page that was found at `url`; the passage is that with a link to `looking_for`."""
    reader = _Reader(url, looking_for)
    for piece in _pieces(html):
        reader.take(piece)
    reader.end_line()
    author = reader.named_author or _tidy(" ".join(reader.author))
    return ReadPage(tuple(reader.links), _tidy(reader.title), author, reader.passage)


def is_same_address(one: str, other: str) -> bool:
    """Whether two addresses name one page; a place within it is no matter."""
    return urldefrag(one).url == urldefrag(other).url


class _Reader:
    def __init__(self, url: str, looking_for: str) -> None:
        self.base, self.looking_for = url, looking_for
        self.links: list[Link] = []
        self.title = self.named_author = self.passage = ""
        self.author: list[str] = []
        self.line: list[str] = []
        self.unseen = ""  # the element that nobody sees the inside of
        self.depth = 0  # of such ones in it
        self.in_author = 0  # how deep below an element that names the author
        self.is_wanted = False  # whether this line has the link

    def take(self, piece: _Piece) -> None:
        if self.unseen:
            self.depth += (piece.tag == self.unseen) - (piece.tag == f"/{self.unseen}")
            self.unseen = self.unseen if self.depth else ""
        elif not piece.tag:
            self.line.append(piece.text)
            if self.in_author:
                self.author.append(piece.text)
        elif piece.tag.startswith("/"):
            self._close(piece.tag[1:])
        else:
            self._open(piece)

    def end_line(self) -> None:
        """A block begins or ends: what was said until here is one line."""
        if self.is_wanted and not self.passage:
            self.passage = _tidy("".join(self.line))
        self.line, self.is_wanted = [], False

    def _open(self, piece: _Piece) -> None:
        tag, values = piece.tag, piece.attributes
        if tag in UNSEEN:
            self.unseen, self.depth = tag, 1
            return
        if tag in BLOCKS:
            self.end_line()
        if tag in {"a", "link"} and "href" in values:
            self._link(tag, values)
        elif tag == "base":
            self.base = whole_address(self.base, values.get("href", "")) or self.base
        elif tag == "meta" and values.get("name", "").lower() == "author":
            self.named_author = self.named_author or _tidy(values.get("content", ""))
        elif tag == "title":
            self.title = self.title or piece.text
        if tag not in VOID | RAW and (self.in_author or self._names_the_author(values)):
            self.in_author += 1

    def _close(self, tag: str) -> None:
        if tag in BLOCKS:
            self.end_line()
        if self.in_author:
            self.in_author -= 1

    def _link(self, tag: str, values: dict[str, str]) -> None:
        address = whole_address(self.base, values["href"])
        if not address:
            return
        self.links.append(Link(tag, frozenset(values.get("rel", "").lower().split()), address))
        if tag == "a" and self.looking_for and is_same_address(address, self.looking_for):
            self.is_wanted = True

    def _names_the_author(self, values: dict[str, str]) -> bool:
        return not self.author and "p-author" in values.get("class", "").split()


def _pieces(html: str) -> Iterator[_Piece]:
    """Tags and texts in order. Comments are left out; what begins and never ends is the end."""
    at = 0
    while found := OPENING.search(html, at):
        yield _Piece("", {}, unescape(html[at : found.start()]))
        if found[1] or found[2]:
            end = "-->" if found[1] else ">"
            at = html.find(end, found.end()) + len(end)
            if at < len(end):
                return
            continue
        attributes, at = _attributes(html, found.end())
        if at < 0:
            return
        tag, text = found[4].lower(), ""
        if tag in RAW and not found[3]:
            ending = ENDS[tag].search(html, at)
            if ending is None:
                return
            text, at = unescape(html[at : ending.start()]), ending.start()
        yield _Piece(found[3] + tag, attributes, text)
    yield _Piece("", {}, unescape(html[at:]))


def _attributes(html: str, at: int) -> tuple[dict[str, str], int]:
    """What stands in a tag, each the first time it is said, and the place after it; -1: no end."""
    said: dict[str, str] = {}
    while found := ATTRIBUTE.match(html, at):
        value = found[2] or ""
        value = value[1:-1] if value[:1] in {'"', "'"} else value
        said.setdefault(found[1].lower(), unescape(value))
        at = found.end()
    between = BETWEEN.match(html, at)
    at = between.end() if between else at
    return said, at + 1 if html.startswith(">", at) else -1


def _tidy(text: str) -> str:
    short = " ".join(text.replace("\0", " ")[: 4 * LONGEST].split())
    return short if len(short) <= LONGEST else f"{short[:LONGEST]}…"
