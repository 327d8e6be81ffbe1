"""A writer of whom much was rejected lately."""

from dataclasses import dataclass
from datetime import timedelta

from comments.status import Status
from moderation.screening.facts import Facts
from moderation.screening.facts.history import History
from moderation.screening.kind import Finding, Kind
from moderation.screening.parameters import number, share


@dataclass(frozen=True)
class Parameters:
    days: int = number(30, "Of the last days", 1, 365)
    least: int = number(4, "At so many decided comments or more", 1, 100)
    refused: float = share(0.5, "Share that was rejected, marked as spam or removed (0 to 1)")


class Reputation(Kind[Parameters]):
    """Of the identity; of a stranger by what came from the network under the same name."""

    name = "reputation"
    label = "Much rejected lately"
    help_text = (
        "Looks at what was decided on the writer's comments: rejected, marked as spam or removed"
        " by a moderator against published. Of a stranger, by name and network, for two days."
    )
    takes = Parameters
    needs = (History,)
    known_from = "writer"

    def judge(self, facts: Facts, parameters: Parameters) -> Finding | None:
        """See Kind."""
        since = facts.at - timedelta(days=parameters.days)
        past = facts.of(History).by_the_writer_of(facts.draft)
        lately = [one for one in past if one.submitted_at > since]
        refused = sum(one.was_refused for one in lately)
        decided = refused + sum(one.status == Status.PUBLISHED for one in lately)
        if not refused or decided < parameters.least or refused / decided < parameters.refused:
            return None
        days = f"{parameters.days} day{'s' if parameters.days > 1 else ''}"
        return Finding(
            sentence=f"Of {decided} comments of its writer in {days} {refused} were rejected.",
            evidence={"refused": refused, "decided": decided, "days": parameters.days},
            advice=(
                f"Of your last {decided} comments {refused} were not let through, so this one will"
                " wait for a moderator."
            ),
        )
