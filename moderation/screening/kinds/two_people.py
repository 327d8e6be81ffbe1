"""Two people who answer each other on and on, with nobody else in between."""

from dataclasses import dataclass
from typing import Final

from moderation.screening.facts import Facts
from moderation.screening.facts.exchange import Exchange
from moderation.screening.kind import Finding, Kind
from moderation.screening.parameters import number

SAID_BEFORE: Final = 2  # so many replies before it bites, the writer is told of it


@dataclass(frozen=True)
class Parameters:
    replies: int = number(
        10,
        "Replies to and fro between the same two people",
        2,
        50,
        help_text="As soon as somebody else, or staff, has written there, it begins anew.",
    )


class TwoPeople(Kind[Parameters]):
    """Whoever else takes part in their branch, staff too, ends the count."""

    name = "two-person limit"
    label = "Two people alone, to and fro"
    help_text = (
        "In a branch where only the same two people have answered each other, a further reply by"
        " either waits. Turned away, its writer waits until somebody else or staff has written."
        " People are told apart by cookie and name."
    )
    takes = Parameters
    effects = ("note", "hold", "refuse")
    needs = (Exchange,)
    known_from = "place"

    def judge(self, facts: Facts, parameters: Parameters) -> Finding | None:
        """See Kind. Before the writer is known it is told to everybody, and turns nobody away."""
        draft, exchange = facts.draft, facts.of(Exchange)
        limit, done = parameters.replies, exchange.replies
        is_one = any(writer.may_be(draft) for writer in exchange.writers)
        may_be = is_one or not (draft.name or draft.commenter)
        if done < limit - SAID_BEFORE or not exchange.writers or not may_be:
            return None
        bites = done >= limit
        between = " and ".join(writer.name for writer in exchange.writers)
        return Finding(
            sentence=f"The last {done} replies here went to and fro between {between} alone.",
            evidence={"replies": done, "limit": limit},
            advice=_advice(done, limit, bites=bites, is_one=is_one),
            effect=None if bites and is_one else "note",
        )


def _advice(done: int, limit: int, *, bites: bool, is_one: bool) -> str:
    told = f"The last {done} replies here went to and fro between the same two people."
    whose = "your reply" if is_one else "a reply by one of the two"
    until = "until somebody else has written here, or a moderator has looked at it"
    if bites:
        return f"{told} So {whose} waits {until}."
    left = limit - done
    more = "one more" if left == 1 else f"{left} more"
    return f"{told} After {more}, {whose} waits {until}."
