"""The Markdown of posts: CommonMark with tables, struck words, footnotes and figures.

Raw HTML passes, to be cleaned by blog.markup.
"""

import re
import threading
from collections.abc import Sequence
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

# What footnotes and the columns of tables are styled by.
OF_FOOTNOTES: Final = frozenset(
    ["footnotes", "footnotes-list", "footnote-item", "footnote-ref", "footnote-backref"]
)
CLASSES: Final = OF_FOOTNOTES | {"right", "center"}
ALIGNED: Final = re.compile(r"text-align:(right|center)")

_here = threading.local()


def to_html(text: str) -> str:
    """HTML that still has to be cleaned."""
    if not hasattr(_here, "markdown"):
        _here.markdown = _parser()
    html: str = _here.markdown.render(text)
    return html


def _parser() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": True, "maxNesting": 50}).enable(
        ["table", "strikethrough"]
    )
    markdown.use(footnote_plugin)
    markdown.core.ruler.after("inline", "figures", _make_figures)
    markdown.core.ruler.push("columns", _align_columns)
    markdown.add_render_rule("footnote_block_open", _open_footnotes)
    markdown.add_render_rule("footnote_caption", _number_of_footnote)
    return markdown


def _make_figures(state: StateCore) -> None:
    """A picture alone in its paragraph that has a title is a figure, the title its caption."""
    for opening, inline, closing in zip(
        state.tokens, state.tokens[1:], state.tokens[2:], strict=False
    ):
        children = inline.children or []
        if opening.type != "paragraph_open" or [one.type for one in children] != ["image"]:
            continue
        if caption := str(children[0].attrs.pop("title", "")):
            opening.tag = closing.tag = "figure"
            opening.hidden = closing.hidden = False
            inline.children = [*children, *_caption(state, caption)]


def _caption(state: StateCore, text: str) -> list[Token]:
    words: list[Token] = []
    state.md.inline.parse(text, state.md, state.env, words)
    return [
        Token("caption_open", "figcaption", 1),
        *words,
        Token("caption_close", "figcaption", -1),
    ]


def _align_columns(state: StateCore) -> None:
    """A class says how a column is aligned: styles are cleaned away."""
    for token in state.tokens:
        if token.type in {"th_open", "td_open"}:
            found = ALIGNED.search(str(token.attrs.pop("style", "")))
            if found:
                token.attrSet("class", found[1])


def _number_of_footnote(renderer: Any, tokens: Sequence[Token], idx: int, *args: Any) -> str:
    """The same number wherever a footnote is referred to."""
    return str(tokens[idx].meta["id"] + 1)


def _open_footnotes(*args: Any) -> str:
    return '<section class="footnotes" aria-label="Footnotes">\n<ol class="footnotes-list">\n'
