"""What a reader meets in a comment's rendered HTML: the links to follow, and the words."""

import re
from html import unescape
from html.parser import HTMLParser
from typing import Final

BLOCK_ENDS: Final = frozenset({"/p", "/li", "/blockquote", "/pre"})
_TAG: Final = re.compile(r'<(/?[a-z]+)(?:[^<>"]|"[^"]*")*>')  # as the cleaner writes them


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a" and (address := dict(attrs).get("href")):
            self.addresses.append(address)


def link_addresses(html: str) -> tuple[str, ...]:
    """Every link's address in the order of the text, repeated ones repeated."""
    parser = _Links()
    parser.feed(html)
    parser.close()
    return tuple(parser.addresses)


def plain_text(html: str) -> str:
    """The words of rendered HTML, without its tags; a line end more after each paragraph."""
    return unescape(_TAG.sub(lambda found: "\n" if found[1] in BLOCK_ENDS else "", html))
