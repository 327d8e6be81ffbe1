"""The subset of Markdown that comments have, with a bound on the work that a text can cause.

Paragraphs, emphasis, strong, quotes, lists, code and links: no raw HTML, images or headings.
markdown-it's own work is linear, but twenty thousand characters can ask for ten thousand elements,
each of them dear in the cleaning that follows. Past MAX_TOKENS, forty times what such a text of
prose has, the rest is one plain paragraph: every word stays, marks stay as typed.
"""

import threading
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock, fence
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline, link

MAX_NESTING: Final = 20  # of quotes and lists; deeper ones stay text
MAX_TOKENS: Final = 4000
MAX_LOST_BRACKETS: Final = 500  # that open no link; past them none does

PARTS: Final = (
    "paragraph", "blockquote", "list", "code", "fence",
    "text", "newline", "escape", "backticks", "emphasis", "link", "autolink", "entity",
    "balance_pairs", "fragments_join", "block", "inline", "normalize", "text_join",
)  # fmt: skip

_here = threading.local()


def to_html(text: str) -> str:
    """HTML that still has to be cleaned."""
    html: str = _markdown().render(text, {"tokens": 0, "lost": 0})
    return html


def _markdown() -> MarkdownIt:
    if not hasattr(_here, "markdown"):
        options = {"html": False, "breaks": True, "maxNesting": MAX_NESTING}
        markdown = MarkdownIt("zero", options)
        known = {rule for rules in markdown.get_all_rules().values() for rule in rules}
        markdown.enable([part for part in PARTS if part in known])
        ends: RuleOptionsType = {"alt": ["paragraph", "blockquote", "list"]}
        markdown.block.ruler.before("code", "plain_rest", _plain_block, ends)
        markdown.block.ruler.at("fence", _fence, ends)
        markdown.core.ruler.after("block", "count", _count)
        markdown.inline.ruler.before("text", "plain_rest", _plain_inline)
        markdown.inline.ruler.at("link", _link)
        markdown.inline.ruler2.push("count", _count)
        _here.markdown = markdown
    return _here.markdown


def _plain_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.env["tokens"] + len(state.tokens) < MAX_TOKENS:
        return False
    if not silent:
        state.push("paragraph_open", "p", 1)
        token = state.push("inline", "", 0)
        token.content = state.getLines(start, end, state.blkIndent, False).strip()
        token.map, token.children = [start, end], []
        state.push("paragraph_close", "p", -1)
        state.line = end
    return True


def _plain_inline(state: StateInline, silent: bool) -> bool:
    if silent or state.env["tokens"] + len(state.tokens) < MAX_TOKENS:
        return False
    state.append_pending(state.src[state.pos : state.posMax])
    state.pos = state.posMax
    return True


def _count(state: StateCore | StateInline) -> None:
    state.env["tokens"] += len(state.tokens)


def _fence(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    found: bool = fence(state, start, end, silent)
    state.env["tokens"] += 3 * (found and not silent)  # one token, but four tags
    return found


def _link(state: StateInline, silent: bool) -> bool:
    # Each bracket looks ahead for its other half: dear when there are many and none has one.
    if state.src[state.pos] != "[" or state.env["lost"] > MAX_LOST_BRACKETS:
        return False
    found: bool = link(state, silent)
    state.env["lost"] += not found
    return found
