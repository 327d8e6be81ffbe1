"""What WordPress does to a post's text when it shows it, done once on arrival.

WordPress stores paragraphs as blank lines and adds the tags at display. The result is not safe
HTML yet: Post.save cleans it.
"""

import re
from typing import Final

from transfer.html_pieces import COMMENT, TAG, Text, pieces, tag_names

MORE: Final = re.compile(r"<!--more(?:\s[^>]*)?-->", re.IGNORECASE)
BLOCK_COMMENT: Final = re.compile(r"<!--\s*/?wp:[^<>]*-->\n?")
SCRIPT: Final = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
CAPTION: Final = re.compile(
    r"\[(?:wp_)?caption\b([^\[\]]*)\]"
    r"((?:(?!\[(?:wp_)?caption\b).)*?)"
    r"\[/(?:wp_)?caption\]",
    re.DOTALL,
)
CAPTION_ATTRIBUTE: Final = re.compile(r"caption=(?:\"([^\"]*)\"|'([^']*)')")
PICTURE: Final = re.compile(r"\s*((?:<a\b[^>]*>\s*)?<img\b[^>]*>(?:\s*</a>)?)(.*)", re.DOTALL)
LINE_END: Final = re.compile(r"(?<![ \t])[ \t]*\n")
BLANK_LINES: Final = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")

# In these, loose text becomes paragraphs.
HOLDS_PARAGRAPHS: Final = tag_names(
    "article aside blockquote body center details div fieldset footer form header main nav section"
)
# In these, a single run of text stays as it is; what has blank lines becomes paragraphs.
HOLDS_TEXT: Final = tag_names("dd figure li td th")
# In these, text is never wrapped.
HOLDS_PHRASES: Final = tag_names("address caption dt figcaption h1 h2 h3 h4 h5 h6 p summary")
# In these, blanks between tags mean nothing.
HOLDS_NO_TEXT: Final = tag_names(
    "colgroup dl map menu object ol select table tbody tfoot thead tr ul video audio"
)
VERBATIM: Final = frozenset(["pre", "svg", "textarea"])
VOID: Final = frozenset(["hr", "col"])
BLOCKS: Final = HOLDS_PARAGRAPHS | HOLDS_TEXT | HOLDS_PHRASES | HOLDS_NO_TEXT | VERBATIM | VOID


def to_html(content: str) -> str:
    """A post's content as HTML with its paragraphs; other shortcodes stay as text."""
    content = content.replace("\r\n", "\n").replace("\r", "\n")
    has_blocks = BLOCK_COMMENT.search(content) is not None
    content = COMMENT.sub("", SCRIPT.sub("", BLOCK_COMMENT.sub("", content)))
    content = CAPTION.sub(_figure, content)
    # Block editor content has its tags already, and WordPress leaves it alone, too.
    return content.strip() if has_blocks else add_paragraphs(content)


def teaser(content: str) -> str:
    """What stands before the "more" mark, as plain text; empty without a mark."""
    before, *after = MORE.split(content, maxsplit=1)
    return plain_text(before) if after else ""


def add_paragraphs(content: str) -> str:
    """Blank lines to paragraphs, other line ends to <br>, outside preformatted text."""
    out: list[str] = []
    run: list[str] = []  # text and inline tags since the last block tag
    open_blocks: list[str] = []
    position = 0
    for tag in TAG.finditer(content):
        closing, name = bool(tag[1]), tag[2].lower()
        verbatim = bool(open_blocks) and open_blocks[-1] in VERBATIM
        if name not in BLOCKS or (verbatim and not (closing and name == open_blocks[-1])):
            continue
        run.append(content[position : tag.start()])
        out.append(_finish("".join(run), open_blocks))
        run.clear()
        out.append(tag[0])
        position = tag.end()
        _move(open_blocks, name, closing)
    out.append(_finish(content[position:], open_blocks))
    return "".join(out)


def plain_text(html: str) -> str:
    """The text of HTML in one line; a block tag or a line break parts words."""
    parts = []
    for piece in pieces(html):
        if isinstance(piece, Text):
            parts.append(piece.text)
        elif piece.name in BLOCKS or piece.name == "br":
            parts.append(" ")
    return " ".join("".join(parts).split())


def _figure(caption: re.Match[str]) -> str:
    """A picture with its caption, in the old form (an attribute) or the newer one (text)."""
    picture = PICTURE.fullmatch(caption[2])
    if picture is None:
        return caption[2]
    old = CAPTION_ATTRIBUTE.search(caption[1])
    words = (old[1] or old[2] or "") if old else picture[2].strip()
    return f"\n<figure>{picture[1]}<figcaption>{words}</figcaption></figure>\n"


def _move(open_blocks: list[str], name: str, closing: bool) -> None:
    """Follow a block tag; a closing tag that nothing opened is ignored."""
    if not closing:
        if name not in VOID:
            open_blocks.append(name)
    elif name in open_blocks:
        while open_blocks.pop() != name:
            pass


def _finish(run: str, open_blocks: list[str]) -> str:
    """The text between two block tags, in paragraphs where its block wants them."""
    block = open_blocks[-1] if open_blocks else "body"
    if block in VERBATIM:
        return run
    run = run.strip()
    if not run or block in HOLDS_NO_TEXT:
        return run
    paragraphs = [part.strip() for part in BLANK_LINES.split(run)]
    broken = [LINE_END.sub("<br>\n", part) for part in paragraphs if part]
    if block in HOLDS_PHRASES or (block in HOLDS_TEXT and len(broken) == 1):
        return "<br><br>\n".join(broken)
    return "\n".join(f"<p>{part}</p>" for part in broken)
