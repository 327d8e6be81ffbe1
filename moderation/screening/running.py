"""Rules from the table, run over facts: every one, whatever the others find."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final, NamedTuple, cast

from comments.intake import COULD_NOT_RUN, Draft, Effect, Reason, Verdict
from moderation.models import Rule
from moderation.screening.facts import Facts, Group, gather, gather_after
from moderation.screening.facts.asking import Question, Rows, ask, question
from moderation.screening.facts.history import History
from moderation.screening.facts.sanctions import Sanctions
from moderation.screening.kind import CouldNotRun, Finding, Kind, kinds
from moderation.screening.parameters import UnreadableParameters, read
from moderation.screening.sanctions import sanction_reasons, trust_in
from moderation.screening.verdicts import NO_RULES, decide, decide_on_staff, soften

logger = logging.getLogger(__name__)

# With or without a rule that needs them.
ALWAYS: Final = (Sanctions, History)


@dataclass(frozen=True)
class Ready:
    """A rule with its kind and its parameters read."""

    rule: Rule
    kind: Kind[Any]
    parameters: Any
    effect: Effect
    clause_id: int | None = None  # of the clause of the current policy that it enforces


@dataclass(frozen=True)
class RuleSet:
    """The rules that are on; `broken` says of each that can't run why it can't.

    With `is_part` there are more, which a rehearsal leaves out.
    """

    ready: Sequence[Ready]
    broken: Sequence[Reason]
    is_part: bool = False

    @property
    def is_any(self) -> bool:
        """Whether a rule is on at all."""
        return bool(self.ready or self.broken or self.is_part)

    def known_from(self, draft: Draft) -> "RuleSet":
        """Those that can say something before anything is sent, by what of the draft is there."""
        known = {"place"}
        if draft.commenter is not None or draft.network:
            known.add("writer")
        if draft.text:
            known |= {"writer", "text"}
        return RuleSet([one for one in self.ready if one.kind.known_from in known], ())

    @property
    def groups(self) -> list[type[Group]]:
        """What these rules ask for, and what moderators have set about the writer."""
        asked = (group for one in self.ready for group in one.kind.needs)
        return list(dict.fromkeys([*ALWAYS, *asked]))

    def gather(self, draft: Draft, at: datetime) -> Facts:
        """The facts that these rules ask for."""
        return gather(draft, at, self.groups)

    def run(self, facts: Facts) -> list[Reason]:
        """What every rule finds, with what could not run. Queries nothing."""
        found = (reason for one in self.ready if (reason := run(one, facts)))
        return [*self.broken, *found]


class Known(NamedTuple):
    """Rules with the rows that they were read from, which tell whether they changed."""

    rows: Rows
    rules: RuleSet


_last_known = Known([], RuleSet([], []))


def rules_on() -> RuleSet:
    """The rules as they are now, with their clauses. One query, two where they changed."""
    return _renewed(ask([_rows()])[0]).rules


def rules_and_facts(draft: Draft, at: datetime) -> tuple[RuleSet, Facts]:
    """The rules as they are now, with the facts that they ask for.

    One query where the rules are those of the last time, and every group is Asked.
    """
    known = _last_known
    (rows,), facts = gather_after([_rows()], draft, at, known.rules.groups)
    if rows == known.rows:
        return known.rules, facts
    rules = _renewed(rows).rules
    return rules, rules.gather(draft, at)


@cache  # of always the same words: it depends on no time and no draft
def _rows() -> Question:
    rules = Rule.objects.on()
    columns = [field.attname for field in Rule._meta.concrete_fields]
    return question(rules.values_list(*columns, *rules.query.annotations))


def _renewed(rows: Rows) -> Known:
    """What is known, read again if the rows are others.

    Read after the rows: were they changed in between, they will not be equal the next time.
    """
    global _last_known  # noqa: PLW0603 (one value of plain data, put in place whole)
    known = _last_known
    if known.rows != rows:
        _last_known = known = Known(rows, ready(Rule.objects.on()))
    return known


def ready(rules: Iterable[Rule]) -> RuleSet:
    """Some rules, stored or not."""
    fit: list[Ready] = []
    broken: list[Reason] = []
    for rule in rules:
        kind = kinds().get(rule.kind)
        if kind is None:
            broken.append(_could_not_run(rule.kind, f"there is no kind of rule {rule.kind!r}"))
            continue
        try:
            parameters = read(kind.takes, rule.parameters)
            clause_id = getattr(rule, "clause_id", None)  # only of stored ones: Rule.objects.on
            effect = cast("Effect", rule.effect)
            fit.append(Ready(rule, kind, parameters, effect, clause_id))
        except UnreadableParameters as error:
            broken.append(_could_not_run(rule.kind, str(error)))
    return RuleSet(fit, broken)


def judge(rules: RuleSet, facts: Facts, counted: Sequence[Reason] = ()) -> Verdict:
    """The verdict of some rules on some facts, with what the limits found. Queries nothing.

    The facts hold what is ALWAYS asked: sanctions against the writer count, and trust softens.
    """
    reasons = [*counted, *rules.run(facts)]
    if not rules.is_any:
        reasons.append(NO_RULES)
    if facts.is_staff:
        return decide_on_staff(reasons)
    trust = trust_in(facts)
    if trust is not None:
        reasons = [trust.reason, *(reasons if trust.rests else soften(reasons))]
    return decide([*sanction_reasons(facts), *reasons])


def run(one: Ready, facts: Facts) -> Reason | None:
    """One rule's reason; a rule that fails stops none of the others, and holds."""
    return _attempt(one, lambda: one.kind.judge(facts, one.parameters))


def reason_of(one: Ready, finding: Finding) -> Reason:
    """A finding as it is kept."""
    return Reason(
        rule=one.kind.name,
        effect=finding.effect or one.effect,
        sentence=finding.sentence,
        evidence=finding.evidence,
        of_text=one.kind.known_from == "text",
        advice=finding.advice,
        clause_id=one.clause_id,
    )


def _attempt(one: Ready, judge: Callable[[], Finding | None]) -> Reason | None:
    try:
        finding = judge()
    except CouldNotRun as error:
        logger.warning("The rule %s could not run: %s", one.kind.name, error)
        return _could_not_run(one.kind.name, str(error), error.evidence)
    except Exception as error:
        logger.exception("The rule %s could not run.", one.kind.name)
        return _could_not_run(one.kind.name, repr(error))
    return None if finding is None else reason_of(one, finding)


def _could_not_run(name: str, why: str, found: Mapping[str, Any] | None = None) -> Reason:
    sentence = f"The rule “{name}” could not run."
    evidence = {COULD_NOT_RUN: why, **(found or {})}
    return Reason(rule=name, effect="hold", sentence=sentence, evidence=evidence)
