"""The links in a comment's rendered HTML: what a reader could follow, however it was written."""

from html.parser import HTMLParser


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
