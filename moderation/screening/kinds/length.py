"""Texts too short or too long to be serious."""

from dataclasses import dataclass

from moderation.screening.facts import Facts
from moderation.screening.kind import Finding, Kind
from moderation.screening.parameters import number


@dataclass(frozen=True)
class Parameters:
    shortest: int = number(3, "Letters and figures at least", 0, 1000, help_text="0: no limit.")
    longest: int = number(0, "Characters at most", 0, 1_000_000, help_text="0: no limit.")


class Length(Kind[Parameters]):
    """What the form's own limit leaves: texts of no letters, and texts of a whole book."""

    name = "length"
    label = "Very short or very long"
    help_text = "Counts the letters and figures of a text as it is read, and all its characters."
    takes = Parameters
    effect = "note"

    def judge(self, facts: Facts, parameters: Parameters) -> Finding | None:
        """See Kind."""
        letters = sum(map(str.isalnum, facts.plain))
        length = len(facts.draft.text)
        if letters < parameters.shortest:
            return Finding(
                sentence=f"It has {letters} letters and figures; {parameters.shortest} are the"
                " least.",
                evidence={"letters": letters, "least": parameters.shortest},
                advice=f"A comment of fewer than {parameters.shortest} letters is looked at.",
            )
        if length > parameters.longest > 0:
            return Finding(
                sentence=f"It has {length:,} of {parameters.longest:,} characters.",
                evidence={"characters": length, "limit": parameters.longest},
                advice=f"A comment of more than {parameters.longest:,} characters is looked at;"
                f" this one has {length:,}.",
            )
        return None
