"""What the kinds that look for words have in common: where they look, and what they say of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from moderation.screening.facts import Facts
from moderation.screening.parameters import choice, tick
from moderation.screening.parts import HOST, MAIL, NAME, READ, TEXT, Part
from moderation.screening.word_list import Match

KEPT: Final = 50  # matches in the evidence; all are counted
NAMED: Final = 10  # words in a sentence

TELL: Final = {
    "nothing": "Nothing",
    "that": "That there are such words",
    "which": "Which words they are",
}


@dataclass(frozen=True)
class LookIn:
    """Parameters: where to look, and what the writer is told before sending."""

    in_text: bool = tick("Look in the text", default=True, help_text="As written and as read.")
    in_name: bool = tick("Look in the name", default=True)
    in_mail: bool = tick("Look in the mail address", default=True)
    in_hosts: bool = tick("Look in the hosts of links", default=True)
    tell: str = choice("that", "What the writer is told before sending", TELL)

    def wants(self, part: Part) -> bool:
        """Whether to look in a part."""
        wanted = {
            TEXT: self.in_text,
            READ: self.in_text,
            NAME: self.in_name,
            MAIL: self.in_mail,
            HOST: self.in_hosts,
        }
        return bool(part.written) and wanted[part.label]


def parts_to_look_in(facts: Facts, where: LookIn) -> list[Part]:
    """The parts that a rule looks in; those first that were written."""
    return [part for part in facts.parts if where.wants(part)]


def without_repeats(found: Iterable[Match]) -> list[Match]:
    """The matches, without those in the text as read whose line was found as written."""
    every = list(found)
    as_written = {match.line for match in every if match.part == TEXT}
    return [match for match in every if match.part != READ or match.line not in as_written]


def evidence_of(found: Sequence[Match]) -> dict[str, Any]:
    """The first fifty matches and how many there are; places are in the text as written."""
    return {"matches": [_as_json(match) for match in found[:KEPT]], "count": len(found)}


def list_of(words: Sequence[str]) -> str:
    """Some words in quotes, for a sentence."""
    more = f" and {len(words) - NAMED} more" if len(words) > NAMED else ""
    return ", ".join(f"“{word}”" for word in words[:NAMED]) + more


def advice_on(words: Sequence[str], tell: str) -> str:
    """What the writer is told before sending; `tell` is a key of TELL."""
    if tell == "nothing":
        return ""
    if tell == "which":
        return f"This site has a list of words that are looked at: {list_of(words)}."
    return "This site has a list of words that are looked at, and this comment has some."


def _as_json(match: Match) -> dict[str, Any]:
    said = {"listed": match.line, "part": match.part, "found": match.found[:200]}
    return said if match.part == READ else {**said, "start": match.start, "end": match.end}
