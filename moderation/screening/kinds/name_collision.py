"""Names that are somebody's, or can't be told from theirs."""

from comments import names
from moderation.screening.facts import Facts
from moderation.screening.facts.name_owners import NameOwners
from moderation.screening.kind import Finding, Kind, NoParameters


class NameCollision(Kind[NoParameters]):
    """A name is no proof of being somebody."""

    name = "name collision"
    label = "A name that is taken"
    help_text = "The name of a member of staff or a confirmed commenter, or one that looks like it."
    clause = "respect"
    takes = NoParameters
    needs = (NameOwners,)

    def judge(self, facts: Facts, parameters: NoParameters) -> Finding | None:
        """See Kind."""
        like = facts.of(NameOwners)
        if not (like.staff or like.commenter):
            return None
        whose = "a member of staff" if like.staff else "a commenter with a confirmed address"
        return Finding(
            sentence=f"The name is that of {whose}, or looks like it.",
            evidence={"name": facts.draft.name, "like": "staff" if like.staff else "commenter"},
            advice="The name belongs to another here, or looks like it: the comment will wait.",
        )


class Office(Kind[NoParameters]):
    """Only an account gives a badge: words and signs in a name that look like one wait."""

    name = "office"
    label = "A name that claims an office"
    help_text = "Words like “moderator”, and signs that look like a badge, in a name."
    takes = NoParameters

    def judge(self, facts: Facts, parameters: NoParameters) -> Finding | None:
        """See Kind."""
        words = names.office_words(facts.draft.name)
        if not words:
            return None
        sentence = f"The name claims an office or wears a badge: {', '.join(words)}."
        return Finding(sentence=sentence, evidence={"words": words})


class MixedScripts(Kind[NoParameters]):
    """A word of letters from two alphabets that look alike is made to be misread."""

    name = "mixed scripts"
    label = "A name of mixed alphabets"
    help_text = "A word in the name with letters of two alphabets that look alike."
    takes = NoParameters

    def judge(self, facts: Facts, parameters: NoParameters) -> Finding | None:
        """See Kind."""
        words = names.mixed_words(facts.draft.name)
        if not words:
            return None
        sentence = f"The name mixes alphabets within a word: {', '.join(words)}."
        return Finding(sentence=sentence, evidence={"words": words})
