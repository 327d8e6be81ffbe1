"""Regular expressions that an author writes, run on strangers' texts within a time that is kept.

Python's own engine can't be stopped. This one, of the package `regex`, looks at the clock while it
matches. While it compiles it does not, so what could take long to compile is refused: what is long,
what counts high or nests repetitions, what calls itself, and approximate matching.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from math import prod
from typing import Final

import regex

ONE: Final = 0.04  # seconds of the processor for one expression in one part: cut off before 50 ms
ALL: Final = 0.12  # for all expressions of all rules on one comment
LONGEST: Final = 200
HIGHEST: Final = 10_000  # a counted repetition is written out when it is compiled
TRIES: Final = 20  # places found by one expression in one part

_ESCAPED: Final = re.compile(r"\\(?:[pPN]\{[^{}]*\}|.)", re.DOTALL)
# A + not after a single sign, class or count: blanks and remarks may stand between it and a group.
_GROUP_AGAIN: Final = re.compile(r"(?<![\w\].*+?}])\+")
_BRACES: Final = re.compile(r"\{(\d*)(,?)(\d*)\}")
_CALLS: Final = re.compile(r"\(\?(?:[R&\d+-]\d*[^():imsx]*\)|&|P>)|\\L<")


class UnfitExpression(ValueError):
    """An expression that is not run; the sentence says why."""


class CutOff(Exception):
    """An expression did not come to an end in its time; the words say why."""


@dataclass
class Time:
    """The seconds that are left for expressions on one comment; running them uses it up."""

    left: float = field(default=ALL)

    def take(self, seconds: float) -> None:
        """Use some up; never less than nothing is left."""
        self.left = max(0.0, self.left - seconds)


@lru_cache(maxsize=1000)
def compile_expression(pattern: str) -> "regex.Pattern[str]":
    """The expression, in which case does not count. Raises UnfitExpression."""
    _require_small(pattern)
    try:
        compiled = regex.compile(pattern, regex.IGNORECASE | regex.VERSION0, cache_pattern=False)
        matches_nothing = compiled.search("", timeout=ONE)
    except regex.error as error:
        raise UnfitExpression(f"it does not compile: {error}") from error
    except (RecursionError, MemoryError, TimeoutError) as error:
        raise UnfitExpression("it is too deeply nested") from error
    except (ValueError, OverflowError) as error:
        raise UnfitExpression(f"it does not compile: {error}") from error
    if matches_nothing:
        raise UnfitExpression("it matches an empty text, and so every comment")
    return compiled


def find_all(pattern: str, text: str, budget: Time) -> Iterator[tuple[int, int]]:
    """The first 20 places where the expression matches, as start and end.

    Raises UnfitExpression, and CutOff when it, or all together, ran out of time.
    """
    compiled = compile_expression(pattern)
    mine = Time(min(ONE, budget.left))
    at = 0
    for _ in range(TRIES):
        found = _search(compiled, text, at, mine, budget)
        if found is None:
            return
        yield found.span()
        at = max(found.end(), found.start() + 1)


def _search(
    compiled: "regex.Pattern[str]", text: str, at: int, mine: Time, budget: Time
) -> "regex.Match[str] | None":
    began = time.thread_time()
    if mine.left <= 0:
        raise CutOff("no time was left for it")
    try:
        return compiled.search(text, at, timeout=mine.left)
    except TimeoutError as error:
        raise CutOff("it was cut off, since it took too long") from error
    except MemoryError as error:
        raise CutOff("it needed too much memory") from error
    finally:
        for one in (mine, budget):
            one.take(time.thread_time() - began)


def _require_small(pattern: str) -> None:
    if len(pattern) > LONGEST:
        raise UnfitExpression(f"it has {len(pattern)} characters; {LONGEST} are possible")
    bare = _ESCAPED.sub("a", pattern)
    if prod(_copies(bare)) > HIGHEST:
        raise UnfitExpression(
            f"its counts multiply to more than {HIGHEST:,}, where a group with + counts 2, which"
            " takes long to compile"
        )
    if "{" in _BRACES.sub("", bare):
        raise UnfitExpression(r"a brace that is meant as itself is written \{")
    if _CALLS.search(pattern):
        raise UnfitExpression("an expression can't call itself or a list by name")


def _copies(bare: str) -> Iterator[int]:
    """How often each repetition is written out: `(…)+` is compiled as the group and `(…)*`."""
    yield from (2 for _ in _GROUP_AGAIN.finditer(bare))
    for least, comma, most in _BRACES.findall(bare):
        is_open = comma and not most
        yield max(1, int(least or 0) + bool(is_open), int(most or 0))
