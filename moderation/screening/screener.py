"""The screener that COMMENT_SCREENER names."""

from datetime import datetime

from django.utils import timezone

from comments.intake import Advice, Draft, Explanation, OwnAct, Reason, Verdict
from comments.models import Comment
from comments.status import Status
from moderation.learning.jobs import enqueue_judgement
from moderation.models import Act
from moderation.outside import begin_check
from moderation.record import last_note, open_request
from moderation.screening import limits
from moderation.screening.facts import Facts
from moderation.screening.kinds.outside_check import OutsideCheck
from moderation.screening.running import judge, rules_on
from moderation.services import log_act


class Screener:
    """Runs every rule and keeps every reason."""

    def advise(self, draft: Draft) -> Advice:
        """See comments.intake.Screener."""
        facts = Facts(draft=draft, at=timezone.now())
        if facts.is_staff:
            return Advice()
        rules = rules_on()
        known = rules.known_from(draft)
        standings = limits.standings(rules, facts)
        reasons = [*limits.reached(standings), *known.run(known.gather(draft, facts.at))]
        refusals = [one.advice for one in reasons if one.effect == "refuse" and one.advice]
        warnings = [one.advice for one in reasons if one.effect != "refuse" and one.advice]
        warnings += limits.nearly_reached(standings)
        return Advice(warnings=tuple(dict.fromkeys(warnings)), refusal=" ".join(refusals))

    def count(self, draft: Draft) -> tuple[Reason, ...]:
        """See comments.intake.Screener: one query for each limit that is set."""
        rules = rules_on()
        return tuple(limits.count(rules, Facts(draft=draft, at=timezone.now())))

    def screen(self, draft: Draft, counted: tuple[Reason, ...] = ()) -> Verdict:
        """See comments.intake.Screener."""
        rules = rules_on()
        return judge(rules, rules.gather(draft, timezone.now()), counted)

    def record(self, comment: Comment, verdict: Verdict, at: datetime) -> None:
        """See comments.intake.Screener: one log row, whose actor is the writer if staff."""
        log_act(Act.RECEIVED, comment, status_before="", actor_id=comment.user_id, at=at)
        if any(one.rule == OutsideCheck.name for one in verdict.reasons):
            begin_check(comment)
        if comment.status == Status.PENDING:
            enqueue_judgement(comment.pk)

    def record_own_act(
        self, comment: Comment, act: OwnAct, *, status_before: str, at: datetime
    ) -> None:
        """See comments.intake.Screener: one log row, whose actor is the writer if staff."""
        log_act(Act(act), comment, status_before=status_before, actor_id=comment.user_id, at=at)
        if act in {OwnAct.EDITED, OwnAct.RESUBMITTED}:
            begin_check(comment)
        if comment.status == Status.PENDING:
            enqueue_judgement(comment.pk)

    def explain(self, comment: Comment) -> Explanation:
        """See comments.intake.Screener: the note on the last decision. Two queries."""
        request = open_request(comment)
        return Explanation(
            note=last_note(comment),
            request=OwnAct(request.act) if request else None,
            decided=request.status_before if request else "",
        )
