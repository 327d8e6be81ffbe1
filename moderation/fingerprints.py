"""How alike two texts are, told from fingerprints of a fixed size: pure functions of rendered HTML.

A text's own words (without its quotes) in runs of three; of these runs a sketch of 96 numbers, in
which the share of equal ones estimates the share of runs in common (one-permutation MinHash). The
numbers in bands of three find the alike among many: two texts with half of their runs in common
share a band with a probability of 0.98, two that have one run in thirty in common, of 0.001.
"""

import html as entities
import re
import unicodedata
from array import array
from functools import lru_cache
from hashlib import blake2b
from itertools import islice
from typing import Final, NamedTuple
from zlib import crc32

from comments import markup

RUN: Final = 3  # words
SLOTS: Final = 96
ROWS: Final = 3  # slots in a band
WORDS_LOOKED_AT: Final = 5000
SKETCHED_FROM: Final = 5  # words; of fewer, only equality says anything

PIECES: Final = re.compile(r"<(/?)([a-z]+)[^>]*>|([^<]+)")
# A link that is written as an address: two who cite the same say nothing alike by it.
ADDRESS: Final = re.compile(r"<a\s[^>]*>\s*(?:https?://|www\.)[^<]*</a>", re.IGNORECASE)
INLINE: Final = frozenset({"a", "code", "em", "strong"})
# What is written without blanks between words is taken sign by sign.
WORDS: Final = re.compile(
    "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
    "|[^\\W_\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+"
)

_64: Final = (1 << 64) - 1
_32: Final = (1 << 32) - 1


class Fingerprint(NamedTuple):
    """What is kept of a text to compare it. Of one without words of its own, all is empty."""

    words: int  # how many, as far as they were looked at
    digest: int  # of all the words: equal for texts that are the same but for signs and capitals
    bands: tuple[int, ...]  # to be looked up; the digest among them
    sketch: bytes


NOTHING: Final = Fingerprint(0, 0, (), b"")


@lru_cache(maxsize=8)  # asked before the text is stored, and when it is
def take_fingerprint(html: str) -> Fingerprint:
    """The fingerprint of a comment's rendered HTML."""
    words = own_words(html)
    if not words:
        return NOTHING
    digest = _digest(" ".join(words).encode())
    if len(words) < SKETCHED_FROM:
        return Fingerprint(len(words), digest, (digest,), b"")
    slots = _sketch({" ".join(run) for run in zip(*(words[n:] for n in range(RUN)), strict=False)})
    return Fingerprint(len(words), digest, (digest, *_bands(slots)), slots.tobytes())


def similarity(one: Fingerprint, other: Fingerprint) -> float:
    """From 0 to 1: the share of runs in common, to within about 0.1; 1 only for the same words."""
    if one.words == 0 or other.words == 0:
        return 0.0
    if one.digest == other.digest:
        return 1.0
    if len(one.sketch) != len(other.sketch) or not one.sketch:
        return 0.0
    here, there = array("I", one.sketch), array("I", other.sketch)
    equal = sum(a == b for a, b in zip(here, there, strict=True))
    return min(equal / SLOTS, 0.99)


def own_words(html: str) -> list[str]:
    """The words outside quotes and addresses, folded, the first 5,000.

    Of a text that is nothing but addresses, theirs.
    """
    return _words(ADDRESS.sub(" ", html)) or _words(html)


def _words(html: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", unquoted_text(html)).casefold()
    return [match[0] for match in islice(WORDS.finditer(folded), WORDS_LOOKED_AT)]


def unquoted_text(html: str) -> str:
    """What the writer says, without what is quoted and without the hosts beside links."""
    return entities.unescape(re.sub(r"<[^>]*>", "", unquoted(markup.without_hosts(html))))


def unquoted(html: str) -> str:
    """The HTML without its quotes, and a blank wherever another block begins or ends."""
    kept, depth = [], 0
    for match in PIECES.finditer(html):
        closing, tag, text = match.groups()
        if tag == "blockquote":
            depth += -1 if closing else 1
        if depth == 0:
            kept.append(text or (match[0] if tag in INLINE else " "))
    return "".join(kept)


def _sketch(runs: set[str]) -> "array[int]":
    """In each slot the least of the runs that fall there; an empty one borrows from another."""
    slots: list[int] = [-1] * SLOTS
    for run in runs:
        mixed = _mix(crc32(run.encode()))
        slot, value = (mixed >> 32) % SLOTS, mixed & _32
        if slots[slot] == -1 or value < slots[slot]:
            slots[slot] = value
    return array("I", (_borrow(slots, slot) for slot in range(SLOTS)))


def _borrow(slots: list[int], slot: int) -> int:
    """From whom depends on the slot alone, so that two texts borrow alike."""
    source, attempt = slot, 0
    while slots[source] == -1:
        attempt += 1
        source = (_mix(slot << 16 | attempt) >> 32) % SLOTS
    return slots[source]


def _mix(number: int) -> int:
    mixed = (number + 1) * 0x9E3779B97F4A7C15 & _64
    return ((mixed ^ mixed >> 29) * 0xBF58476D1CE4E5B9) & _64


def _bands(slots: "array[int]") -> tuple[int, ...]:
    return tuple(
        _digest(bytes([first]) + slots[first : first + ROWS].tobytes())
        for first in range(0, SLOTS, ROWS)
    )


def _digest(content: bytes) -> int:
    """As Postgres keeps it in eight bytes."""
    return int.from_bytes(blake2b(content, digest_size=8).digest(), "big", signed=True)
