"""Many comments at once, from one sender or from one network."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from comments.waiting import in_words
from moderation.screening.facts import Facts
from moderation.screening.kind import Finding, Kind, Limit
from moderation.screening.parameters import number


@dataclass(frozen=True)
class Parameters:
    comments: int = number(10, "Comments of one sender", 1, 10_000)
    network_comments: int = number(
        60,
        "Comments from one network",
        1,
        100_000,
        help_text="A school or an office may share one.",
    )
    edits: int = number(20, "Changes to one comment after it was sent", 1, 1000)
    minutes: int = number(10, "In so many minutes", 1, 1440)


class Flood(Kind[Parameters]):
    """Exact however many come at once: core.ratelimit counts in one statement.

    A sender is a remembered commenter, else whoever writes from a network under a name: many may
    share the network, and who changes names meets its own limit.
    """

    name = "flood"
    label = "Too many at once"
    help_text = (
        "Counts what one sender, and what one network, sends in a time that begins with the first"
        " comment; also changes to one comment. Previews cost nothing, and staff are not counted."
    )
    takes = Parameters
    effect = "refuse"
    effects = ("note", "hold", "refuse")
    unrehearsed = "What was turned away was not kept, so a rehearsal can't count it."

    def judge(self, facts: Facts, parameters: Parameters) -> Finding | None:
        """See Kind: it is all in the limits."""

    def limits(self, facts: Facts, parameters: Parameters) -> Sequence[Limit]:
        """See Kind: the sender's first, so that a flooder uses up no more of the network's."""
        draft, per = facts.draft, timedelta(minutes=parameters.minutes)
        if draft.replaces is not None:
            who = f"edit:{draft.replaces.pk}"
            return [_limit(who, parameters.edits, per, "You changed this comment {} times in {}")]
        found = []
        if who := _sender(facts):
            said = "You sent {} comments in {}"
            found.append(_limit(who, parameters.comments, per, said))
        if draft.network:
            said = "{} comments came from your network in {}"
            found.append(_limit(f"network:{draft.network}", parameters.network_comments, per, said))
        return found


def _sender(facts: Facts) -> str:
    draft = facts.draft
    if draft.commenter is not None:
        return f"commenter:{draft.commenter.pk}"
    return f"name:{draft.network}:{draft.name.casefold()}" if draft.network else ""


def _limit(who: str, count: int, per: timedelta, said: str) -> Limit:
    begin = said.format(count, in_words(per))

    def exceeded(wait: timedelta) -> Finding:
        sentence = f"{begin}; the next one is possible in {in_words(wait)}."
        return Finding(
            sentence=f"More than {count} in {in_words(per)} ({who.partition(':')[0]}).",
            evidence={"limit": count, "minutes": per // timedelta(minutes=1)},
            advice=sentence,
        )

    return Limit(who, count, per, exceeded)
