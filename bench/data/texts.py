"""Prose of made-up words, as unevenly frequent as in a language, with links and quotes."""

import random
from functools import cache
from itertools import accumulate

VOCABULARY = 12_000
SOURCES = 6_000
SYLLABLES = [f"{a}{b}" for a in "bcdfghklmnprstvw" for b in "aeiou"]


@cache
def _words():
    chance = random.Random("vocabulary")  # noqa: S311
    # The more frequent, the shorter.
    return ["".join(chance.choices(SYLLABLES, k=1 + n // 2000 % 4)) + "nrstl"[n % 5]
            for n in range(VOCABULARY)]  # fmt: skip


@cache
def _weights(count):
    return list(accumulate(1 / (rank + 3) for rank in range(count)))


def sentences(chance, words):
    """So many words in sentences of about a dozen."""
    some = chance.choices(_words(), cum_weights=_weights(VOCABULARY), k=words)
    cuts = range(0, len(some), chance.randint(9, 16))
    size = max(1, len(some) // max(1, len(cuts)))
    return [" ".join(some[at : at + size]).capitalize() + "." for at in range(0, len(some), size)]


def link(chance):
    """An address: some are posted again and again, most once or twice."""
    (number,) = chance.choices(range(SOURCES), cum_weights=_weights(SOURCES))
    host = f"site{number % 700}.example"
    tail = chance.choice(["", "/", "?utm_source=feed", "#top", "?id=7"])
    scheme = chance.choice(["https://", "http://www."])
    return f"{scheme}{host}/article/{number}{tail}"


def text(chance, quoted=""):
    """A comment: 30 to 250 words in paragraphs; one in four with links."""
    parts = sentences(chance, int(chance.triangular(30, 250, 110)))
    if chance.random() < 0.25:
        for _ in range(chance.choice([1, 1, 1, 2, 3])):
            parts.insert(chance.randrange(len(parts)), f"See {link(chance)} for that.")
    paragraphs = [" ".join(parts[at : at + 6]) for at in range(0, len(parts), 6)]
    return "\n\n".join([f"> {quoted}", *paragraphs] if quoted else paragraphs)


def to_html(text):
    """What comments.markup makes of such a text, thirty times as fast."""
    return "".join(_block(paragraph) for paragraph in text.split("\n\n"))


def _block(paragraph):
    if paragraph.startswith("> "):
        return f"<blockquote>\n{_block(paragraph[2:])}\n</blockquote>\n"
    words = [
        f'<a href="{word}" rel="nofollow ugc noopener">{word}</a>' if "://" in word else word
        for word in paragraph.split(" ")
    ]
    return f"<p>{' '.join(words)}</p>\n"
