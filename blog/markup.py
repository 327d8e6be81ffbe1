"""An author's text to HTML: Markdown or HTML in, cleaned to a wide list of tags.

The author is trusted to format, not to run scripts: a hacked account or an import must not own
the readers. Strangers' text has a pipeline of its own, in comments.
"""

import threading
from typing import Final

from bleach.sanitizer import Cleaner
from markdown_it import MarkdownIt

VERSION: Final = 1  # raise it when the same source gives other HTML

TAGS: Final = frozenset(
    [
        "a",
        "abbr",
        "b",
        "blockquote",
        "br",
        "caption",
        "cite",
        "code",
        "dd",
        "del",
        "details",
        "dfn",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "ins",
        "kbd",
        "li",
        "mark",
        "ol",
        "p",
        "pre",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "u",
        "ul",
        "var",
    ]
)
ATTRIBUTES: Final = {
    "*": ["id", "lang", "dir", "title"],
    "a": ["href", "rel"],
    "img": ["src", "alt", "width", "height", "loading"],
    "ol": ["start", "reversed"],
    "td": ["colspan", "rowspan"],
    "th": ["colspan", "rowspan", "scope"],
    "details": ["open"],
    "blockquote": ["cite"],
    "q": ["cite"],
}
PROTOCOLS: Final = frozenset({"http", "https", "mailto"})

_here = threading.local()  # a bleach Cleaner shared by threads mixes up their texts


def render_markdown(source: str) -> str:
    """Safe HTML of an author's Markdown; raw HTML in it is allowed and cleaned."""
    return clean(_markdown().render(source))


def clean(html: str) -> str:
    """Reduce HTML to the list of tags above; a top-level heading becomes a second-level one."""
    cleaned: str = _cleaner().clean(html.replace("<h1", "<h2").replace("</h1>", "</h2>"))
    return cleaned


def _markdown() -> MarkdownIt:
    if not hasattr(_here, "markdown"):
        _here.markdown = MarkdownIt("commonmark", {"html": True, "maxNesting": 50}).enable("table")
    markdown: MarkdownIt = _here.markdown
    return markdown


def _cleaner() -> Cleaner:
    if not hasattr(_here, "cleaner"):
        _here.cleaner = Cleaner(
            tags=TAGS, attributes=ATTRIBUTES, protocols=PROTOCOLS, strip=True, strip_comments=True
        )
    return _here.cleaner
