"""Listed words and phrases, found in the parts of a comment.

A line is a word or a phrase, compared in whole words and without regard to case. `*` stands for
any letters inside a word or at its end. In scripts without blanks a line is found anywhere.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Final

import regex

from comments import names
from moderation.screening.parts import (
    SPELT_OUT,
    WITH_SIGNS,
    WORD,
    Part,
    fold,
    has_no_blanks,
)

LONGEST: Final = 100
MOST_LINES: Final = 2000
LEAST_BEFORE_STAR: Final = 2
LEAST_LOOK: Final = 3  # shorter words look like too many others

_ELEMENT: Final = regex.compile(r"[\p{L}\p{N}\p{M}*]+")
# What may stand between the words of a phrase: nothing that ends a sentence or a paragraph.
_GAP: Final = regex.compile(r"[^\p{L}\p{N}\p{M}.!?;:,\n]{0,5}\n?[^\p{L}\p{N}\p{M}.!?;:,\n]{0,5}")


Place = tuple[str, int, int]  # a line, and where it stands in the folded part


class UnfitLine(ValueError):
    """A line that can't be looked for; the sentence says why."""


@dataclass(frozen=True)
class Match:
    """A listed line, as it was found in a part."""

    line: str
    part: str
    found: str
    start: int
    end: int


@dataclass(frozen=True)
class Element:
    """One word of a line: its pieces between stars."""

    pieces: tuple[str, ...]

    @property
    def has_star(self) -> bool:
        """Whether it stands for many words."""
        return len(self.pieces) > 1

    def fits(self, key: str) -> bool:
        """Whether a word is one of those it stands for."""
        first, *middle, last = self.pieces if self.has_star else (*self.pieces, "")
        if not self.has_star:
            return key == first
        if len(key) < len(first) + len(last) or not (key.startswith(first) and key.endswith(last)):
            return False
        at, end = len(first), len(key) - len(last)
        for piece in middle:
            found = key.find(piece, at, end)
            if found < 0:
                return False
            at = found + len(piece)
        return True

    def look(self) -> "Element":
        """The same by the look of its letters."""
        return Element(tuple(map(names.skeleton, self.pieces)))


@dataclass(frozen=True)
class Line:
    """A listed line, taken apart; `gaps` is what it has between its words."""

    text: str
    elements: tuple[Element, ...]
    gaps: tuple[str, ...] = ()


class Index:
    """Lines by their first word, or by how it begins."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._whole: dict[str, list[Line]] = defaultdict(list)
        self._begun: dict[str, list[Line]] = defaultdict(list)
        for line in lines:
            first = line.elements[0]
            (self._begun if first.has_star else self._whole)[first.pieces[0]].append(line)
        self._lengths = sorted({len(begin) for begin in self._begun})

    def candidates(self, key: str) -> Iterator[Line]:
        """The lines whose first word the key is."""
        yield from self._whole.get(key, ())
        for length in self._lengths:
            for line in self._begun.get(key[:length], ()):
                if line.elements[0].fits(key):
                    yield line


class WordList:
    """Some lines, made ready to be looked for."""

    def __init__(self, lines: Sequence[str]) -> None:
        apart = [take_apart(line) for line in lines]
        self._anywhere = [
            (line.text, fold(line.text)) for line in apart if has_no_blanks(line.text)
        ]
        self._divided = [line for line in apart if not has_no_blanks(line.text)]
        self._index = Index(self._divided)

    @cached_property
    def _looks(self) -> Index:
        """Single words by the look of their letters."""
        single = [line for line in self._divided if len(line.elements) == 1]
        looks = [Line(line.text, (line.elements[0].look(),)) for line in single]
        return Index(line for line in looks if len(line.elements[0].pieces[0]) >= LEAST_LOOK)

    def find(self, part: Part) -> list[Match]:
        """What is found in a part, in the order of the part."""
        found = {*self._undivided(part), *self._phrases(part)}
        found |= {*self._disguised(part), *self._spelt_out(part)}
        places = {(*part.place(start, end), line) for line, start, end in found}
        return [
            Match(line, part.label, part.written[start:end], start, end)
            for start, end, line in sorted(places)
        ]

    def _undivided(self, part: Part) -> Iterator[Place]:
        for line, folded in self._anywhere:
            at = part.folded.find(folded)
            while at >= 0:
                yield line, at, at + len(folded)
                at = part.folded.find(folded, at + len(folded))

    def _phrases(self, part: Part) -> Iterator[Place]:
        hits = {word: lines for word in part.words if (lines := [*self._index.candidates(word)])}
        if not hits:
            return
        words = list(WORD.finditer(part.folded))
        for at, word in enumerate(words):
            for line in hits.get(word[0], ()):
                these = words[at : at + len(line.elements)]
                if len(these) == len(line.elements) and _continues(line, these, part.folded):
                    yield line.text, word.start(), these[-1].end()

    def _disguised(self, part: Part) -> Iterator[Place]:
        hits = {
            word: lines
            for word, looks in part.disguised.items()
            if (lines := [line for look in looks for line in self._looks.candidates(look)])
        }
        for pattern in (WORD, WITH_SIGNS) if hits else ():
            for word in pattern.finditer(part.folded):
                for line in hits.get(word[0], ()):
                    yield line.text, word.start(), word.end()

    def _spelt_out(self, part: Part) -> Iterator[Place]:
        letters = {word for word in part.words if len(word) == 1}
        for word in SPELT_OUT.finditer(part.folded) if len(letters) > 2 else ():
            for line in self._index.candidates(word[0][::2]):
                if len(line.elements) == 1:
                    yield line.text, word.start(), word.end()


@lru_cache(maxsize=64)
def word_list(lines: tuple[str, ...]) -> WordList:
    """The list of some lines, kept ready. Raises UnfitLine."""
    return WordList(lines)


@lru_cache(maxsize=4 * MOST_LINES)
def take_apart(line: str) -> Line:
    """A line as words and gaps. Raises UnfitLine."""
    if len(line) > LONGEST:
        raise UnfitLine(f"it has {len(line)} characters; {LONGEST} are possible")
    folded = fold(line)
    found = list(_ELEMENT.finditer(folded))
    if not found:
        raise UnfitLine("there is no letter and no figure in it")
    if "*" in line and has_no_blanks(line):
        raise UnfitLine("it is found anywhere, since its script has no blanks: leave the * out")
    elements = tuple(Element(tuple(one[0].split("*"))) for one in found)
    for element in elements:
        if element.has_star and len(element.pieces[0]) < LEAST_BEFORE_STAR:
            raise UnfitLine("a * needs two letters or more before it in its word")
    gaps = tuple(folded[a.end() : b.start()].strip() for a, b in pairwise(found))
    return Line(line, elements, gaps)


def _continues(line: Line, words: Sequence["regex.Match[str]"], folded: str) -> bool:
    """Whether the words after the first are the line's, with no more between them than it has."""
    pairs = zip(pairwise(words), line.elements[1:], line.gaps, strict=True)
    for (word, after), element, gap in pairs:
        between = folded[word.end() : after.start()]
        if not element.fits(after[0]):
            return False
        if not (gap and between.strip() == gap) and not _GAP.fullmatch(between):
            return False
    return True
