"""A check by a service elsewhere, asked by the worker once the comment is stored."""

from django.conf import settings

from moderation.screening.facts import Facts
from moderation.screening.kind import Finding, Kind, NoParameters

ASKING = "asking"  # in the evidence, until there is an answer: moderation.outside goes by it


class OutsideCheck(Kind[NoParameters]):
    """Holds until the worker has asked; the rule's own effect is that of the answer "spam"."""

    name = "outside check"
    label = "A check by an outside service"
    help_text = (
        "Sends name and text of each comment to Akismet, with the addresses of the site and of the"
        " post, and holds it until the answer is there; a comment that nothing else speaks against"
        " appears then. The effect is that of the answer “spam”. No mail or network address is"
        " sent. It needs a key in the setting COLLOQUY_AKISMET_KEY; without one nothing is sent,"
        " and every comment waits."
    )
    takes = NoParameters
    effect = "spam"
    clause = "spam"
    effects = ("hold", "spam", "reject")
    is_on = False
    known_from = "place"
    unrehearsed = "The service is asked when a comment comes in, not again for a rehearsal."

    def judge(self, facts: Facts, parameters: NoParameters) -> Finding | None:
        """See Kind. The new text of a published comment is not sent: its edit has other guards."""
        earlier = facts.draft.replaces
        if facts.is_staff or (earlier and earlier.is_published):
            return None
        return Finding(
            sentence="The outside service has not answered yet.",
            evidence={"outside": ASKING},
            advice=(
                "Every comment is checked for spam by an outside service (Akismet) before it"
                " appears. The service gets its name, its text and the address of the post."
            ),
            effect="hold",
        )

    def trouble(self) -> str:
        """See Kind."""
        if settings.AKISMET_KEY:
            return ""
        return "COLLOQUY_AKISMET_KEY is not set: nobody can be asked, so every comment waits."
