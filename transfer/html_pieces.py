"""HTML as a stream of text and tags, for reading what other blogs stored.

Not a browser's parser, and nothing it yields is trusted: text that is shown goes through the blog's
or the comments' own markup. Its work grows with the length of the text alone, whatever stands in
it; the standard library's parser takes minutes for 80 KB of open brackets.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Final

# A "<" inside a tag ends the attempt, quoted or not: that is what keeps the search linear.
TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:\"[^\"<]*\"|'[^'<]*'|[^'\"<>])*+)>")
COMMENT: Final = re.compile(r"<!--.*?(?:-->|\Z)|<[!?][^<>]*>", re.DOTALL)
HREF: Final = re.compile(
    r"(?:^|\s)href\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE
)
SILENT: Final = frozenset(["script", "style"])


def tag_names(names: str) -> frozenset[str]:
    """A set of names, written as a line of words."""
    return frozenset(names.split())


@dataclass(frozen=True, slots=True)
class Text:
    """Characters, entities resolved."""

    text: str


@dataclass(frozen=True, slots=True)
class Open:
    """An opening tag; its attributes as they stand."""

    name: str
    attributes: str

    @property
    def address(self) -> str:
        """The href, entities resolved."""
        href = HREF.search(self.attributes)
        return unescape(next(filter(None, href.groups()), "")) if href else ""


@dataclass(frozen=True, slots=True)
class Close:
    """A closing tag, fitting or not."""

    name: str


def pieces(html: str) -> Iterator[Text | Open | Close]:
    """The pieces in their order, without comments, scripts and style sheets."""
    html = COMMENT.sub("", html)
    position = 0
    silent = ""
    for tag in TAG.finditer(html):
        if not silent and tag.start() > position:
            yield Text(unescape(html[position : tag.start()]))
        position = tag.end()
        name = tag[2].lower()
        if silent:
            silent = "" if tag[1] and name == silent else silent
        elif tag[1]:
            yield Close(name)
        elif name in SILENT:
            silent = name
        else:
            yield Open(name, tag[3])
    if not silent and position < len(html):
        yield Text(unescape(html[position:]))
