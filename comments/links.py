"""What a reader meets in a comment's rendered HTML: the links to follow, and the words."""

from html.parser import HTMLParser
from typing import Final

BLOCKS: Final = frozenset({"p", "li", "blockquote", "pre"})


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


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)


def plain_text(html: str) -> str:
    """The words of rendered HTML, without its tags; a line end more after each paragraph."""
    parser = _Words()
    parser.feed(html)
    parser.close()
    return "".join(parser.pieces)
