"""The text of an earlier comment, once more."""

from dataclasses import dataclass

from comments.status import Status
from moderation.screening.facts import Facts
from moderation.screening.facts.earlier import listed
from moderation.screening.facts.repeated import Like, RepeatedTexts
from moderation.screening.kind import Finding, Kind
from moderation.screening.parameters import number, share


@dataclass(frozen=True)
class Parameters:
    """How alike, and from which length on."""

    similarity: float = share(
        0.4,
        "Share of the text in common",
        help_text="Of the runs of three words of both texts. One word in ten changed leaves 0.57.",
    )
    words: int = number(
        10,
        "Words of a short text",
        1,
        1000,
        help_text=(
            "Two people may say the same in fewer: such a text counts only word for word, and only"
            " if the same person wrote it before or it was marked as spam."
        ),
    )


class RepeatedText(Kind[Parameters]):
    """Whatever became of the earlier one, under whichever post."""

    name = "repeated text"
    label = "A text sent before"
    help_text = (
        "The words of an earlier comment, or nearly, under any post, rejected ones and spam"
        " included. Quotes do not count, nor what its writer withdrew or is just changing."
    )
    takes = Parameters
    needs = (RepeatedTexts,)

    def judge(self, facts: Facts, parameters: Parameters) -> Finding | None:
        """See Kind."""
        texts = facts.of(RepeatedTexts)
        found = (
            [like for like in texts.like if like.similarity >= parameters.similarity]
            if texts.words >= parameters.words
            else [like for like in texts.like if like.similarity == 1 and _is_serious(like)]
        )
        if not found:
            return None
        return Finding(
            sentence=f"{_degree(found[0])} {_whose(found[0])}: {_listed(found)}.",
            evidence={"comments": [_evidence(like) for like in found[:10]]},
            advice=_advice(found),
        )


def _is_serious(like: Like) -> bool:
    return like.comment.is_own or like.comment.status == Status.SPAM


def _degree(like: Like) -> str:
    return "It repeats" if like.similarity == 1 else f"It is like ({like.similarity:.0%})"


def _whose(like: Like) -> str:
    return "its writer's own earlier text" if like.comment.is_own else "an earlier text"


def _listed(found: list[Like]) -> str:
    return listed([f"{like.comment.name} ({like.comment.status})" for like in found])


def _evidence(like: Like) -> dict[str, object]:
    # To a tenth: a corrected typing error does not make another finding of it.
    return {**like.comment.place, "similarity": round(like.similarity, 1)}


def _advice(found: list[Like]) -> str:
    """Names what everybody can read; of the writer's own says at least that it came."""
    public = [like.comment.name for like in found if like.comment.is_public]
    if public:
        return f"This says the same as {listed(public)}, or nearly."
    own = any(like.comment.is_own for like in found)
    return "You have sent this text before, or nearly this one." if own else ""
