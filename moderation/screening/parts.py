"""Where rules look for words: a comment's text, the text as it is read, name, mail, hosts of links.

A part is folded to words that can be compared: case, compatibility forms (fullwidth, mathematical)
and what has no width are gone, and each word knows where it stands in the part as it was written.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final
from urllib.parse import urlsplit

import regex

from comments import names

TEXT: Final = "text"
READ: Final = "text as it is read"
NAME: Final = "name"
MAIL: Final = "mail"
HOST: Final = "host of a link"

WORD: Final = regex.compile(r"[\p{L}\p{N}\p{M}]+")
# With what may stand in place of a letter; ! and | only between two of them. It gives nothing back:
# that would take seconds in one long word.
WITH_SIGNS: Final = regex.compile(r"(?:[\p{L}\p{N}@$]|(?<=\p{L})[!|](?=\p{L}))++")
# Letter by letter: four or more, the same sign between all.
SPELT_OUT: Final = regex.compile(
    r"(?<![\p{L}\p{N}\p{M}])\p{L}(?=([ .\-*_]))(?:\1\p{L}(?![\p{L}\p{N}\p{M}])){3,}+"
)
# Letters of scripts that put no blanks between words.
_UNDIVIDED: Final = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
)
_ALPHABETS: Final = [regex.compile(rf"\p{{{name}}}") for name in sorted(names.ALIKE)]
_ODD_LETTERS: Final = re.compile("[\u0250-\u02af\u1d00-\u1dbf\ua720-\ua7ff]")
_STROKES: Final = re.compile("[\u0334-\u0338]")  # through a letter; other marks are spelling
_NOT_SEEN: Final = regex.compile(r"[\p{Cf}\p{Default_Ignorable_Code_Point}]")
_SIGNS: Final = frozenset("@$!|")
_FIGURES: Final = str.maketrans("3457!|", "eastll")
_LONGEST: Final = 60  # no word is longer that a reader would take for another
_SHOWN_CODE: Final = re.compile("\u27e8(?:U\\+[0-9A-F]{4,6}(?: \u00d7\\d+)?|\\+\\d+ marks)\u27e9")


class _Folds(dict[int, str]):
    """What each character is folded to, for str.translate; found out as they come."""

    MOST: Final = 50_000

    def __missing__(self, code: int) -> str:
        folded = _fold_character(chr(code))
        if len(self) < self.MOST:
            self[code] = folded
        return folded


@dataclass(frozen=True)
class Part:
    """One part as it was written."""

    label: str
    written: str

    @cached_property
    def folded(self) -> str:
        """The part without what makes no difference to its words."""
        return self.written.translate(_FOLDS)

    @cached_property
    def words(self) -> frozenset[str]:
        """Each word once, folded."""
        return frozenset(WORD.findall(self.folded))

    @cached_property
    def disguised(self) -> dict[str, frozenset[str]]:
        """Words written so as not to be found, and what each looks like.

        Of mixed alphabets, or of letters with figures, strokes or signs. Only these: by its looks
        alone an honest word may be another (modern, modem).
        """
        alphabets = [one for one in _ALPHABETS if one.search(self.folded)]
        mixed = alphabets if len(alphabets) > 1 else []
        words = {word for word in self.words if _is_disguised(word, mixed)}
        if not _SIGNS.isdisjoint(self.folded):
            words |= {word for word in WITH_SIGNS.findall(self.folded) if _has_signs(word)}
        return {word: _looks(word) for word in words}

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where a piece of the folded part stands in the written one."""
        return self._places[start], self._places[end - 1] + 1

    @cached_property
    def _places(self) -> Sequence[int]:
        """The place in the written part of each folded character."""
        if self.written.isascii():
            return range(len(self.written))
        return [at for at, c in enumerate(self.written) for _ in _FOLDS[ord(c)]]


def as_read(plain: str) -> str:
    """A rendered text without the codes that stand in it for what can't be seen."""
    return _SHOWN_CODE.sub("", plain)


def host_of(address: str) -> str:
    """The host that a link leads to, in its own letters; empty where it has none."""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return ""
    try:
        return host.encode("ascii").decode("idna").lower()
    except UnicodeError:
        return host.lower()


def fold(text: str) -> str:
    """A listed word as it is compared."""
    return Part("", unicodedata.normalize("NFC", text)).folded


def has_no_blanks(text: str) -> bool:
    """Whether it is written in a script that puts none between words."""
    return _UNDIVIDED.search(text) is not None


def _fold_character(character: str) -> str:
    if _NOT_SEEN.match(character):
        return ""
    plain = unicodedata.normalize("NFKC", character)
    return (plain if plain.isalnum() else character).casefold()


@lru_cache(maxsize=10_000)
def _looks(word: str) -> frozenset[str]:
    return names.skeletons(word.translate(_FIGURES))


def _is_disguised(word: str, alphabets: Sequence["regex.Pattern[str]"]) -> bool:
    """Whether it mixes alphabets or figures with letters, has odd letters, or is crossed out."""
    if word.isalpha() and word.isascii():
        return False
    if len(word) > _LONGEST or word.isdigit():
        return False
    return (
        any(map(str.isdigit, word))
        or _ODD_LETTERS.search(word) is not None
        or len(_STROKES.findall(word)) * 3 >= len(word)
        or sum(1 for one in alphabets if one.search(word)) > 1
    )


def _has_signs(word: str) -> bool:
    signs = sum(map(word.count, _SIGNS))
    return 0 < signs < len(word) <= _LONGEST and any(map(str.isalpha, word))


_FOLDS: Final = _Folds()
