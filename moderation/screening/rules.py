"""The rules: pure functions from facts to a reason or None. A new rule is one more in RULES."""

from collections.abc import Callable, Sequence
from typing import Final

from comments.intake import Reason
from moderation.screening.facts import Facts

MANY_LINKS: Final = 2

Rule = Callable[[Facts], Reason | None]


def staff_is_trusted(facts: Facts) -> Reason | None:
    """Staff's own comments need no approval."""
    if not facts.is_staff:
        return None
    return Reason(
        rule="staff", effect="publish", sentence="Written by a signed-in member of staff."
    )


def strangers_wait(facts: Facts) -> Reason | None:
    """Until commenters have identities, nobody but staff can have earned trust."""
    if facts.is_staff:
        return None
    sentence = "Every comment waits for approval: its writer is not known to the site."
    return Reason(rule="stranger", effect="hold", sentence=sentence)


def many_links_wait(facts: Facts) -> Reason | None:
    """Two or more links are a reason to look; on staff's comments only a note."""
    if len(facts.links) < MANY_LINKS:
        return None
    return Reason(
        rule="links",
        effect="note" if facts.is_staff else "hold",
        sentence=f"It has {len(facts.links)} links.",
        evidence={"links": list(facts.links), "limit": MANY_LINKS},
    )


RULES: Final[Sequence[Rule]] = (staff_is_trusted, strangers_wait, many_links_wait)
