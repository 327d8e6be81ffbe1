"""A thread in which replies come fast, or of which readers complain."""

from dataclasses import dataclass

from moderation.screening.facts import Facts
from moderation.screening.facts.branch import Branch
from moderation.screening.kind import Finding, Kind
from moderation.screening.parameters import number, tick

ADVICE = "This thread is lively just now, so every comment in it waits for a moderator."


@dataclass(frozen=True)
class Parameters:
    replies: int = number(
        30, "Comments in the thread within an hour", 0, 10_000, help_text="0: not counted."
    )
    reports: int = number(
        3, "Open reports on comments of the thread", 0, 1000, help_text="0: not counted."
    )
    together: bool = tick("Only where both are reached")


class HeatedThread(Kind[Parameters]):
    """A thread is a top-level comment with all below it."""

    name = "heated thread"
    label = "A heated thread"
    help_text = (
        "Counts the comments in a thread within the last hour, and the reports of readers that"
        " nobody has answered."
    )
    takes = Parameters
    needs = (Branch,)
    known_from = "place"

    def judge(self, facts: Facts, parameters: Parameters) -> Finding | None:
        """See Kind."""
        branch = facts.of(Branch)
        asked = [
            (limit <= count, sentence)
            for limit, count, sentence in (
                (parameters.replies, branch.replies, f"{branch.replies} comments in an hour"),
                (parameters.reports, branch.reports, f"{branch.reports} open reports"),
            )
            if limit
        ]
        reached = [sentence for is_reached, sentence in asked if is_reached]
        if not reached or (parameters.together and len(reached) < len(asked)):
            return None
        return Finding(
            sentence=f"The thread is heated: {', '.join(reached)}.",
            evidence={"replies": branch.replies, "reports": branch.reports},
            advice=ADVICE,
        )
