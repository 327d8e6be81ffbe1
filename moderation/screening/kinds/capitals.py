"""Texts in capitals."""

from dataclasses import dataclass

from moderation.screening.facts import Facts
from moderation.screening.kind import Finding, Kind
from moderation.screening.parameters import number, share


@dataclass(frozen=True)
class Parameters:
    share: float = share(0.7, "Share of capitals from which on it counts as shouting")
    letters: int = number(30, "Letters that a text has at least to be judged", 1, 10_000)


class Capitals(Kind[Parameters]):
    """Counts only letters that have a case: other scripts don't shout."""

    name = "capitals"
    label = "Written in capitals"
    help_text = "The share of capitals among the letters that could be small."
    takes = Parameters
    effect = "note"

    def judge(self, facts: Facts, parameters: Parameters) -> Finding | None:
        """See Kind."""
        capitals = sum(map(str.isupper, facts.plain))
        letters = capitals + sum(map(str.islower, facts.plain))
        if letters < parameters.letters or capitals < parameters.share * letters:
            return None
        percent = round(100 * capitals / letters)
        return Finding(
            sentence=f"{percent} % of its {letters} letters are capitals.",
            evidence={"capitals": capitals, "letters": letters, "share": parameters.share},
            advice=f"{percent} % of the letters are capitals, which reads like shouting.",
        )
