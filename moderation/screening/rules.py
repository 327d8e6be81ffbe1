"""The rules: pure functions from facts to a reason or None. A new rule is one more in RULES."""

from collections.abc import Callable, Sequence
from typing import Final

from comments import names
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


def borrowed_names_wait(facts: Facts) -> Reason | None:
    """A name that is somebody's, or can't be told from it, is no proof of being them."""
    if facts.is_staff or not (facts.is_like_staff or facts.is_like_commenter):
        return None
    whose = "a member of staff" if facts.is_like_staff else "a commenter with a confirmed address"
    return Reason(
        rule="name collision",
        effect="hold",
        sentence=f"The name is that of {whose}, or looks like it.",
        evidence={"name": facts.name, "like": "staff" if facts.is_like_staff else "commenter"},
    )


def claimed_offices_wait(facts: Facts) -> Reason | None:
    """Only an account gives a badge: words and signs in a name that look like one wait."""
    words = [] if facts.is_staff else names.office_words(facts.name)
    if not words:
        return None
    sentence = f"The name claims an office or wears a badge: {', '.join(words)}."
    return Reason(rule="office", effect="hold", sentence=sentence, evidence={"words": words})


def mixed_scripts_wait(facts: Facts) -> Reason | None:
    """A word of letters from two alphabets that look alike is made to be misread."""
    words = [] if facts.is_staff else names.mixed_words(facts.name)
    if not words:
        return None
    sentence = f"The name mixes alphabets within a word: {', '.join(words)}."
    return Reason(rule="mixed scripts", effect="hold", sentence=sentence, evidence={"words": words})


RULES: Final[Sequence[Rule]] = (
    staff_is_trusted,
    strangers_wait,
    many_links_wait,
    borrowed_names_wait,
    claimed_offices_wait,
    mixed_scripts_wait,
)
