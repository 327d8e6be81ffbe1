"""How a feed of comments is written: Atom with replies by RFC 4685, and JSON Feed.

Both take, beyond the fields of core.feed_formats, `number` and `in_reply_to` for an entry, the last
a dict of `id` and `url`.
"""

from typing import Any, Final

from core import feed_formats

THREADING: Final = "http://purl.org/syndication/thread/1.0"


class AtomFeed(feed_formats.AtomFeed):
    """Atom with `thr:in-reply-to`."""

    def root_attributes(self) -> dict[str, str]:
        return {**super().root_attributes(), "xmlns:thr": THREADING}

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        answered = item["in_reply_to"]
        reply = {"ref": answered["id"], "href": answered["url"], "type": "text/html"}
        handler.addQuickElement("thr:in-reply-to", "", reply)


class JSONFeed(feed_formats.JSONFeed):
    """JSON Feed; what it has no field for stands under `_colloquy`."""

    def item(self, item: dict[str, Any]) -> dict[str, Any]:
        own = {"number": item["number"], "in_reply_to": item["in_reply_to"]}
        return {**super().item(item), "_colloquy": own}


Feed = AtomFeed | JSONFeed

FORMATS: Final[dict[str, type[Feed]]] = {"atom": AtomFeed, "json": JSONFeed}
