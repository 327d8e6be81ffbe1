"""How a feed is written: Atom (RFC 4287, replies by RFC 4685) and JSON Feed 1.1.

Both take, beyond Django's own fields, `updated` for the feed; `content`, `base`, `number` and
`in_reply_to` for an entry, the last a dict of `id` and `url`.
"""

import json
import re
from datetime import datetime
from typing import Any, Final

from django.utils.feedgenerator import Atom1Feed, SyndicationFeed, rfc3339_date
from django.utils.xmlutils import SimplerXMLGenerator

THREADING: Final = "http://purl.org/syndication/thread/1.0"
# What XML 1.0 can't hold, not even escaped.
NOT_IN_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class ForgivingXMLGenerator(SimplerXMLGenerator):
    """Shows what XML can't hold as U+FFFD, where Django's raises or the reader's parser would."""

    def characters(self, content: Any) -> None:
        super().characters(NOT_IN_XML.sub("\ufffd", content or ""))

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802 (the name in xml.sax)
        safe: Any = {key: NOT_IN_XML.sub("\ufffd", value) for key, value in attrs.items()}
        super().startElement(name, safe)


class AtomFeed(Atom1Feed):
    """Atom with whole texts and `thr:in-reply-to`."""

    def write(self, outfile: Any, encoding: str) -> None:
        handler = ForgivingXMLGenerator(outfile, encoding, short_empty_elements=True)
        handler.startDocument()
        handler.startElement("feed", self.root_attributes())
        self.add_root_elements(handler)
        self.write_items(handler)
        handler.endElement("feed")
        handler.endDocument()

    def root_attributes(self) -> dict[str, str]:
        return {**super().root_attributes(), "xmlns:thr": THREADING}

    def latest_post_date(self) -> datetime:
        updated: datetime = self.feed["updated"]
        return updated

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        answered = item["in_reply_to"]
        reply = {"ref": answered["id"], "href": answered["url"], "type": "text/html"}
        handler.addQuickElement("thr:in-reply-to", "", reply)
        content = {"type": "html", "xml:base": item["base"]}
        handler.addQuickElement("content", item["content"], content)


class JSONFeed(SyndicationFeed):
    """JSON Feed; what it has no field for stands under `_colloquy`."""

    content_type = "application/feed+json; charset=utf-8"

    def write(self, outfile: Any, encoding: str) -> None:
        feed = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": self.feed["title"],
            "home_page_url": self.feed["link"],
            "feed_url": self.feed["feed_url"],
            "language": self.feed["language"],
            "items": [self._item(item) for item in self.items],
        }
        outfile.write(json.dumps(feed).encode(encoding))

    def _item(self, item: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": item["unique_id"],
            "url": item["link"],
            "title": item["title"],
            "content_html": item["content"],
            "authors": [{"name": item["author_name"]}],
            "date_published": rfc3339_date(item["pubdate"]),
            "date_modified": rfc3339_date(item["updateddate"]),
            "_colloquy": {"number": item["number"], "in_reply_to": item["in_reply_to"]},
        }


Feed = AtomFeed | JSONFeed

FORMATS: Final[dict[str, type[Feed]]] = {"atom": AtomFeed, "json": JSONFeed}
