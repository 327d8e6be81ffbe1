"""How many comments one person may send under one post in a day."""

from dataclasses import dataclass
from datetime import timedelta

from comments.waiting import in_words
from moderation.screening.facts import Facts
from moderation.screening.facts.history import History
from moderation.screening.kind import Finding, Kind
from moderation.screening.parameters import number

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Parameters:
    comments: int = number(20, "Comments of one person under one post in a day", 1, 100)


class DailyCap(Kind[Parameters]):
    """A brake for arguments that two or three lead alone; off until the author wants it.

    By what is stored: two sent at the same moment may both be the last one.
    """

    name = "daily cap"
    label = "Many by one person under one post"
    help_text = (
        "Counts what one person sent under a post in the 24 hours before, whatever became of it."
        " Strangers are told apart by name and network."
    )
    takes = Parameters
    effect = "refuse"
    effects = ("note", "hold", "refuse")
    is_on = False
    needs = (History,)
    known_from = "writer"

    def judge(self, facts: Facts, parameters: Parameters) -> Finding | None:
        """See Kind. Who changes what was sent does not send more."""
        draft = facts.draft
        if draft.replaces is not None:
            return None
        past = facts.of(History).by_the_writer_of(draft)
        here = [
            one.submitted_at
            for one in past
            if one.post_id == draft.post.pk and one.submitted_at > facts.at - DAY
        ]
        most = parameters.comments
        if len(here) < most:
            return None
        wait = sorted(here)[-most] + DAY - facts.at
        many = f"{most} comment{'s' if most > 1 else ''}"
        return Finding(
            sentence=f"Its writer sent {len(here)} comments under this post in a day.",
            evidence={"sent": len(here), "limit": most},
            advice=(
                f"Under this post {many} a day are possible for each person, and you sent"
                f" {len(here)}; the next one is possible in {in_words(wait)}."
            ),
        )
