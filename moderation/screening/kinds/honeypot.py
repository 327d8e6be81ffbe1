"""A field that people don't see."""

from moderation.screening.facts import Facts
from moderation.screening.kind import Finding, Kind, NoParameters


class Honeypot(Kind[NoParameters]):
    """Whoever fills in every field of a form fills in this one. Held: an extension may have."""

    name = "honeypot"
    label = "A hidden field that was filled in"
    help_text = "The form has a field that people don't see; programs that fill in all fields do."
    takes = NoParameters
    unrehearsed = "What stood in the hidden field is not kept with the comment."

    def judge(self, facts: Facts, parameters: NoParameters) -> Finding | None:
        """See Kind. Nothing is said to the writer: a person can't see the field."""
        if not facts.draft.trap:
            return None
        return Finding(
            sentence="The hidden field of the form was filled in.",
            evidence={"field": facts.draft.trap[:200]},
        )
