"""Many links in one comment."""

from dataclasses import dataclass

from moderation.screening.facts import Facts
from moderation.screening.kind import Finding, Kind
from moderation.screening.parameters import number


@dataclass(frozen=True)
class Parameters:
    links: int = number(2, "Links from which on a comment waits", 1, 100)


class Links(Kind[Parameters]):
    """Counts what a reader could follow, however it was written."""

    name = "links"
    label = "Many links"
    help_text = "Counts the links of a comment."
    takes = Parameters
    clause = "spam"

    def judge(self, facts: Facts, parameters: Parameters) -> Finding | None:
        """See Kind."""
        count = len(facts.links)
        if count < parameters.links:
            return None
        return Finding(
            sentence=f"It has {count} links.",
            evidence={"links": list(facts.links), "limit": parameters.links},
            advice=f"A comment with {parameters.links} links or more waits; this one has {count}.",
        )
