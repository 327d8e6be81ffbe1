"""The screener that COMMENT_SCREENER names."""

import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from comments.intake import Draft, Explanation, OwnAct, Reason, Verdict
from comments.models import Comment
from comments.status import Status
from moderation.models import Act
from moderation.record import last_note
from moderation.screening.facts import Facts, gather
from moderation.screening.rules import RULES, Rule
from moderation.services import log_act

logger = logging.getLogger(__name__)

# The strictest effect decides; a comment on which nothing decides, waits.
STRICTEST_FIRST: Final = (
    ("spam", Status.SPAM),
    ("reject", Status.REJECTED),
    ("hold", Status.PENDING),
    ("publish", Status.PUBLISHED),
)


class Screener:
    """Runs every rule and keeps every reason."""

    def screen(self, draft: Draft) -> Verdict:
        """See comments.intake.Screener."""
        facts = gather(draft)
        return decide(reason for rule in RULES if (reason := run(rule, facts)))

    def record(self, comment: Comment, verdict: Verdict, at: datetime) -> None:
        """See comments.intake.Screener: one log row, whose actor is the writer if staff."""
        log_act(Act.RECEIVED, comment, status_before="", actor_id=comment.user_id, at=at)

    def record_own_act(
        self, comment: Comment, act: OwnAct, *, status_before: str, at: datetime
    ) -> None:
        """See comments.intake.Screener: one log row, whose actor is the writer if staff."""
        log_act(Act(act), comment, status_before=status_before, actor_id=comment.user_id, at=at)

    def explain(self, comment: Comment) -> Explanation:
        """See comments.intake.Screener: the note on the last decision. One query."""
        return Explanation(note=last_note(comment))


def run(rule: Rule, facts: Facts) -> Reason | None:
    """One rule's finding; a rule that fails stops none of the others, and holds."""
    try:
        return rule(facts)
    except Exception as error:
        name = getattr(rule, "__name__", "unknown")
        logger.exception("The rule %s could not run.", name)
        sentence = f"The rule {name} could not run."
        return Reason(rule=name, effect="hold", sentence=sentence, evidence={"error": repr(error)})


def decide(reasons: Iterable[Reason]) -> Verdict:
    """One verdict: the strictest effect, with every reason."""
    kept = tuple(reasons)
    effects = {reason.effect for reason in kept}
    for effect, status in STRICTEST_FIRST:
        if effect in effects:
            return Verdict(status, kept)
    return Verdict(Status.PENDING, kept)
