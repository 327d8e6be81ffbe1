"""The limits that rules set on tries to send: counted at each try, and told before one."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from comments.intake import Reason
from comments.waiting import in_words
from core import ratelimit
from moderation.screening.facts import Facts
from moderation.screening.kind import Limit
from moderation.screening.running import Ready, RuleSet, reason_of

TOLD_FROM: Final = 0.5  # the share of a limit from which on its count is shown


@dataclass(frozen=True)
class Standing:
    """One limit, and how far its writer has come with it."""

    rule: Ready
    limit: Limit
    now: ratelimit.Standing

    @property
    def is_reached(self) -> bool:
        """Whether the next try would be one too many."""
        return self.now.hits >= self.limit.count


def count(rules: RuleSet, facts: Facts) -> list[Reason]:
    """Count one try against each limit, and keep what is over. One query for each rule.

    A rule's later limits are shared by more people: a try that is over the first costs them none.
    """
    if facts.is_staff:
        return []
    found = []
    for rule in rules.ready:
        limits = list(rule.kind.limits(facts, rule.parameters))
        allowed = [ratelimit.Allowance(one.who, one.count, one.per) for one in limits]
        hits = ratelimit.hit_each(_purpose(rule), allowed)
        over = [(limit, hit) for limit, hit in zip(limits, hits, strict=False) if not hit.passes]
        found += [reason_of(rule, limit.exceeded(hit.wait)) for limit, hit in over]
    return found


def standings(rules: RuleSet, facts: Facts) -> list[Standing]:
    """How far the writer has come with each limit; counts nothing. One query for all.

    Of a draft without a writer, as a public page makes it, nothing is known.
    """
    draft = facts.draft
    if draft.commenter is None and not draft.network:
        return []
    found = _limits(rules, facts)
    now = ratelimit.standings([(_purpose(rule), limit.who) for rule, limit in found])
    return [Standing(*pair, one) for pair, one in zip(found, now, strict=True)]


def reached(some: Iterable[Standing]) -> list[Reason]:
    """What a try now would be told."""
    over = (one for one in some if one.is_reached)
    return [reason_of(one.rule, one.limit.exceeded(one.now.wait)) for one in over]


def nearly_reached(some: Iterable[Standing]) -> list[str]:
    """A sentence on each limit that its writer has half used up, or more."""
    near = (
        one for one in some if not one.is_reached and one.now.hits >= one.limit.count * TOLD_FROM
    )
    return [_count_of(one) for one in near]


def _count_of(one: Standing) -> str:
    hits, most = one.now.hits, one.limit.count
    return (
        f"{hits} of {most} comments that you, or your network, can send in"
        f" {in_words(one.limit.per)} are sent; the count begins anew in {in_words(one.now.wait)}."
    )


def _limits(rules: RuleSet, facts: Facts) -> list[tuple[Ready, Limit]]:
    return [(one, limit) for one in rules.ready for limit in one.kind.limits(facts, one.parameters)]


def _purpose(rule: Ready) -> str:
    return f"rule:{rule.rule.pk}"
