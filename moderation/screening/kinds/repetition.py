"""The same sign again and again."""

from dataclasses import dataclass
from typing import Final

import regex

from moderation.screening.facts import Facts
from moderation.screening.kind import Finding, Kind
from moderation.screening.parameters import number

# Letters, or signs that shout; lines of - and = divide texts, and figures have their noughts.
_REPEATED: Final = regex.compile(r"([\p{L}!?\u2026\p{Extended_Pictographic}])\1{3,}+|[!?]{4,}+")
_SHOWN: Final = 10


@dataclass(frozen=True)
class Parameters:
    times: int = number(10, "Times in a row from which on it counts", 4, 1000)


class Repetition(Kind[Parameters]):
    """Loooong words and rows of !!!, without regard to what is usual in tables and code."""

    name = "repetition"
    label = "A sign repeated"
    help_text = "The same letter, picture or !? so many times in a row."
    takes = Parameters
    effect = "note"

    def judge(self, facts: Facts, parameters: Parameters) -> Finding | None:
        """See Kind."""
        spans = [found.span() for found in _REPEATED.finditer(facts.draft.text)]
        rows = [(a, b) for a, b in spans if b - a >= parameters.times]
        if not rows:
            return None
        most = max(b - a for a, b in rows)
        found = [
            {"found": facts.draft.text[a:b][:60], "part": "text", "start": a, "end": b}
            for a, b in rows
        ]
        return Finding(
            sentence=f"It has the same sign {most:,} times in a row.",
            evidence={"matches": found[:_SHOWN], "count": len(rows), "limit": parameters.times},
            advice=f"The same sign stands {most:,} times in a row.",
        )
