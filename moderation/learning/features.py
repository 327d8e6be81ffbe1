"""What the classifier sees of a text: hashed words, pairs of words, pieces of words, and signs.

Pure, deterministic, and linear in the text. What is stored of it are numbers of hash slots; the
words stand in a Reading only, to say why.
"""

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple
from zlib import crc32

from comments import names
from moderation.learning.vocabulary import PHRASES, PIECES, advertises

# A model of another version is made anew from the decisions. Change it with anything below.
VERSION: Final = 1
SLOTS: Final = 1 << 18
LONGEST: Final = 20_000  # characters that are read; what comes after teaches nothing
LONGEST_WORD: Final = 40
PIECE_LENGTHS: Final = (3, 4)
PIECE: Final = 0.25  # a piece of a word, when the word itself is 1
SIGN: Final = 1.0

_WORD: Final = re.compile(r"[^\W_]+(?:['\u2019][^\W\d_]+)?")
_TAG: Final = re.compile(r"<(/?[a-z]{1,12})\b[^<>]{0,500}>", re.IGNORECASE)
_TARGET: Final = re.compile(r"href\s{0,3}=\s{0,3}[\"']?([^\"'\s>]{1,500})", re.IGNORECASE)
# Also `example . com`, as it is written to slip through.
_ADDRESS: Final = re.compile(
    r"(?:https?://|www\.)\S{1,500}"
    r"|(?<![\w.@-])[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,4}\s?\.\s?"
    r"(?:com|net|org|ru|info|xyz|top|shop|online|site|biz|io|tv|me|co|de|se|br|fr|it|es|uk|cn)"
    r"\b(?!['\u2019])(?:/\S{0,500})?",
    re.IGNORECASE,
)
_MONEY: Final = r"[$€£¥₽]\s?\d|\d\s?(?:[$€£¥₽]|eur\b|usd\b|dollars?\b)"
_SIGNS: Final = (
    ("a price", re.compile(_MONEY), 0.5),
    ("a telephone number", re.compile(r"\+?\d[\d ()-]{8,20}\d"), 0.7),
    ("a mail address", re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}\.\w"), 0.5),
    ("a link in markup", re.compile(r"\[(?:url|link)\b|<a\s"), 0.5),
    ("!!", re.compile("!!"), 0.2),
    ("@name", re.compile(r"(?<!\S)@\w"), 0.0),
    ("...", re.compile(r"\.\.\.|…"), 0.0),
    ("emoji", re.compile("[\u2600-\u27bf\U0001f300-\U0001faff]"), 0.0),
)
_INVISIBLE: Final = dict.fromkeys(
    code for code in range(0x110000) if unicodedata.category(chr(code)) == "Cf"
)
# Letters that look like Latin ones, for words that mix alphabets.
_LOOKALIKES: Final = {code: latin for code, latin in names.TABLE.items() if code > 0x7F}
_LATIN: Final = re.compile("[a-z]")


class Reading(NamedTuple):
    """A text as the classifier sees it. `found`: slot to (strength, the word it speaks for).

    `hints` are (word or sign, weight) that count before anything was learned.
    """

    found: dict[int, tuple[float, str]]
    hints: list[tuple[str, float]]


def slot(feature: str) -> int:
    """The place of a feature in the model; some share one."""
    return crc32(feature.encode("utf-8", "replace")) % SLOTS


def read(text: str) -> Reading:
    """The features of one text."""
    raw = html.unescape(text[:LONGEST])
    plain = unicodedata.normalize("NFKC", _TAG.sub(" ", raw).translate(_INVISIBLE))
    folded = plain.casefold()
    links = _ADDRESS.findall(folded) + [target.casefold() for target in _TARGET.findall(raw)]
    words = [_plain_letters(word) for word in _WORD.findall(_ADDRESS.sub(" ", folded))]
    reading = Reading({}, [("", -1.0)])
    _read_words(reading, words)
    _read_links(reading, links, len(words))
    _read_signs(reading, raw.casefold(), folded)
    _read_shape(reading, plain, has_links=bool(links))
    return reading


def _put(reading: Reading, feature: str, strength: float, word: str) -> None:
    place = slot(feature)
    known = reading.found.get(place)
    if known is None or known[0] < strength:
        reading.found[place] = (strength, word)


def _read_words(reading: Reading, words: list[str]) -> None:
    promoted = dict.fromkeys(piece for piece in PIECES if any(piece in word for word in words))
    before = "^"
    for word in words:
        slots, advertised = _known_word(word)
        shown = _shape_of(word)
        reading.found.setdefault(slots[0], (1.0, shown))
        for place in slots[1:]:
            reading.found.setdefault(place, (PIECE, shown))
        _put(reading, f"b:{before} {shown}", 1.0, f"{before} {shown}")
        if advertised:
            promoted[word] = None
        elif (before, word) in PHRASES:
            promoted[f"{before} {word}"] = None
        before = shown
    _put(reading, f"b:{before} $", 1.0, f"{before} $")
    reading.hints.extend((word, 0.8) for word in list(promoted)[:3])


@lru_cache(maxsize=20_000)
def _known_word(word: str) -> tuple[tuple[int, ...], bool]:
    """The slots of a word and of its pieces, and whether it advertises."""
    if word.isdigit():
        return (slot(f"digits:{len(word)}"),), False
    around = f"<{word}>"
    pieces = (
        around[start : start + length]
        for length in PIECE_LENGTHS
        for start in range(len(around) - length + 1)
    )
    slots = (slot(f"w:{word}"), *(slot(f"c:{piece}") for piece in pieces))
    return tuple(dict.fromkeys(slots)), advertises(word)


def _shape_of(word: str) -> str:
    return "0" * len(word) if word.isdigit() else word


def _plain_letters(word: str) -> str:
    """A word of mixed alphabets in Latin letters; others as they are, up to a length."""
    word = word[:LONGEST_WORD]
    if word.isascii() or not _LATIN.search(word) or not names.mixed_words(word):
        return word
    return word.translate(_LOOKALIKES)


def _read_links(reading: Reading, links: list[str], words: int) -> None:
    _put(reading, f"links:{min(len(links), 6)}", SIGN, _number_of_links(len(links)))
    if not links:
        return
    _put(reading, "link", SIGN, "a link")
    reading.hints.append(("a link", 0.7 + 0.3 * min(len(links) - 1, 2)))
    if words < 6:
        reading.hints.append(("little but a link", 0.7))
    for address in dict.fromkeys(links[:50]):
        host, path = _parts(address)
        _put(reading, f"host:{host}", SIGN, host)
        _put(reading, f"end:{host.rpartition('.')[2]}", SIGN, f".{host.rpartition('.')[2]}")
        _put(reading, f"path:{bool(path)}", SIGN / 2, "a link")
        for word in _WORD.findall(f"{host} {path}")[:20]:
            _put(reading, f"w:{word}", 0.5, word)


def _number_of_links(number: int) -> str:
    return {0: "no link", 1: "one link"}.get(number, f"{min(number, 6)} links")


def _parts(address: str) -> tuple[str, str]:
    bare = re.sub(r"\s|^https?://", "", address).removeprefix("www.")
    host, _, path = bare.partition("/")
    return host, path


def _read_signs(reading: Reading, raw: str, folded: str) -> None:
    for name, pattern, hint in _SIGNS:
        if pattern.search(raw if "markup" in name else folded):
            _put(reading, f"sign:{name}", SIGN, name)
            if hint:
                reading.hints.append((name, hint))
    for tag in set(_TAG.findall(raw)):
        _put(reading, f"tag:{tag}", SIGN / 2, f"<{tag}>")


def _read_shape(reading: Reading, plain: str, *, has_links: bool) -> None:
    _put(reading, f"length:{min(len(plain).bit_length(), 12)}", SIGN / 2, "its length")
    letters = sum(map(str.isalpha, plain))
    capitals = sum(map(str.isupper, plain))
    if letters > 10 and capitals > 0.6 * letters:
        _put(reading, "capitals", SIGN, "capitals")
        reading.hints.append(("capitals", 0.4))
    elif letters > 10 and capitals > 0.2 * letters:
        _put(reading, "some capitals", SIGN, "many capitals")
    if any(not word.isascii() for word in _mixed(plain)):
        _put(reading, "mixed alphabets", SIGN, "mixed alphabets")
        reading.hints.append(("mixed alphabets", 0.7))
    if "?" in plain:
        _put(reading, "?", SIGN / 2, "?")
        if not has_links and not _hinted(reading.hints):
            reading.hints.append(("?", -0.3))


def _mixed(plain: str) -> Iterator[str]:
    if plain.isascii():
        return
    for word in _WORD.findall(plain)[:500]:
        if not word.isascii() and _LATIN.search(word.casefold()) and names.mixed_words(word):
            yield word


def _hinted(hints: Iterable[tuple[str, float]]) -> bool:
    return any(weight > 0 for _, weight in hints)
