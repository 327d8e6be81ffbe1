"""A WordPress comment's HTML to the Markdown that this site's readers write.

So the source that a commenter or moderator edits later is of the one kind there is, and its HTML is
what comments.markup makes of it. What Markdown can't say is dropped; the words all stay, which is
checked for every text: one whose words would differ is written plainer instead.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Final, Literal

from comments import markup
from transfer.html_pieces import Open, Text, pieces, tag_names

SPANS: Final = {"em": "em", "i": "em", "strong": "strong", "b": "strong", "a": "a", "code": "code"}
MARKS: Final = {"em": "*", "strong": "**"}
PARTING: Final = tag_names(
    "address article aside center dd details div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hr main nav p section summary table tbody tfoot thead tr"
)
CELLS: Final = frozenset(["td", "th"])
CONTAINERS: Final = frozenset(["blockquote", "ul", "ol", "li"])
DEEPEST: Final = 8  # of quotes and lists; what is nested deeper joins the eighth

SPECIAL: Final = re.compile(r"[\\`*\[\]<]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)")
LINE_START: Final = re.compile(r"^(\d{1,9})(?=[.)](?:\s|$))|^(?=>|[-+](?:\s|$)|~~~)", re.MULTILINE)
BLANK_LINE: Final = re.compile(r"\n\s*\n\s*")

# From all that Markdown can say down to paragraphs of escaped text.
Plainness = Literal["rich", "without emphasis", "without marks", "bare"]
PLAINNESSES: Final[tuple[Plainness, ...]] = ("rich", "without emphasis", "without marks", "bare")
WITH_MARKS: Final = frozenset({"rich", "without emphasis"})


@dataclass(frozen=True, slots=True)
class Converted:
    """A comment's text with the HTML that comments.markup makes of it."""

    text: str
    html: str


def convert(content: str) -> Converted:
    """The text of a comment; empty where nothing is left of it."""
    reader = _Reader(content.replace("\r\n", "\n").replace("\r", "\n"))
    blocks = reader.finish()
    wanted = markup.show(markup.normalise("".join(reader.words))).split()
    for plainness in PLAINNESSES:
        text = markup.normalise(_write(blocks, plainness))
        converted = Converted(text, markup.render(text))
        if _says(converted.html, wanted):
            break
    return converted


def _says(html: str, wanted: list[str]) -> bool:
    """Whether rendered HTML has these words and no others, but the hosts that links show."""
    return words(html) == wanted or words(markup.without_hosts(html)) == wanted


def words(html: str) -> list[str]:
    """The words that a reader of rendered HTML sees, in their order."""
    return "".join(_Reader(html).words).split()


def escape(text: str) -> str:
    """Plain text as Markdown that shows it literally; lines are escaped by their writer."""
    return SPECIAL.sub(lambda special: "\\" + special[0], text)


@dataclass(slots=True)
class _Span:
    """A run of inline text; `kind` is empty for a paragraph itself."""

    kind: str = ""
    address: str = ""
    parts: "list[str | _Span]" = field(default_factory=list)


@dataclass(slots=True)
class _Preformatted:
    text: str


@dataclass(slots=True)
class _Container:
    """A quote, a list or an item of one; kind "" is the whole text."""

    kind: str = ""
    blocks: "list[_Block]" = field(default_factory=list)


_Block = _Span | _Preformatted | _Container


class _Reader:
    """Reads HTML into blocks, and keeps its bare words beside them."""

    def __init__(self, html: str) -> None:
        self.words: list[str] = []
        self._containers = [_Container()]
        self._spans = [_Span()]
        self._verbatim: list[str] | None = None
        for piece in pieces(html):
            if isinstance(piece, Text):
                self._read_text(piece.text)
            elif isinstance(piece, Open):
                self._open(piece)
            else:
                self._close(piece.name)

    def finish(self) -> list[_Block]:
        """The blocks of the whole text."""
        self._end_verbatim()
        self._end_paragraph()
        return self._containers[0].blocks

    def _open(self, piece: Open) -> None:
        tag = piece.name
        if self._verbatim is not None:
            return
        if tag == "br":
            self._break_line()
        elif tag in CELLS:
            self._add(" ")
        elif tag in PARTING:
            self._end_paragraph()
        elif tag == "pre":
            self._end_paragraph()
            self._verbatim = []
        elif tag in CONTAINERS:
            self._open_container(tag)
        elif tag in SPANS:
            self._open_span(SPANS[tag], piece.address if tag == "a" else "")

    def _close(self, tag: str) -> None:
        if tag == "pre":
            self._end_verbatim()
        elif self._verbatim is not None:
            return
        elif tag in PARTING:
            self._end_paragraph()
        elif tag in CONTAINERS:
            self._close_container(tag)
        elif tag in SPANS:
            self._close_span(SPANS[tag])

    def _read_text(self, text: str) -> None:
        if self._verbatim is not None:
            self._verbatim.append(text)
            self.words.append(text)
        elif self._spans[-1].kind == "code":
            self._add(text)
        else:
            first, *paragraphs = BLANK_LINE.split(text)
            self._add(first)
            for paragraph in paragraphs:
                self._end_paragraph()
                self._add(paragraph)

    def _break_line(self) -> None:
        """A second break in a row ends the paragraph."""
        parts = self._spans[-1].parts
        if parts and isinstance(parts[-1], str) and parts[-1].rstrip(" ").endswith("\n"):
            self._end_paragraph()
        else:
            self._add("\n")

    def _add(self, text: str) -> None:
        self.words.append(text)
        parts = self._spans[-1].parts
        if parts and isinstance(parts[-1], str):
            parts[-1] += text  # so that a letter and its accent meet before they are escaped
        else:
            parts.append(text)

    def _end_paragraph(self) -> None:
        """Close the paragraph; spans that are open go on in the next one."""
        self.words.append("\n")
        done = self._spans[0]
        if done.parts:
            self._containers[-1].blocks.append(done)
        self._spans = [_Span(span.kind, span.address) for span in self._spans]
        for outer, inner in zip(self._spans, self._spans[1:], strict=False):
            outer.parts.append(inner)

    def _end_verbatim(self) -> None:
        if self._verbatim is None:
            return
        self.words.append("\n")
        self._containers[-1].blocks.append(_Preformatted("".join(self._verbatim)))
        self._verbatim = None

    def _open_container(self, kind: str) -> None:
        self._end_paragraph()
        if kind == "li":
            self._leave_item()
            if self._containers[-1].kind not in {"ul", "ol"}:
                return  # an item of no list is a paragraph
        if len(self._containers) <= DEEPEST:
            container = _Container(kind)
            self._containers[-1].blocks.append(container)
            self._containers.append(container)

    def _close_container(self, kind: str) -> None:
        self._end_paragraph()
        if any(container.kind == kind for container in self._containers):
            while self._containers.pop().kind != kind:
                pass

    def _leave_item(self) -> None:
        """An item ends where the next of its list begins."""
        if self._containers[-1].kind == "li":
            self._containers.pop()

    def _open_span(self, kind: str, address: str) -> None:
        if any(span.kind in {kind, "code"} for span in self._spans):
            return
        span = _Span(kind, address)
        self._spans[-1].parts.append(span)
        self._spans.append(span)

    def _close_span(self, kind: str) -> None:
        if all(span.kind != kind for span in self._spans):
            return
        while (span := self._spans.pop()).kind != kind:
            pass
        code = span.parts[0] if kind == "code" and span.parts else ""
        if isinstance(code, str) and "\n" in code.strip():
            self._spans[-1].parts.remove(span)
            self._end_paragraph()
            self._containers[-1].blocks.append(_Preformatted(code))


def _write(blocks: list[_Block], plainness: Plainness) -> str:
    written = (_write_block(block, plainness) for block in blocks)
    return "\n\n".join(block for block in written if block)


def _write_block(block: _Block, plainness: Plainness) -> str:
    if isinstance(block, _Preformatted):
        return _write_preformatted(block.text, plainness)
    if isinstance(block, _Span):
        return _paragraph(_write_span(block, plainness))
    if plainness == "bare":
        return _write(block.blocks, plainness)
    if block.kind in {"ul", "ol"}:
        return _write_list(block, plainness)
    inner = _write(block.blocks, plainness)
    return _indent(inner, "> ", "> ") if inner else ""


def _write_preformatted(text: str, plainness: Plainness) -> str:
    return _fence(text) if plainness in WITH_MARKS else _paragraph(escape(markup.writable(text)))


def _write_list(block: _Container, plainness: Plainness) -> str:
    numbers = count(1)
    items = []
    for child in block.blocks:
        inner = _write([child] if not isinstance(child, _Container) else child.blocks, plainness)
        if inner:
            mark = f"{next(numbers)}. " if block.kind == "ol" else "- "
            items.append(_indent(inner, mark, " " * len(mark)))
    tight = not any("\n\n" in item for item in items)
    return ("\n" if tight else "\n\n").join(items)


def _indent(text: str, first: str, others: str) -> str:
    lines = text.split("\n")
    marked = [(others if number else first) + line for number, line in enumerate(lines)]
    return "\n".join(line.rstrip() for line in marked)


def _paragraph(text: str) -> str:
    """Lines without outer blanks, none of which begins a block of another kind."""
    lines = (line.strip() for line in text.strip().split("\n"))
    return LINE_START.sub(_escape_start, "\n".join(line for line in lines if line))


def _escape_start(start: re.Match[str]) -> str:
    return f"{start[1]}\\" if start[1] else "\\"


def _write_span(span: _Span, plainness: Plainness) -> str:
    inner = "".join(_inline_parts(span, plainness))
    if plainness not in WITH_MARKS or not span.kind or not inner.strip():
        return inner
    if plainness == "without emphasis" and span.kind in MARKS:
        return inner
    # Marks hold only where no blank stands inside of them.
    body = inner.strip()
    before, after = inner[: inner.index(body)], inner[inner.index(body) + len(body) :]
    return before + _mark(span, body) + after


def _inline_parts(span: _Span, plainness: Plainness) -> Iterator[str]:
    for part in span.parts:
        if isinstance(part, _Span):
            yield _write_span(part, plainness)
        elif span.kind == "code" and plainness in WITH_MARKS:
            yield part
        else:
            yield escape(markup.writable(part))


def _mark(span: _Span, body: str) -> str:
    if span.kind == "code":
        return _code(body)
    if span.kind == "a":
        return _link(span.address.strip(), body)
    return f"{MARKS[span.kind]}{body}{MARKS[span.kind]}"


def _link(address: str, body: str) -> str:
    if not markup.is_safe_address(address):
        return body
    if escape(address) == body and markup.is_linked_whole(address):
        return body  # a bare address becomes a link by itself
    for character in " ()<>\\\n\t":
        address = address.replace(character, f"%{ord(character):02X}")
    return f"[{body}]({address})"


def _code(body: str) -> str:
    """Code in a line; its fence is longer than any run of backticks in it."""
    body = " ".join(body.split())
    fence = "`" * (_longest_run(body) + 1)
    pad = " " if body.startswith("`") or body.endswith("`") else ""
    return f"{fence}{pad}{body}{pad}{fence}"


def _fence(text: str) -> str:
    text = text.strip("\n")
    if not text.strip():
        return ""
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"{fence}\n{text}\n{fence}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall(r"`+", text)), default=0)
