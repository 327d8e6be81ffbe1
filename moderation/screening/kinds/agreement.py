"""Comments that only agree."""

from dataclasses import dataclass
from typing import Final

import regex

from moderation.screening.facts import Facts
from moderation.screening.kind import Finding, Kind
from moderation.screening.parameters import lines
from moderation.screening.parts import fold

# English, German, French, Spanish, Italian, Dutch, Portuguese, Polish, Russian.
PHRASES: Final = (
    "+1", "-1", "this", "so this", "me too", "same", "same here", "agreed", "i agree", "exactly",
    "first", "first comment", "like", "bump", "follow", "following", "nice post", "great post",
    "ich auch", "dito", "genau", "genau so", "stimmt", "sehe ich auch so", "erster",
    "moi aussi", "pareil", "tout à fait", "d'accord", "exactement", "premier", "preum's",
    "yo también", "de acuerdo", "exacto", "primero", "anch'io", "d'accordo", "esatto", "primo",
    "ik ook", "mee eens", "eens", "precies", "eerste", "eu também", "concordo", "exato", "primeiro",
    "ja też", "zgadzam się", "dokładnie", "pierwszy", "я тоже", "согласен", "согласна", "точно",
    "плюсую", "первый", "первая",
)  # fmt: skip

_BARE: Final = regex.compile(r"[^\p{L}\p{N}\p{M}+\-]+")
_MOST: Final = 200  # characters; what is longer says more than that


@dataclass(frozen=True)
class Parameters:
    phrases: tuple[str, ...] = lines(
        "What says no more than that",
        default=PHRASES,
        help_text="One a line. Only where it is the whole comment; case and signs don't count.",
    )


class EmptyAgreement(Kind[Parameters]):
    """Of the whole comment, never of a part: who goes on to say why has said something."""

    name = "empty agreement"
    label = "Only agrees"
    help_text = "A whole comment like “+1”, “this”, “me too”, “first!”."
    takes = Parameters

    def judge(self, facts: Facts, parameters: Parameters) -> Finding | None:
        """See Kind."""
        if len(facts.draft.text) > _MOST:
            return None
        said = {_bare(facts.draft.text), _bare(facts.plain)} - {""}
        phrase = next((one for one in parameters.phrases if _bare(one) in said), None)
        if phrase is None:
            return None
        return Finding(
            sentence=f"It says no more than “{phrase}”.",
            evidence={"phrase": phrase},
            advice="It agrees and says no more. Why you agree is what others want to read.",
        )


def _bare(text: str) -> str:
    """The words alone, in small letters, one blank between them."""
    return _BARE.sub(" ", fold(text)).strip()
