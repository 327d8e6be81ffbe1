"""A WordPress export (WXR), read as a stream: what is in the file, judged by nobody yet.

The parser refuses document types, entities and external references by rule. Elements are known by
the family of their namespace, `http://wordpress.org/export/<version>/`, whatever their prefix.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from sys import intern
from typing import BinaryIO, Final
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

CHUNK: Final = 64 * 1024
LONGEST_FIELD: Final = 50_000_000  # characters; a larger one is no blog post, and memory has ends

NAMESPACES: Final = (
    (re.compile(r"http://wordpress\.org/export/[^/]+/"), "wp:"),
    (re.compile(r"http://wordpress\.org/export/[^/]+/excerpt/"), "excerpt:"),
    (re.compile(r"http://purl\.org/rss/1\.0/modules/content/"), "content:"),
    (re.compile(r"http://purl\.org/dc/elements/1\.1/"), "dc:"),
)
VERSION: Final = re.compile(r"\d+\.\d+")

# What of each kind is kept; the rest of the file is read past.
CHANNEL_FIELDS: Final = frozenset(
    {"title", "link", "pubDate", "wp:wxr_version", "wp:base_site_url", "wp:base_blog_url"}
)
AUTHOR_FIELDS: Final = frozenset(
    {
        "wp:author_id",
        "wp:author_login",
        "wp:author_display_name",
        "wp:author_first_name",
        "wp:author_last_name",
    }
)
CATEGORY_FIELDS: Final = frozenset({"wp:term_id", "wp:cat_name"})
ITEM_FIELDS: Final = frozenset(
    {
        "title",
        "link",
        "guid",
        "pubDate",
        "dc:creator",
        "content:encoded",
        "excerpt:encoded",
        "wp:post_id",
        "wp:post_date",
        "wp:post_date_gmt",
        "wp:comment_status",
        "wp:post_name",
        "wp:status",
        "wp:post_type",
        "wp:post_password",
    }
)
COMMENT_FIELDS: Final = frozenset(
    {
        "wp:comment_id",
        "wp:comment_author",
        "wp:comment_author_email",
        "wp:comment_date",
        "wp:comment_date_gmt",
        "wp:comment_content",
        "wp:comment_approved",
        "wp:comment_type",
        "wp:comment_parent",
    }
)

REASONS: Final = {
    expat.errors.XML_ERROR_NO_ELEMENTS: "the file ends too early: it is cut short, or empty",
    expat.errors.XML_ERROR_INVALID_TOKEN: (
        "there is a character that XML does not allow there, often a bare & or <, or a letter in"
        " another encoding than the file names"
    ),
    expat.errors.XML_ERROR_UNCLOSED_TOKEN: "the file ends in the middle of a tag",
    expat.errors.XML_ERROR_PARTIAL_CHAR: "the file ends in the middle of a character",
    expat.errors.XML_ERROR_TAG_MISMATCH: "a closing tag does not fit the one that is open",
    expat.errors.XML_ERROR_DUPLICATE_ATTRIBUTE: "an attribute stands twice in one tag",
    expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT: "something follows after the end",
    expat.errors.XML_ERROR_UNDEFINED_ENTITY: "there is an entity that XML does not know",
    expat.errors.XML_ERROR_BAD_CHAR_REF: "there is a reference to a character that does not exist",
    expat.errors.XML_ERROR_MISPLACED_XML_PI: "something stands before the XML declaration",
    expat.errors.XML_ERROR_UNKNOWN_ENCODING: "the file names an encoding that nobody knows",
    expat.errors.XML_ERROR_INCORRECT_ENCODING: "the file is not in the encoding that it names",
    expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION: "the file ends inside a CDATA section",
    expat.errors.XML_ERROR_UNBOUND_PREFIX: "a prefix stands for no namespace",
}  # by expat's own wording, which `codes` turns into numbers
PACKED: Final = {b"\x1f\x8b": "gzip", b"PK": "zip"}


class NotAnExport(Exception):
    """The file can't be read as a WordPress export; the text says where and why."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")


Fields = dict[str, str]


@dataclass(slots=True)
class ExportedItem:
    """A post, a page, or something else that WordPress keeps like one."""

    fields: Fields = field(default_factory=dict)
    terms: list[tuple[str, str, str]] = field(default_factory=list)  # domain, slug, name
    comments: list[Fields] = field(default_factory=list)
    is_wordpress: bool = False  # one field at least is WordPress's own


@dataclass
class Head:
    """What the file says of the blog itself."""

    fields: Fields
    authors: dict[str, Fields]  # by login
    categories: dict[str, str]  # names by number
    first_link: str  # of the first item that has one


class Export:
    """One export file. `check` reads all of it and raises NotAnExport; `items` trusts that."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file

    def check(self, progress: Callable[[int], None]) -> Head:
        """Read the whole file; what it says of the blog. Raises NotAnExport."""
        channel = _Channel()
        usable = 0
        first_link = ""
        for item in self._read(channel, progress):
            usable += item.is_wordpress
            first_link = first_link or item.fields.get("link", "")
        _require_version(channel, usable)
        return Head(channel.fields, channel.authors, channel.categories, first_link)

    def items(self, progress: Callable[[int], None]) -> Iterator[ExportedItem]:
        """The items in their order; one at a time is in memory."""
        return self._read(_Channel(), progress)

    def _read(self, channel: "_Channel", progress: Callable[[int], None]) -> Iterator[ExportedItem]:
        self.file.seek(0)
        first, skipped_lines = _first_chunk(self.file)
        parser = DefusedXMLParser(target=channel, forbid_dtd=True)
        channel.line = lambda: parser.parser.CurrentLineNumber + skipped_lines
        for chunk in chain([first], iter(lambda: self.file.read(CHUNK), b"")):
            _feed(parser, chunk, skipped_lines)
            progress(self.file.tell())
            yield from channel.take()
        _feed(parser, None, skipped_lines)
        yield from channel.take()


def _first_chunk(file: BinaryIO) -> tuple[bytes, int]:
    """The start without blanks, which sloppy themes print before the XML, and their line count."""
    start = file.read(CHUNK)
    for magic, name in PACKED.items():
        if start.startswith(magic):
            raise NotAnExport(1, f"this is a {name} file; unpack it first")
    if start.startswith((b"\xfe\xff", b"\xff\xfe")):  # UTF-16, where a blank is two bytes
        return start, 0
    body = start.removeprefix(b"\xef\xbb\xbf").lstrip().removeprefix(b"\xef\xbb\xbf").lstrip()
    return body, start[: len(start) - len(body)].count(b"\n")


def _feed(parser: DefusedXMLParser, chunk: bytes | None, skipped_lines: int) -> None:
    """Parse a chunk, or with None the end of the file."""
    try:
        if chunk is None:
            parser.close()
        else:
            parser.feed(chunk)
    except ParseError as error:
        line, _ = error.position
        raise NotAnExport(line + skipped_lines, _reason(error)) from error
    except DefusedXmlException as error:
        line = parser.parser.CurrentLineNumber + skipped_lines
        reason = "the file declares a document type or entities, which no WordPress export does"
        raise NotAnExport(line, reason) from error
    except (LookupError, ValueError) as error:  # Python's codec for what the file says it is in
        raise NotAnExport(1, "the file names an encoding that can't be read") from error


def _reason(error: ParseError) -> str:
    words = expat.errors.messages.get(error.code, str(error))
    return REASONS.get(words, words)


def _require_version(channel: "_Channel", usable: int) -> None:
    """WordPress writes its format's version; only exports trimmed by hand lack it."""
    version = channel.fields.get("wp:wxr_version")
    if version is None and not usable:
        reason = "no wp:wxr_version and no WordPress item follows, so this is no WordPress export"
        raise NotAnExport(channel.began, reason)
    if version is not None and not VERSION.fullmatch(version):
        reason = f"wp:wxr_version is {version[:20]!r}, not a version such as 1.2"
        raise NotAnExport(channel.version_line, reason)


@lru_cache(maxsize=1000)
def short_name(tag: str) -> str:
    """`wp:post_id` for ElementTree's `{http://wordpress.org/export/1.2/}post_id`; '' if foreign."""
    if not tag.startswith("{"):
        return tag
    uri, _, name = tag[1:].partition("}")
    for pattern, prefix in NAMESPACES:
        if pattern.fullmatch(uri):
            return prefix + name
    return ""


class _Channel:
    """The parser's target: no tree is built, only the item being read is held."""

    def __init__(self) -> None:
        self.fields: Fields = {}
        self.authors: dict[str, Fields] = {}
        self.categories: dict[str, str] = {}
        self.began = 1
        self.version_line = 1
        self.line: Callable[[], int] = lambda: 1
        self._path: list[str] = []
        self._wanted: frozenset[str] = frozenset()
        self._record: Fields = {}
        self._item: ExportedItem | None = None
        self._term: tuple[str, str] | None = None
        self._text: list[str] | None = None
        self._length = 0
        self._text_depth = 0
        self._depth = 0
        self._finished: list[ExportedItem] = []

    def take(self) -> list[ExportedItem]:
        """The items that were finished since the last call."""
        finished, self._finished = self._finished, []
        return finished

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Open an element."""
        name = short_name(tag)
        self._path.append(name)
        if self._text is not None:
            return  # markup inside a field: its text counts, its tags do not
        self._enter(len(self._path), name)
        if name in self._wanted and len(self._path) == self._depth + 1:
            self._listen()
        elif name == "category" and self._item is not None and len(self._path) == 4:
            self._term = (attributes.get("domain", ""), attributes.get("nicename", ""))
            self._listen()

    def data(self, text: str) -> None:
        """Text, in pieces."""
        if self._text is None:
            return
        self._text.append(text)
        self._length += len(text)
        if self._length > LONGEST_FIELD:
            raise NotAnExport(self.line(), f"one field has over {LONGEST_FIELD:,} characters")

    def end(self, tag: str) -> None:
        """Close an element."""
        if self._text is not None and len(self._path) == self._text_depth:
            self._keep(self._path[-1], "".join(self._text))
            self._text = None
        elif self._text is None:
            self._leave(self._path[-1])
        self._path.pop()

    def close(self) -> None:
        """Nothing is left to do at the end."""

    def _enter(self, depth: int, name: str) -> None:
        """Open what has fields of its own; the path says what it is."""
        if depth == 1 and name != "rss":
            raise NotAnExport(self.line(), "it starts as something else than WordPress's <rss>")
        if self._path == ["rss", "channel"]:
            self.began = self.line()
            self._collect(self.fields, CHANNEL_FIELDS, depth)
        elif self._path == ["rss", "channel", "wp:author"]:
            self._collect({}, AUTHOR_FIELDS, depth)
        elif self._path == ["rss", "channel", "wp:category"]:
            self._collect({}, CATEGORY_FIELDS, depth)
        elif self._path == ["rss", "channel", "item"]:
            self._item = ExportedItem()
            self._collect(self._item.fields, ITEM_FIELDS, depth)
        elif self._item is not None and depth == 4:
            self._item.is_wordpress |= name.startswith("wp:")
            if name == "wp:comment":
                self._collect({}, COMMENT_FIELDS, depth)

    def _leave(self, name: str) -> None:
        depth = len(self._path)
        if depth == 4 and name == "wp:comment" and self._item is not None:
            self._item.comments.append(self._record)
            self._collect(self._item.fields, ITEM_FIELDS, depth - 1)
        elif depth == 3 and name == "item" and self._item is not None:
            self._finished.append(self._item)
            self._item = None
            self._collect(self.fields, CHANNEL_FIELDS, depth - 1)
        elif depth == 3 and name == "wp:author":
            self.authors.setdefault(self._record.get("wp:author_login", ""), self._record)
            self._collect(self.fields, CHANNEL_FIELDS, depth - 1)
        elif depth == 3 and name == "wp:category":
            number = self._record.get("wp:term_id", "")
            self.categories.setdefault(number, self._record.get("wp:cat_name", ""))
            self._collect(self.fields, CHANNEL_FIELDS, depth - 1)

    def _collect(self, record: Fields, wanted: frozenset[str], depth: int) -> None:
        """From here on, children of the element at `depth` are fields of `record`."""
        self._record, self._wanted, self._depth = record, wanted, depth

    def _listen(self) -> None:
        self._text, self._length, self._text_depth = [], 0, len(self._path)

    def _keep(self, name: str, text: str) -> None:
        """Keep a field; of two with one name the first counts."""
        if self._term is not None and self._item is not None:
            self._item.terms.append((*self._term, text.strip()))
            self._term = None
            return
        if name == "wp:wxr_version":
            self.version_line = self.line()
        text = text if name.endswith(":encoded") else text.strip()
        # A long thread says "1" and "comment" a hundred thousand times.
        self._record.setdefault(name, intern(text) if len(text) < 10 else text)
