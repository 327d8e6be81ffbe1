"""An author's text to HTML: Markdown or HTML in, cleaned to a wide list of tags.

The author is trusted to format, not to run scripts: a hacked account or an import must not own
the readers. Strangers' text has a pipeline of its own, in comments.
"""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from html.parser import HTMLParser
from typing import Any, Final

from bleach.html5lib_shim import Filter  # type: ignore[attr-defined]
from bleach.sanitizer import Cleaner

from blog import markdown
from blog.colours import LANGUAGE, colour_listings
from blog.picture_sizes import ADDRESS, Size, attributes
from core.html_tokens import tokens

VERSION: Final = 5  # raise it when the same source gives other HTML

# fmt: off
TAGS: Final = frozenset({
    "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del", "details",
    "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "h2", "h3", "h4", "h5", "h6",
    "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp",
    "section", "small", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td",
    "tfoot", "th", "thead", "tr", "u", "ul", "var",
})
# What writers paste and readers then miss; of what only looks, the words stay.
NOTICED: Final = frozenset({
    "audio", "button", "canvas", "embed", "form", "iframe", "input", "math", "object", "script",
    "select", "style", "svg", "textarea", "video",
})
# fmt: on
ATTRIBUTES: Final[Mapping[str, frozenset[str]]] = {
    "*": frozenset({"id", "lang", "dir", "title"}),
    "a": frozenset({"href", "rel"}),
    "img": frozenset({"src", "alt", "width", "height", "loading"}),
    "ol": frozenset({"start", "reversed"}),
    "td": frozenset({"colspan", "rowspan"}),
    "th": frozenset({"colspan", "rowspan", "scope"}),
    "details": frozenset({"open"}),
    "blockquote": frozenset({"cite"}),
    "q": frozenset({"cite"}),
    "section": frozenset({"aria-label"}),
}
PROTOCOLS: Final = frozenset({"http", "https", "mailto", "tel"})
TOP_HEADING: Final = re.compile(r"<(/?)h1(?=[\s/>])", re.IGNORECASE)
# What is between their tags is for machines: it goes with them. What has no end is no such element.
FOR_MACHINES: Final = {
    tag: (
        re.compile(rf"<{tag}(?=[\s/>])", re.IGNORECASE),
        re.compile(rf"</{tag}\s*>", re.IGNORECASE),
    )
    for tag in ("script", "style")
}
ELEMENT: Final = re.compile(r"<([a-z][a-z0-9]*)", re.IGNORECASE)

Pictures = Mapping[str, Size]
NO_PICTURES: Final[Pictures] = {}


def render_markdown(source: str, pictures: Pictures = NO_PICTURES) -> str:
    """Safe HTML of an author's Markdown; raw HTML in it is allowed and cleaned."""
    return clean(markdown.to_html(source), pictures)


def clean(html: str, pictures: Pictures = NO_PICTURES) -> str:
    """Reduce HTML to the list of tags above; a top-level heading becomes a second-level one.

    An img that names one of our `pictures` gets its sizes, whatever the author wrote there.
    """
    for tag in FOR_MACHINES:
        html = _without(tag, html)
    cleaned: str = _cleaner(pictures).clean(TOP_HEADING.sub(r"<\1h2", html))
    return colour_listings(cleaned)


def left_out(source: str, *, is_markdown: bool) -> list[str]:
    """The elements of an author's text that readers do not get, by name, each once."""
    html = markdown.to_html(source) if is_markdown else source
    found = dict.fromkeys(name.lower() for name in ELEMENT.findall(html))
    return [name for name in found if name in NOTICED]


def images_in(html: str) -> list[dict[str, str]]:
    """The attributes of every img of cleaned HTML, in order."""
    found = _Images()
    found.feed(html)
    return found.images


class PictureFilter(Filter):
    """Gives our pictures their sizes; every image but the first is fetched when it comes near."""

    def __init__(self, source: Any, pictures: Pictures) -> None:
        super().__init__(source)
        self.pictures = pictures

    def __iter__(self) -> Iterator[dict[str, Any]]:
        images = 0
        for token in super().__iter__():
            if token.get("name") == "img" and token["type"] in {"StartTag", "EmptyTag"}:
                self._complete(token["data"])
                if images:
                    token["data"][None, "loading"] = "lazy"
                images += 1
            yield token

    def _complete(self, data: dict[tuple[None, str], str]) -> None:
        data.pop((None, "loading"), None)
        named = ADDRESS.fullmatch(data.get((None, "src"), ""))
        if named and (size := self.pictures.get(named[1])):
            data.update({(None, name): value for name, value in attributes(named[1], size)})


def _without(tag: str, html: str) -> str:
    """The HTML without these elements, in one pass; what comes of it has still to be cleaned."""
    begins, ends = FOR_MACHINES[tag]
    kept, at = [], 0
    while (begin := begins.search(html, at)) and (end := ends.search(html, begin.end())):
        kept.append(html[at : begin.start()])
        at = end.end()
    return "".join(kept) + html[at:]


class _Images(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.images: list[dict[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.images.append({name: value or "" for name, value in attrs})


def _is_allowed(tag: str, name: str, value: str) -> bool:
    if name == "class":
        if tag == "code":
            return LANGUAGE.fullmatch(value) is not None
        return markdown.CLASSES.issuperset(value.split())
    return name in ATTRIBUTES["*"] or name in ATTRIBUTES.get(tag, ())


def _cleaner(pictures: Pictures) -> Cleaner:
    """A new one each time: one that threads share mixes up their texts."""
    cleaner = Cleaner(
        tags=TAGS,
        attributes=_is_allowed,
        protocols=PROTOCOLS,
        strip=True,
        strip_comments=True,
        filters=[partial(PictureFilter, pictures=pictures)],
    )
    cleaner.walker = tokens  # type: ignore[assignment]
    return cleaner
