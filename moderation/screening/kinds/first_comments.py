"""The first comments of somebody the site does not know yet."""

from dataclasses import dataclass

from moderation.screening.facts import Facts
from moderation.screening.facts.history import History
from moderation.screening.kind import Finding, Kind
from moderation.screening.parameters import number


@dataclass(frozen=True)
class Parameters:
    comments: int = number(2, "Published comments after which others appear at once", 1, 100)


class FirstComments(Kind[Parameters]):
    """A typed name earns nothing: only a confirmed address, a signed cookie or an account does."""

    name = "first comments"
    label = "First comments"
    help_text = (
        "Waits until its writer, known by a signed cookie or a confirmed address, has enough"
        " published comments. Whoever is not known always waits."
    )
    takes = Parameters
    needs = (History,)

    def judge(self, facts: Facts, parameters: Parameters) -> Finding | None:
        """See Kind."""
        published = facts.of(History).published()
        if published >= parameters.comments:
            return None
        evidence = {"published": published, "needed": parameters.comments}
        if facts.draft.commenter is None:
            return Finding(sentence="Its writer is not known to the site.", evidence=evidence)
        sentence = f"Its writer has {published} of {parameters.comments} published comments."
        return Finding(sentence=sentence, evidence=evidence)
