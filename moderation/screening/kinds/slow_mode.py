"""A branch or a conversation in which a moderator has everybody wait between two comments."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from comments.brakes import pace, why_slow
from comments.waiting import in_words
from moderation.screening.facts import Facts
from moderation.screening.facts.branch import Branch, Slowed
from moderation.screening.facts.history import History, Past
from moderation.screening.facts.slow_post import SlowedPost
from moderation.screening.kind import Finding, Kind, NoParameters


class Wait(NamedTuple):
    """How long its writer still has to wait, by what."""

    span: timedelta
    minutes: int
    head_id: int  # 0: of the whole conversation
    reason: str
    until_at: datetime | None

    @property
    def what(self) -> str:
        """What is slowed."""
        return "branch" if self.head_id else "conversation"


class SlowMode(Kind[NoParameters]):
    """Exact in a branch: replies in one tree are judged one after the other, under its lock.

    Of two comments in different trees, sent at the same moment, both may pass.
    """

    name = "slow mode"
    label = "Slow mode of a branch or a conversation"
    help_text = (
        "Where a moderator has slowed a branch, or all under a post, one person waits so many"
        " minutes between two comments. Strangers are told apart by name and network."
    )
    takes = NoParameters
    effect = "refuse"
    effects = ("note", "hold", "refuse")
    needs = (Branch, SlowedPost, History)
    known_from = "place"

    def judge(self, facts: Facts, parameters: NoParameters) -> Finding | None:
        """See Kind. The longest wait of all that is slowed around the draft counts.

        Who need not wait, or is not known yet, is told of it all the same, before it bites.
        """
        if facts.draft.replaces is not None:
            return None
        wait = max(_waits(facts), key=lambda wait: wait[:3], default=None)
        if wait is None:
            return None
        bites = wait.span > timedelta()
        advice = why_slow(wait.what, wait.minutes, wait.reason, wait.until_at)
        if bites:
            advice += f" Your next one is possible in {in_words(wait.span)}."
        of_branch = {"branch": wait.head_id} if wait.head_id else {}
        return Finding(
            sentence=f"The {wait.what} is slowed to {pace(wait.minutes)}.",
            evidence={"minutes": wait.minutes, **of_branch},
            advice=advice,
            effect=None if bites else "note",
        )


def _waits(facts: Facts) -> Iterator[Wait]:
    past = facts.of(History).by_the_writer_of(facts.draft)
    for slowed in facts.of(Branch).slowed:
        sent = [one.submitted_at for one in past if _is_in(one, slowed)]
        span = _wait(facts.at, sent, slowed.minutes)
        yield Wait(span, slowed.minutes, slowed.head_id, slowed.reason, slowed.until_at)
    whole = facts.of(SlowedPost)
    if whole.minutes:
        sent = [one.submitted_at for one in past if one.post_id == facts.draft.post.pk]
        span = _wait(facts.at, sent, whole.minutes)
        yield Wait(span, whole.minutes, 0, whole.reason, whole.until_at)


def _is_in(past: Past, slowed: Slowed) -> bool:
    return past.tree_id == slowed.tree_id and slowed.lft <= past.lft <= slowed.rght


def _wait(at: datetime, sent: list[datetime], minutes: int) -> timedelta:
    return max(sent) + timedelta(minutes=minutes) - at if sent else timedelta()
