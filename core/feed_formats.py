"""How a feed is written: RSS 2.0, Atom (RFC 4287) and JSON Feed 1.1, all with whole texts.

They take, beyond Django's own fields, `updated` and maybe `hub` for the feed; `content` and
`base`, the address that links in it start from, for an entry.
"""

import json
import re
from datetime import datetime
from typing import Any, Final

from django.utils.feedgenerator import (
    Atom1Feed,
    Rss201rev2Feed,
    SyndicationFeed,
    rfc3339_date,
)
from django.utils.xmlutils import SimplerXMLGenerator

CONTENT: Final = "http://purl.org/rss/1.0/modules/content/"
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
    """Atom with whole texts."""

    def write(self, outfile: Any, encoding: str) -> None:
        handler = ForgivingXMLGenerator(outfile, encoding, short_empty_elements=True)
        handler.startDocument()
        handler.startElement("feed", self.root_attributes())
        self.add_root_elements(handler)
        self.write_items(handler)
        handler.endElement("feed")
        handler.endDocument()

    def latest_post_date(self) -> datetime:
        updated: datetime = self.feed["updated"]
        return updated

    def add_root_elements(self, handler: Any) -> None:
        super().add_root_elements(handler)
        if hub := self.feed.get("hub"):
            handler.addQuickElement("link", "", {"rel": "hub", "href": hub})

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        content = {"type": "html", "xml:base": item["base"]}
        handler.addQuickElement("content", item["content"], content)


class RSSFeed(Rss201rev2Feed):
    """RSS with whole texts in content:encoded."""

    def write(self, outfile: Any, encoding: str) -> None:
        handler = ForgivingXMLGenerator(outfile, encoding, short_empty_elements=True)
        handler.startDocument()
        handler.startElement("rss", self.rss_attributes())
        handler.startElement("channel", self.root_attributes())
        self.add_root_elements(handler)
        self.write_items(handler)
        self.endChannelElement(handler)
        handler.endElement("rss")

    def rss_attributes(self) -> dict[str, str]:
        return {**super().rss_attributes(), "xmlns:content": CONTENT}

    def latest_post_date(self) -> datetime:
        updated: datetime = self.feed["updated"]
        return updated

    def add_root_elements(self, handler: Any) -> None:
        super().add_root_elements(handler)
        if hub := self.feed.get("hub"):
            handler.addQuickElement("atom:link", "", {"rel": "hub", "href": hub})

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("content:encoded", item["content"])


class JSONFeed(SyndicationFeed):
    """JSON Feed."""

    content_type = "application/feed+json; charset=utf-8"

    def write(self, outfile: Any, encoding: str) -> None:
        feed = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": self.feed["title"],
            "home_page_url": self.feed["link"],
            "feed_url": self.feed["feed_url"],
            "language": self.feed["language"],
            "items": [self.item(item) for item in self.items],
        }
        if hub := self.feed.get("hub"):
            feed["hubs"] = [{"type": "WebSub", "url": hub}]
        outfile.write(json.dumps(feed).encode(encoding))

    def item(self, item: dict[str, Any]) -> dict[str, Any]:
        """One entry; a class may add fields of its own, whose names begin with an underscore."""
        entry = {
            "id": item["unique_id"],
            "url": item["link"],
            "title": item["title"],
            "content_html": item["content"],
            "authors": [{"name": item["author_name"]}],
            "date_published": rfc3339_date(item["pubdate"]),
            "date_modified": rfc3339_date(item["updateddate"]),
        }
        if item["description"]:
            entry["summary"] = item["description"]
        if item["categories"]:
            entry["tags"] = list(item["categories"])
        return entry
