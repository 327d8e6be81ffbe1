"""Texts in a script that the site's readers don't read."""

from dataclasses import dataclass
from functools import cache
from typing import Final

import regex

from moderation.screening.facts import Facts
from moderation.screening.kind import Finding, Kind
from moderation.screening.parameters import CheckedLinesField, number, parameter, share

_LETTERS: Final = regex.compile(r"[^\P{L}\p{Common}\p{Inherited}]")


def check_script(name: str) -> None:
    """ValueError for what is no script of Unicode's."""
    _letters_of((name,))


@dataclass(frozen=True)
class Parameters:
    scripts: tuple[str, ...] = parameter(
        ("Latin",),
        CheckedLinesField(
            label="Scripts that are read here",
            check=check_script,
            most=50,
            help_text="One a line, by Unicode's names: Latin, Cyrillic, Greek, Arabic, Hebrew,"
            " Devanagari, Han, Hiragana, Katakana, Hangul …",
        ),
    )
    share: float = share(0.5, "Share of letters in other scripts from which on it counts")
    letters: int = number(20, "Letters that a text has at least to be judged", 1, 10_000)


class Script(Kind[Parameters]):
    """Quotations in another script pass as long as they are the smaller part."""

    name = "script"
    label = "In another script"
    help_text = "The share of letters in scripts that are not read here."
    takes = Parameters
    is_on = False

    def judge(self, facts: Facts, parameters: Parameters) -> Finding | None:
        """See Kind."""
        letters = len(_LETTERS.findall(facts.plain))
        others = letters - len(_letters_of(parameters.scripts).findall(facts.plain))
        if letters < parameters.letters or others < parameters.share * letters or not others:
            return None
        percent = round(100 * others / letters)
        here = ", ".join(parameters.scripts)
        return Finding(
            sentence=f"{percent} % of its {letters} letters are in other scripts than {here}.",
            evidence={"letters": letters, "others": others, "scripts": list(parameters.scripts)},
            advice=f"Most readers here read {here}; {percent} % of the letters are in others.",
        )


@cache
def _letters_of(scripts: tuple[str, ...]) -> "regex.Pattern[str]":
    """Any letter of these scripts. ValueError for a name that Unicode does not know."""
    for script in scripts:
        if not script.replace("_", "").replace(" ", "").isalpha():
            raise ValueError("it is no name of a script")
        try:
            regex.compile(rf"\p{{Script={script}}}")
        except regex.error as error:
            raise ValueError("Unicode knows no script of this name") from error
    listed = "".join(rf"\p{{Script={script}}}" for script in scripts)
    return regex.compile(rf"[{listed}&&\p{{L}}&&[^\p{{Common}}\p{{Inherited}}]]", regex.V1)
