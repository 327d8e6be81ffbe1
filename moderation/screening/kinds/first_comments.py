"""The first comments of somebody the site does not know yet, or trusts no more."""

from dataclasses import dataclass

from moderation.screening.facts import Facts
from moderation.screening.facts.history import History
from moderation.screening.kind import Finding, Kind
from moderation.screening.parameters import number


@dataclass(frozen=True)
class Parameters:
    comments: int = number(2, "Published comments after which others appear at once", 1, 100)
    after_rejection: int = number(
        2,
        "Published comments after which a rejection is forgotten",
        0,
        100,
        help_text="So many that were published since then. 0: a rejection changes nothing.",
    )


class FirstComments(Kind[Parameters]):
    """A typed name earns nothing: only a confirmed address, a signed cookie or an account does."""

    name = "first comments"
    label = "First comments"
    help_text = (
        "Waits until its writer, known by a signed cookie or a confirmed address, has enough"
        " published comments, and again after one was rejected, marked as spam or removed by a"
        " moderator. Whoever is not known always waits."
    )
    takes = Parameters
    needs = (History,)
    known_from = "writer"

    def judge(self, facts: Facts, parameters: Parameters) -> Finding | None:
        """See Kind."""
        history = facts.of(History)
        published = history.published()
        if published < parameters.comments:
            evidence = {"published": published, "needed": parameters.comments}
            return Finding(sentence=_too_few(facts, parameters, published), evidence=evidence)
        return _since_refusal(history, parameters)


def _too_few(facts: Facts, parameters: Parameters, published: int) -> str:
    if facts.draft.commenter is None:
        return "Its writer is not known to the site."
    return f"Its writer has {published} of {parameters.comments} published comments."


def _since_refusal(history: History, parameters: Parameters) -> Finding | None:
    refused_at = history.last_refusal()
    if refused_at is None:
        return None
    since, needed = history.published_since(refused_at), parameters.after_rejection
    if since >= needed:
        return None
    return Finding(
        sentence=(
            f"Its writer has {since} of {needed} published comments since one was rejected on"
            f" {refused_at:%Y-%m-%d}."
        ),
        evidence={"published": since, "needed": needed, "rejected_at": refused_at.isoformat()},
    )
