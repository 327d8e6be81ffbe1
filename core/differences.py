"""What changed between two texts, word by word: plain values, to be escaped by the template."""

import re
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final, Literal, NamedTuple

WORDS: Final = re.compile(r"\S+\s*|\s+")  # a word with the blanks behind it
# Pairs of equal words in the part that changed; difflib's time grows with them, and the same few
# words over and over would take it minutes. Beyond this the part is shown as wholly replaced.
MAX_PAIRS: Final = 50_000
KEPT_AROUND: Final = 80  # characters shown on either side of a change


class Piece(NamedTuple):
    """A run of words: in both texts, only in the earlier, or only in the present one."""

    kind: Literal["same", "gone", "new"]
    text: str


def compare(before: str, after: str) -> list[Piece]:
    """The pieces of both texts in order, long unchanged ones cut in the middle; empty if equal."""
    if before == after:
        return []
    return [_shortened(piece) for piece in _pieces(WORDS.findall(before), WORDS.findall(after))]


def _pieces(before: list[str], after: list[str]) -> list[Piece]:
    head = _shared(before, after)
    old, new = before[head:], after[head:]
    tail = _shared(old[::-1], new[::-1])
    old, new = old[: len(old) - tail], new[: len(new) - tail]
    pieces = [
        Piece("same", "".join(before[:head])),
        *_changed(old, new),
        Piece("same", "".join(before[len(before) - tail :])),
    ]
    return [piece for piece in pieces if piece.text]


def _shared(one: list[str], other: list[str]) -> int:
    """How many words both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _changed(old: Sequence[str], new: Sequence[str]) -> list[Piece]:
    if _pairs(old, new) > MAX_PAIRS:
        return [Piece("gone", "".join(old)), Piece("new", "".join(new))]
    pieces = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(old[i1:i2])))
        else:
            pieces += [Piece("gone", "".join(old[i1:i2])), Piece("new", "".join(new[j1:j2]))]
    return pieces


def _pairs(old: Sequence[str], new: Sequence[str]) -> int:
    """How many pairs of equal words difflib will look at: it leaves out the commonest of many."""
    common = len(new) // 100 + 1 if len(new) >= 200 else len(new)
    in_new = {word: count for word, count in Counter(new).items() if count <= common}
    return sum(count * in_new.get(word, 0) for word, count in Counter(old).items())


def _shortened(piece: Piece) -> Piece:
    if piece.kind != "same" or len(piece.text) <= 3 * KEPT_AROUND:
        return piece
    return Piece("same", f"{piece.text[:KEPT_AROUND]} … {piece.text[-KEPT_AROUND:]}")
