"""Forms that were sent before anybody could have filled them in."""

from dataclasses import dataclass

from moderation.screening.facts import Facts
from moderation.screening.kind import Finding, Kind
from moderation.screening.parameters import number


@dataclass(frozen=True)
class Parameters:
    seconds: int = number(3, "Seconds that filling in the form takes at least", 1, 60)


class FillTime(Kind[Parameters]):
    """By the form's stamp, which is kept through preview and mistakes; an older one does no harm.

    Not judged where it could be wrong: a writer who is known may send words kept from before, and
    what has no stamp (an edit) was not made by this form.
    """

    name = "fill time"
    label = "Sent too fast"
    help_text = "A form that was fetched and sent within seconds; only of writers not known yet."
    takes = Parameters
    unrehearsed = "When a form was made is not kept with the comment."

    def judge(self, facts: Facts, parameters: Parameters) -> Finding | None:
        """See Kind."""
        draft = facts.draft
        if draft.form_made_at is None or draft.commenter or draft.user:
            return None
        seconds = (facts.at - draft.form_made_at).total_seconds()
        if not 0 <= seconds < parameters.seconds:
            return None
        return Finding(
            sentence=f"It was sent {seconds:.1f} seconds after its form was made;"
            f" {parameters.seconds} are the least.",
            evidence={"seconds": round(seconds, 1), "least": parameters.seconds},
        )
