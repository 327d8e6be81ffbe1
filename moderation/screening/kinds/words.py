"""Listed words and phrases."""

from dataclasses import dataclass

from moderation.screening.facts import Facts
from moderation.screening.kind import Finding, Kind
from moderation.screening.looking import (
    LookIn,
    advice_on,
    evidence_of,
    list_of,
    parts_to_look_in,
    without_repeats,
)
from moderation.screening.parameters import CheckedLinesField, parameter
from moderation.screening.word_list import MOST_LINES, take_apart, word_list


@dataclass(frozen=True)
class Parameters(LookIn):
    words: tuple[str, ...] = parameter(
        (),
        CheckedLinesField(
            label="Words and phrases",
            required=False,
            check=take_apart,
            most=MOST_LINES,
            help_text="One a line; case does not count. Whole words are found; a * stands for any"
            " letters inside a word or at its end, after two letters or more: “casino*”.",
        ),
    )


class Words(Kind[Parameters]):
    """Whole words, also where they are written so as not to be found."""

    name = "words"
    label = "Words"
    help_text = (
        "Words and phrases in the text, as written and as read, in the name, the mail address and"
        " the hosts of links. Add a rule for each list: one that holds, one that marks as spam."
    )
    takes = Parameters

    def judge(self, facts: Facts, parameters: Parameters) -> Finding | None:
        """See Kind."""
        if not parameters.words:
            return None
        listed = word_list(parameters.words)
        found = without_repeats(
            match for part in parts_to_look_in(facts, parameters) for match in listed.find(part)
        )
        if not found:
            return None
        words = list(dict.fromkeys(match.line for match in found))
        return Finding(
            sentence=f"It has listed words: {list_of(words)}.",
            evidence=evidence_of(found),
            advice=advice_on(words, parameters.tell),
        )
