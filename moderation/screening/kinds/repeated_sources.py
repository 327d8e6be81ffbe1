"""Links to what was posted here before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from moderation.screening.facts import Facts
from moderation.screening.facts.earlier import Earlier, listed
from moderation.screening.facts.sources import Posted, Sources
from moderation.screening.kind import Finding, Kind, NoParameters
from moderation.screening.parameters import number
from moderation.sources import is_own_site

PLACES: Final = 10  # kept as evidence, the newest


@dataclass(frozen=True)
class Anywhere:
    """From how many earlier uses on."""

    uses: int = number(1, "Earlier comments with the same link from which on it counts", 1, 100)


@dataclass(frozen=True)
class ByOnePerson:
    """From how many earlier uses by the same person on, and how far back."""

    uses: int = number(
        3, "Earlier comments of the same person with it from which on it counts", 1, 100
    )
    days: int = number(30, "Days that count", 1, 3650)


class RepeatedSource(Kind[Anywhere]):
    """So that an answer given once need not be given again."""

    name = "repeated source"
    label = "A source posted before"
    help_text = (
        "The same source in earlier comments, by anybody, however the links are written. Not those"
        " within quotes, and not this site itself."
    )
    takes = Anywhere
    needs = (Sources,)
    effect = "note"

    def judge(self, facts: Facts, parameters: Anywhere) -> Finding | None:
        """See Kind."""
        found = [(one, one.uses) for one in _own_words(facts) if len(one.uses) >= parameters.uses]
        return _finding(found, "was posted before") if found else None


class OwnRepeatedSource(Kind[ByOnePerson]):
    """One argument once: the same link again and again is advertising, or a quarrel."""

    name = "own repeated source"
    label = "A source posted again and again by one person"
    help_text = "The same source in earlier comments of the same person, lately."
    takes = ByOnePerson
    needs = (Sources,)

    def judge(self, facts: Facts, parameters: ByOnePerson) -> Finding | None:
        """See Kind."""
        since = facts.at - timedelta(days=parameters.days)
        found = []
        for one in _own_words(facts):
            own = [use for use in one.uses if use.is_own and use.submitted_at > since]
            if len(own) >= parameters.uses:
                found.append((one, own))
        return _finding(found, "was posted before by the same person") if found else None


class SourceDealtWith(Kind[NoParameters]):
    """A standing note is kept at the source itself, in the list of sources."""

    name = "source dealt with"
    label = "A source with a standing note"
    help_text = (
        "A source that has a note of yours. The note is in the queue; the writer sees it before"
        " sending where you ticked that."
    )
    takes = NoParameters
    needs = (Sources,)
    effect = "note"

    def judge(self, facts: Facts, parameters: NoParameters) -> Finding | None:
        """See Kind."""
        noted = [one for one in facts.of(Sources).posted if one.note or one.dealt_with]
        if not noted:
            return None
        told = [_said_of(one) for one in noted if one.tell_writers]
        return Finding(
            sentence=" ".join(_said_of(one) for one in noted),
            evidence={
                "sources": [
                    {"link": one.address, "source": one.source, "note": one.note,
                     "dealt with": one.dealt_with}
                    for one in noted
                ]
            },
            advice=" ".join(told),
        )  # fmt: skip


def _own_words(facts: Facts) -> list[Posted]:
    """The sources that the writer brings: a quoted link is another's, a link within is none."""
    posted = facts.of(Sources).posted
    return [one for one in posted if not one.is_quoted and not is_own_site(one.source)]


def _finding(found: Sequence[tuple[Posted, Sequence[Earlier]]], how: str) -> Finding:
    public = [(one, [use for use in uses if use.is_public]) for one, uses in found]
    advice = [
        f"{one.address} was posted here before: {_named(uses)}." for one, uses in public if uses
    ]
    return Finding(
        sentence=" ".join(
            f"{one.address} {how}, {_times(len(uses))}: {_named(uses)}." for one, uses in found
        ),
        evidence={"sources": [_evidence(one, uses) for one, uses in found]},
        advice=" ".join(advice),
    )


def _evidence(one: Posted, uses: Sequence[Earlier]) -> dict[str, Any]:
    places = [use.place for use in uses[:PLACES]]
    return {"link": one.address, "source": one.source, "uses": len(uses), "places": places}


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _named(uses: Sequence[Earlier]) -> str:
    return listed([use.name for use in uses])


def _said_of(one: Posted) -> str:
    where = f"was dealt with at {one.dealt_with}" if one.dealt_with else "has a note"
    return f"{one.address} {where}" + (f": {one.note}" if one.note else ".")
