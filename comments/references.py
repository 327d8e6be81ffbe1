"""`#1.6` in a text: found in its HTML, kept as a mark with the id of a comment, shown as a link.

The stored HTML holds nothing of the other comment but its id, so that a move or a removal there
needs no change here. Pure functions of HTML that comments.markup made; nothing is queried.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

PIECES: Final = re.compile(r"""(<(?:[^<>"']|"[^"]*"|'[^']*')*>)""")
TAG: Final = re.compile(r"</?([a-z]+)")
REFERENCE: Final = re.compile(r"(?<![\w#&/.])#([1-9]\d{0,8}(?:\.[1-9]\d{0,8}){0,59})(?![\w#]|\.\d)")
MARK: Final = re.compile(r'<a data-comment="(\d+)">(.*?)</a>')
MARKED: Final = "data-comment="
LITERAL: Final = frozenset({"a", "code", "pre"})


class Target(NamedTuple):
    """What a reference leads to: an address, and whose comment it is ('' if nobody's by now)."""

    href: str
    name: str


def find_numbers(html: str) -> list[str]:
    """The numbers that a text refers to, in order, each once; not those in links and code."""
    numbers = (match[1] for piece in _plain_pieces(html) for match in REFERENCE.finditer(piece))
    return list(dict.fromkeys(numbers))


def mark(html: str, comment_ids: Mapping[str, int]) -> str:
    """Mark each reference whose number is known; the others stay text."""

    def marked(match: re.Match[str]) -> str:
        comment_id = comment_ids.get(match[1])
        return f'<a data-comment="{comment_id}">{match[0]}</a>' if comment_id else match[0]

    return _map_plain_pieces(html, lambda piece: REFERENCE.sub(marked, piece))


def marked_ids(html: str) -> set[int]:
    """The ids of the comments that marks name."""
    if MARKED not in html:
        return set()
    return {int(match[1]) for match in MARK.finditer(html)}


def marked_numbers(html: str) -> dict[str, int]:
    """The numbers that marks stand on, as they were written, with the ids of their comments."""
    return {match[2].removeprefix("#"): int(match[1]) for match in MARK.finditer(html)}


def link(html: str, targets: Mapping[int, Target]) -> str:
    """Marks as links; a mark whose comment is not among `targets` becomes plain text."""
    if MARKED not in html:
        return html

    def linked(match: re.Match[str]) -> str:
        target = targets.get(int(match[1]))
        if target is None:
            return match[2]
        title = f' title="{_attribute(target.name)}"' if target.name else ""
        return f'<a class="reference" href="{_attribute(target.href)}"{title}>{match[2]}</a>'

    return MARK.sub(linked, html)


def unlink(html: str) -> str:
    """The same text without marks: for feeds, mails and the queue."""
    return MARK.sub(r"\2", html)


def _attribute(value: str) -> str:
    return value.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


def _pieces(html: str) -> Iterator[tuple[bool, str]]:
    """Tags and texts in turn; True for text outside links and code."""
    depth = 0
    for index, piece in enumerate(PIECES.split(html)):
        is_tag = index % 2 == 1
        if is_tag and (tag := TAG.match(piece)) and tag[1] in LITERAL:
            depth += -1 if piece.startswith("</") else 1
        yield not is_tag and depth == 0, piece


def _plain_pieces(html: str) -> Iterator[str]:
    return (piece for is_plain, piece in _pieces(html) if is_plain)


def _map_plain_pieces(html: str, change: Callable[[str], str]) -> str:
    return "".join(change(piece) if is_plain else piece for is_plain, piece in _pieces(html))
