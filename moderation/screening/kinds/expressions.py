"""Regular expressions of the author's."""

from dataclasses import dataclass

from moderation.screening.expressions import CutOff, compile_expression, find_all
from moderation.screening.facts import Facts
from moderation.screening.kind import CouldNotRun, Finding, Kind
from moderation.screening.looking import (
    LookIn,
    advice_on,
    evidence_of,
    list_of,
    parts_to_look_in,
    without_repeats,
)
from moderation.screening.parameters import CheckedLinesField, parameter
from moderation.screening.parts import Part
from moderation.screening.word_list import Match


@dataclass(frozen=True)
class Parameters(LookIn):
    expressions: tuple[str, ...] = parameter(
        (),
        CheckedLinesField(
            label="Regular expressions",
            required=False,
            check=compile_expression,
            most=50,
            help_text="One a line, as in Python, with \\p{…} besides; case does not count. One"
            " that takes longer than 50 milliseconds is cut off, and the comment waits.",
        ),
    )


class Expressions(Kind[Parameters]):
    """For what words and stars can't say."""

    name = "expressions"
    label = "Regular expressions"
    help_text = (
        "Regular expressions, looked for in the text as written and as read, in the name, the mail"
        " address and the hosts of links."
    )
    takes = Parameters

    def judge(self, facts: Facts, parameters: Parameters) -> Finding | None:
        """See Kind. Looks at the clock, through `facts.time_for_expressions`."""
        parts = parts_to_look_in(facts, parameters)
        found: list[Match] = []
        cut: list[str] = []
        for line, expression in enumerate(parameters.expressions, 1):
            try:
                for part in parts:
                    found += _find(expression, part, facts)
            except CutOff as error:
                cut.append(f"Expression {line}, {expression}: {error}.")
        found = without_repeats(found)
        if cut:
            raise CouldNotRun(" ".join(cut[:3]), evidence_of(found) if found else {})
        return _finding(found, parameters) if found else None


def _find(expression: str, part: Part, facts: Facts) -> list[Match]:
    places = find_all(expression, part.written, facts.time_for_expressions)
    return [Match(expression, part.label, part.written[a:b], a, b) for a, b in places]


def _finding(found: list[Match], parameters: Parameters) -> Finding:
    expressions = list(dict.fromkeys(match.line for match in found))
    words = list(dict.fromkeys(match.found[:60] for match in found))
    return Finding(
        sentence=f"It matches {list_of(expressions)}.",
        evidence=evidence_of(found),
        advice=advice_on(words, parameters.tell),
    )
