"""The screener that COMMENT_SCREENER names."""

from collections.abc import Mapping, Sequence
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
from comments.status import Status
from core import ratelimit
from moderation.learning.jobs import enqueue_judgement
from moderation.models import Act
from moderation.policy.accepting import policy_above_the_form, remember_acceptance
from moderation.policy.citing import cited_clauses, explain_decision
from moderation.record import open_request
from moderation.screening.facts import Facts, gather
from moderation.screening.facts.sanctions import Sanctions
from moderation.screening.running import RuleSet, reason_of, rules_and_facts, rules_on
from moderation.screening.sanctions import sanction_reasons, trust_in
from moderation.screening.verdicts import (
    NO_RULES,
    decide,
    decide_on_staff,
    deciding_clause,
    soften,
)
from moderation.services import log_act
from moderation.traces import record_traces, replace_traces


class Screener:
    """Runs every rule and keeps every reason."""

    def advise(self, draft: Draft) -> Advice:
        """See comments.intake.Screener: for an empty form one query, and no rule is run.

        One more where the form was made for somebody, who may be barred.
        """
        above, reasons = policy_above_the_form(draft), _found_before_sending(draft)
        refusals = [one.advice for one in reasons if one.effect == "refuse" and one.advice]
        warnings = [one.advice for one in reasons if one.effect != "refuse" and one.advice]
        return replace(above, warnings=tuple(warnings), refusal=" ".join(refusals))

    def count(self, draft: Draft) -> tuple[Reason, ...]:
        """See comments.intake.Screener: one query for each limit that is set."""
        rules = rules_on()
        return tuple(_count(rules, Facts(draft=draft, at=timezone.now())))

    def screen(self, draft: Draft, counted: tuple[Reason, ...] = ()) -> Verdict:
        """See comments.intake.Screener."""
        rules, facts = rules_and_facts(draft, timezone.now())
        reasons = [*counted, *rules.run(facts)]
        if not (rules.ready or rules.broken):
            reasons.append(NO_RULES)
        if facts.is_staff:
            return decide_on_staff(reasons)
        trust = trust_in(facts)
        if trust is not None:
            reasons = [trust.reason, *(reasons if trust.rests else soften(reasons))]
        return decide([*sanction_reasons(facts), *reasons])

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

    def cite(self, comments: Sequence[Comment]) -> Mapping[int, QuotedClause]:
        """See comments.intake.Screener: one query."""
        return cited_clauses([comment.pk for comment in comments])


def _found_before_sending(draft: Draft) -> list[Reason]:
    now = timezone.now()
    if draft.text:
        rules, facts = rules_and_facts(draft, now)
        return [*sanction_reasons(facts), *rules.run(facts)]
    if draft.commenter is None and not draft.network:
        return []  # a page that is the same for everybody
    return sanction_reasons(gather(draft, now, [Sanctions]))


def _clause_of_edit(comment: Comment) -> int | None:
    """By which clause a rule took an edited text back; the reasons are stored by now."""
    return deciding_clause(comment.reasons.filter(revision=None), comment.status)


def _count(rules: RuleSet, facts: Facts) -> list[Reason]:
    """Count against each limit, and keep what is over."""
    if facts.is_staff:
        return []
    found = []
    for one in rules.ready:
        for limit in one.kind.limits(facts, one.parameters):
            hit = ratelimit.hit(f"rule:{one.rule.pk}", limit.who, limit=limit.count, per=limit.per)
            if not hit.passes:
                found.append(reason_of(one, limit.exceeded(hit.wait)))
                break  # a rule's later limits are shared by others, whom this try must not cost
    return found
