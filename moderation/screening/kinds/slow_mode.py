"""A branch in which a moderator has everybody wait between two comments."""

from datetime import timedelta

from comments.waiting import in_words
from moderation.screening.facts import Facts
from moderation.screening.facts.branch import Branch, Slowed
from moderation.screening.facts.history import History, Past
from moderation.screening.kind import Finding, Kind, NoParameters


class SlowMode(Kind[NoParameters]):
    """Exact: replies in one tree are judged one after the other, under its lock."""

    name = "slow mode"
    label = "Slow mode of a branch"
    help_text = (
        "In a branch that a moderator has slowed, one person waits so many minutes between two"
        " comments. Strangers are told apart by name and network."
    )
    takes = NoParameters
    effect = "refuse"
    effects = ("note", "hold", "refuse")
    needs = (Branch, History)
    known_from = "writer"

    def judge(self, facts: Facts, parameters: NoParameters) -> Finding | None:
        """See Kind. The longest wait of all slowed branches around the draft counts.

        Who need not wait is told of it all the same, before it bites.
        """
        slowed = facts.of(Branch).slowed
        if facts.draft.replaces is not None or not slowed:
            return None
        past = facts.of(History).by_the_writer_of(facts.draft)
        wait, minutes, head_id = max(
            (_wait(facts, one, past), one.minutes, one.head_id) for one in slowed
        )
        between = in_words(timedelta(minutes=minutes))
        bites = wait > timedelta()
        advice = f"This branch is slowed: one comment in {between} for each person."
        if bites:
            advice += f" Your next one is possible in {in_words(wait)}."
        return Finding(
            sentence=f"The branch is slowed to one comment in {between} for each person.",
            evidence={"minutes": minutes, "branch": head_id},
            advice=advice,
            effect=None if bites else "note",
        )


def _wait(facts: Facts, slowed: Slowed, past: tuple[Past, ...]) -> timedelta:
    sent = [
        one.submitted_at
        for one in past
        if one.tree_id == slowed.tree_id and slowed.lft <= one.lft <= slowed.rght
    ]
    if not sent:
        return timedelta()
    return max(sent) + timedelta(minutes=slowed.minutes) - facts.at
