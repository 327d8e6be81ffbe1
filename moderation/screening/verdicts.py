"""One verdict from all that the rules found: the strictest effect, with every reason."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from comments.intake import COULD_NOT_RUN, Reason, Verdict
from comments.models import RecordedReason
from comments.status import Status

STAFF: Final = Reason(
    rule="staff", effect="publish", sentence="Written by a signed-in member of staff."
)
NO_RULES: Final = Reason(
    rule="screening", effect="hold", sentence="No rule is on, so every comment waits."
)
# The strictest first; what only was noted decides nothing.
DECIDING: Final = (
    ("reject", Status.REJECTED),
    ("spam", Status.SPAM),
    ("hold", Status.PENDING),
)


def decide(reasons: Iterable[Reason]) -> Verdict:
    """The verdict on somebody of whom nothing more is known. Nothing against it: published."""
    kept = tuple(reasons)
    effects = {reason.effect for reason in kept}
    status = next((status for effect, status in DECIDING if effect in effects), Status.PUBLISHED)
    refusals = [one.advice or one.sentence for one in kept if one.effect == "refuse"]
    return Verdict(status, kept, " ".join(refusals))


def deciding_clause(reasons: Iterable[Reason | RecordedReason], status: str) -> int | None:
    """The clause that the first of the reasons for a status names, if one does."""
    effects = {effect for effect, leads_to in DECIDING if leads_to == status}
    named = (one.clause_id for one in reasons if one.effect in effects)
    return next((clause_id for clause_id in named if clause_id is not None), None)


def decide_on_staff(reasons: Sequence[Reason]) -> Verdict:
    """Staff's own comments need no approval: what the rules found is only noted."""
    return decide([STAFF, *(replace(reason, effect="note") for reason in reasons)])


def soften(reasons: Iterable[Reason]) -> list[Reason]:
    """What rules found against somebody whom a moderator trusts; it says what was softened.

    A hold is noted; what would reject or mark as spam holds, so that a person sees it. What could
    not run still holds, and what turns away (limits, slow mode) holds for everybody.
    """
    return [_soften(reason) for reason in reasons]


def _soften(reason: Reason) -> Reason:
    if COULD_NOT_RUN in reason.evidence:
        return reason
    if reason.effect == "hold":
        return replace(
            reason, effect="note", sentence=f"{reason.sentence} Its writer is trusted: not held."
        )
    if reason.effect in {"reject", "spam"}:
        would = "rejected" if reason.effect == "reject" else "marked as spam"
        sentence = f"{reason.sentence} Its writer is trusted: held instead of {would}."
        return replace(reason, effect="hold", sentence=sentence)
    return reason
