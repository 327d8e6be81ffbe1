"""The screener that COMMENT_SCREENER names."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.utils import timezone

from comments.intake import (
    Advice,
    Draft,
    Explanation,
    OwnAct,
    QuotedClause,
    Reason,
    Verdict,
)
from comments.models import Comment, Commenter
from comments.shown import Row
from comments.status import Status
from moderation.desk.record import open_request
from moderation.desk.slowing import has_people_wait
from moderation.learning.jobs import enqueue_judgement
from moderation.models import Act
from moderation.outside import begin_check
from moderation.policy.accepting import (
    asked_to_accept,
    policy_above_the_form,
    remember_acceptance,
)
from moderation.policy.citing import cited_clauses, explain_decision, find_clauses, quote
from moderation.screening import limits
from moderation.screening.facts import Facts, gather
from moderation.screening.kinds.outside_check import OutsideCheck
from moderation.screening.running import RuleSet, judge, rules_and_facts, rules_on
from moderation.screening.sanctions import sanction_reasons
from moderation.screening.verdicts import deciding_clause
from moderation.services import log_act
from moderation.traces import record_traces, replace_traces


class Screener:
    """Runs every rule and keeps every reason."""

    def advise(self, draft: Draft) -> Advice:
        """See comments.intake.Screener; for an empty form only what is known before the words."""
        above = policy_above_the_form(draft)
        facts = Facts(draft=draft, at=timezone.now())
        if facts.is_staff:
            return above
        rules = rules_on()
        known = rules.known_from(draft)
        standings = limits.standings(rules, facts)
        reasons = [*limits.reached(standings), *_found_before_sending(known, draft)]
        refusals = [one.advice for one in reasons if one.effect == "refuse" and one.advice]
        warnings = [one.advice for one in reasons if one.effect != "refuse" and one.advice]
        warnings += limits.nearly_reached(standings)
        told = tuple(dict.fromkeys(warnings))
        return replace(above, warnings=told, refusal=" ".join(refusals))

    def to_accept(self, draft: Draft) -> str:
        """See comments.intake.Screener. One query."""
        return asked_to_accept(draft)

    def count(self, draft: Draft) -> tuple[Reason, ...]:
        """See comments.intake.Screener: one query, and one for each rule that sets limits."""
        rules = rules_on()
        return tuple(limits.count(rules, Facts(draft=draft, at=timezone.now())))

    def screen(self, draft: Draft, counted: tuple[Reason, ...] = ()) -> Verdict:
        """See comments.intake.Screener."""
        rules, facts = rules_and_facts(draft, timezone.now())
        return judge(rules, facts, counted)

    def record(self, comment: Comment, verdict: Verdict, at: datetime) -> None:
        """See comments.intake.Screener: one log row, whose actor is the writer if staff."""
        log_act(
            Act.RECEIVED,
            comment,
            status_before="",
            actor_id=comment.user_id,
            at=at,
            clause_id=deciding_clause(verdict.reasons, comment.status),
        )
        record_traces(comment)
        if any(one.rule == OutsideCheck.name for one in verdict.reasons):
            begin_check(comment)
        if comment.status == Status.PENDING:
            enqueue_judgement(comment.pk)

    def record_own_act(
        self, comment: Comment, act: OwnAct, *, status_before: str, at: datetime
    ) -> None:
        """See comments.intake.Screener: one log row, whose actor is the writer if staff."""
        log_act(
            Act(act),
            comment,
            status_before=status_before,
            actor_id=comment.user_id,
            at=at,
            clause_id=_clause_of_edit(comment) if act == OwnAct.EDITED else None,
        )
        if act in {OwnAct.EDITED, OwnAct.RESUBMITTED}:
            begin_check(comment)
            replace_traces(comment)
        if comment.status == Status.PENDING:
            enqueue_judgement(comment.pk)

    def remember_acceptance(self, commenter: Commenter, to_accept: str) -> None:
        """See comments.intake.Screener."""
        remember_acceptance(commenter, to_accept)

    def explain(self, comment: Comment) -> Explanation:
        """See comments.intake.Screener: the last decision's note and clause. Two queries."""
        request = open_request(comment)
        return replace(
            explain_decision(comment),
            request=OwnAct(request.act) if request else None,
            decided=request.status_before if request else "",
        )

    def cite(self, comments: Sequence[Row]) -> Mapping[int, QuotedClause]:
        """See comments.intake.Screener: one query."""
        return cited_clauses([comment.pk for comment in comments])

    def quote(self, clause_ids: Collection[int]) -> Mapping[int, QuotedClause]:
        """See comments.intake.Screener: one query."""
        return {pk: quote(clause) for pk, clause in find_clauses(clause_ids).items()}

    def has_people_wait(self) -> bool:
        """See comments.intake.Screener: one query."""
        return has_people_wait()


def _found_before_sending(known: RuleSet, draft: Draft) -> list[Reason]:
    """What can be known, and what moderators have set about the writer. At most the facts' queries.

    A form for everybody, which names nobody, is told of nobody's sanctions.
    """
    now = timezone.now()
    if draft.text or draft.commenter or draft.network:
        facts = known.gather(draft, now)
        return [*sanction_reasons(facts), *known.run(facts)]
    needs = [group for one in known.ready for group in one.kind.needs]
    return known.run(gather(draft, now, needs))


def _clause_of_edit(comment: Comment) -> int | None:
    """By which clause a rule took an edited text back; the reasons are stored by now."""
    return deciding_clause(comment.reasons.filter(revision=None), comment.status)
