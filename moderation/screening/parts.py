"""Where rules look for words: a comment's text, the text as it is read, name, mail, hosts of links.

A part is folded to words that can be compared: case, compatibility forms (fullwidth, mathematical)
and what has no width are gone, and each word knows where it stands in the part as it was written.
"""

import re
import unicodedata
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

_WORD: Final = regex.compile(r"[\p{L}\p{N}\p{M}]+")
# Letters of scripts that put no blanks between words.
_UNDIVIDED: Final = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
)
_WITH_SIGNS: Final = regex.compile(r"[\p{L}\p{N}@$]+")
_SPELT_OUT: Final = regex.compile(
    r"(?<![\p{L}\p{N}\p{M}])\p{L}([ .\-*_])\p{L}(?:\1\p{L}){2,}(?![\p{L}\p{N}\p{M}])"
)
_ODD_LETTERS: Final = re.compile("[\u0250-\u02af\u1d00-\u1dbf\ua720-\ua7ff]")
_STROKES: Final = re.compile("[\u0334-\u0338]")  # through a letter; other marks are spelling
_FIGURES: Final = str.maketrans("3457", "east")
_LONGEST: Final = 60  # no word is longer that a reader would take for another
_SHOWN_CODE: Final = re.compile("\u27e8(?:U\\+[0-9A-F]{4,6}(?: \u00d7\\d+)?|\\+\\d+ marks)\u27e9")


@dataclass(frozen=True)
class Word:
    """A folded word, and where it stands in its part."""

    key: str
    start: int
    end: int


@dataclass(frozen=True)
class Part:
    """One part as it was written."""

    label: str
    written: str

    @cached_property
    def _folded(self) -> tuple[str, list[int] | None]:
        """The folded part, and the place of each character of it; None where nothing moved."""
        if self.written.isascii():
            return self.written.lower(), None
        pieces = [(_fold_character(c), at) for at, c in enumerate(self.written)]
        places = [at for piece, at in pieces for _ in piece]
        return "".join(piece for piece, _ in pieces), places

    @property
    def folded(self) -> str:
        """The part without what makes no difference to its words."""
        return self._folded[0]

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """The words in their order."""
        return tuple(self._word(*found.span()) for found in _WORD.finditer(self.folded))

    @cached_property
    def disguised(self) -> tuple[Word, ...]:
        """Words written so as not to be found, as what they look like.

        Of mixed alphabets, of letters with figures or signs for others, or letter by letter. Only
        these: by its look alone an honest word may be another (modern, modem).
        """
        found = [word for word in self.words if _is_disguised(word.key)]
        if not {"@", "$"}.isdisjoint(self.folded):
            spans = (match.span() for match in _WITH_SIGNS.finditer(self.folded))
            signs = (self._word(*span) for span in spans)
            found += [word for word in signs if _has_signs(word.key)]
        return tuple(
            Word(look, word.start, word.end) for word in found for look in self._looks(word)
        )

    @cached_property
    def spelt_out(self) -> tuple[Word, ...]:
        """Words with a sign between all letters: four letters or more."""
        found = (self._word(*one.span()) for one in _SPELT_OUT.finditer(self.folded))
        return tuple(Word(one.key[::2], one.start, one.end) for one in found)

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where a piece of the folded part stands in the written one."""
        places = self._folded[1]
        return (start, end) if places is None else (places[start], places[end - 1] + 1)

    def _looks(self, word: Word) -> frozenset[str]:
        """What a word looks like, in the case in which it was written or in another."""
        return names.skeletons(self.written[word.start : word.end].translate(_FIGURES))

    def _word(self, start: int, end: int) -> Word:
        return Word(self.folded[start:end], *self.place(start, end))


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


@lru_cache(maxsize=20_000)
def _fold_character(character: str) -> str:
    if unicodedata.category(character) == "Cf":
        return ""
    plain = unicodedata.normalize("NFKC", character)
    return (plain if plain.isalnum() else character).casefold()


def _is_disguised(key: str) -> bool:
    """Whether it mixes alphabets or figures with letters, has odd letters, or is crossed out."""
    if len(key) > _LONGEST or key.isdigit():
        return False
    if key.isascii():
        return not key.isalpha()
    return (
        any(map(str.isdigit, key))
        or _ODD_LETTERS.search(key) is not None
        or len(_STROKES.findall(key)) * 3 >= len(key)
        or bool(names.mixed_words(key))
    )


def _has_signs(key: str) -> bool:
    signs = key.count("@") + key.count("$")
    return 0 < signs < len(key) <= _LONGEST and any(map(str.isalpha, key))
