"""Comments on posts of long ago."""

from dataclasses import dataclass

from moderation.screening.facts import Facts
from moderation.screening.kind import Finding, Kind
from moderation.screening.parameters import number


@dataclass(frozen=True)
class Parameters:
    days: int = number(365, "Days after publication from which on a comment waits", 1, 36_500)


class OldPost(Kind[Parameters]):
    """An old argument may go on, but nobody watches it. Closed posts take no comment at all."""

    name = "old post"
    label = "An old post"
    help_text = "A comment on a post that was published long ago."
    takes = Parameters
    is_on = False
    known_from = "place"

    def judge(self, facts: Facts, parameters: Parameters) -> Finding | None:
        """See Kind."""
        published_at = facts.draft.post.published_at
        days = (facts.at - published_at).days if published_at else 0
        if days < parameters.days:
            return None
        return Finding(
            sentence=f"The post is {days:,} days old; from {parameters.days:,} on comments wait.",
            evidence={"days": days, "limit": parameters.days},
            advice=f"This post is {days:,} days old: a moderator looks at what is new here.",
        )
