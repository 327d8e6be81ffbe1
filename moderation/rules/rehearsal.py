"""A changed rule, tried on the comments of the last 90 days before it is saved.

Each is judged twice on what was known when it was sent: by the rules as they are and as they would
be; what people decided says which of the two was right. Nothing is decided or changed by it.
"""

import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from comments.intake import Draft, Verdict, draft_of
from comments.models import Comment, CommentQuerySet
from comments.status import Status
from moderation.models import DECISIONS, Flip, LogEntry, Rehearsal, Rule
from moderation.models.rehearsal import REFUSED, TURNED_AWAY
from moderation.rules.services import Proposal
from moderation.screening.facts import gather
from moderation.screening.kind import Kind, kinds
from moderation.screening.running import ALWAYS, RuleSet, judge, ready

if TYPE_CHECKING:
    from django.contrib.auth.models import User

logger = logging.getLogger(__name__)

LOOK_BACK: Final = timedelta(days=90)
MOST: Final = 5_000  # comments, the newest: a rehearsal ends within minutes on any site
BATCH: Final = 50  # comments between two signs of progress
KEPT: Final = timedelta(days=30)

COUNTED: Final = "It counts tries to send. They leave no trace, so none can be counted again."


class Counts(NamedTuple):
    """What would flip, and on which side people were."""

    stopped: int  # appeared at once before, would not now
    passing: int  # the other way round
    otherwise: int  # neither way public, but differently judged
    wrong_hold: int  # of the stopped: published by a person
    right_hold: int  # of the stopped: rejected, removed or called spam by a person
    wrong_pass: int  # of the passing: rejected, removed or called spam by a person
    right_pass: int  # of the passing: published by a person


@dataclass(frozen=True)
class Change:
    """Two sets of rules that differ in one rule; `was` and `becomes` hold that one alone."""

    before: RuleSet
    after: RuleSet
    was: RuleSet
    becomes: RuleSet

    def flips(self, draft: Draft, at: Any) -> tuple[str, str] | None:
        """Both outcomes, where they differ. Queries the rest only where the one rule differs."""
        alone = gather(draft, at, _groups(self.was, self.becomes))
        same = _effects(self.was, alone) == _effects(self.becomes, alone)
        if same and self.before.is_any == self.after.is_any:
            return None
        facts = gather(draft, at, [*ALWAYS, *_groups(self.before, self.after)])
        outcomes = _outcome(judge(self.before, facts)), _outcome(judge(self.after, facts))
        return None if outcomes[0] == outcomes[1] else outcomes


def why_not_rehearsed(kind: Kind[Any]) -> str:
    """Why a rehearsal can't know what rules of this kind find; empty if it can."""
    if kind.unrehearsed:
        return kind.unrehearsed
    counts = type(kind).limits is not Kind.limits
    return COUNTED if counts else ""


def start_rehearsal(*, rule: Rule | None, proposal: Proposal, by: "User | None") -> Rehearsal:
    """Write down what is to be rehearsed; `carry_on` does it. Forgets rehearsals of a month ago."""
    now = timezone.now()
    Rehearsal.objects.filter(asked_at__lt=now - KEPT).delete()
    since = now - LOOK_BACK
    found = _comments(since).count()
    newest = _comments(since).order_by("-pk").values_list("pk", flat=True).first() or 0
    return Rehearsal.objects.create(
        rule=rule,
        proposal=asdict(proposal),
        was=asdict(Proposal.of(rule)) if rule else None,
        rules=[asdict(Proposal.of(one)) for one in Rule.objects.on() if one != rule],
        asked_by=by,
        asked_at=now,
        since=since,
        before_id=newest + 1,
        found=found,
        total=min(found, MOST),
    )


def carry_on(rehearsal_id: int, *, seconds: float) -> bool:
    """Go on for about so long; whether there is more to do. Bears being killed, or run twice."""
    until = time.monotonic() + seconds
    try:
        while _take_batch(rehearsal_id):
            if time.monotonic() >= until:
                return True
    except Exception as error:
        logger.exception("Rehearsal %s could not go on.", rehearsal_id)
        still = Rehearsal.objects.filter(pk=rehearsal_id, state__in=Rehearsal.OPEN)
        still.update(state=Rehearsal.State.FAILED, trouble=f"{type(error).__name__}: {error}")
    return False


def cancel_rehearsal(rehearsal_id: int) -> bool:
    """Stop at the end of the present batch; False where it had ended by itself."""
    still = Rehearsal.objects.filter(pk=rehearsal_id, state__in=Rehearsal.OPEN)
    return bool(still.update(state=Rehearsal.State.CANCELLED))


def count_flips(rehearsal: Rehearsal) -> Counts:
    """What was found so far. One query."""
    stopped = Q(before=Status.PUBLISHED)
    passing = Q(after=Status.PUBLISHED)
    let_through, refused = Q(decided=Status.PUBLISHED), Q(decided__in=REFUSED)
    return Counts(
        **rehearsal.flips.aggregate(
            stopped=Count("pk", filter=stopped),
            passing=Count("pk", filter=passing),
            otherwise=Count("pk", filter=~(stopped | passing)),
            wrong_hold=Count("pk", filter=stopped & let_through),
            right_hold=Count("pk", filter=stopped & refused),
            wrong_pass=Count("pk", filter=passing & refused),
            right_pass=Count("pk", filter=passing & let_through),
        )
    )


def _take_batch(rehearsal_id: int) -> bool:
    """The next few comments, in one transaction with what they came to; whether any are left."""
    with transaction.atomic():
        one = Rehearsal.objects.select_for_update().get(pk=rehearsal_id)
        if not one.is_open:
            return False
        size = min(BATCH, one.total - one.done)
        batch = list(_comments(one.since).filter(pk__lt=one.before_id).order_by("-pk")[:size])
        Flip.objects.bulk_create(_flips(one, batch))
        one.done += len(batch)
        one.before_id = batch[-1].pk if batch else one.before_id
        is_over = not batch or one.done >= one.total
        one.state = Rehearsal.State.DONE if is_over else Rehearsal.State.RUNNING
        one.save()
    return not is_over


def _flips(one: Rehearsal, batch: Sequence[Comment]) -> list[Flip]:
    change = _change(one)
    found = {}
    for comment in batch:
        if outcomes := change.flips(draft_of(comment), comment.submitted_at):
            found[comment.pk] = outcomes
    decided = _decisions(found)
    return [
        Flip(rehearsal=one, comment_id=pk, before=before, after=after, decided=decided.get(pk, ""))
        for pk, (before, after) in found.items()
    ]


def _comments(since: Any) -> CommentQuerySet:
    """What strangers sent since then, with what a draft is made of."""
    sent = Comment.objects.filter(user=None, submitted_at__gte=since).exclude(text="")
    related: CommentQuerySet = sent.select_related("post", "parent", "answers", "commenter")
    return related


def _decisions(comment_ids: Iterable[int]) -> dict[int, str]:
    """The status that the last person to decide on each gave it. One query.

    Put back among what waits is no decision.
    """
    by_people = LogEntry.objects.filter(
        comment_id__in=list(comment_ids), act__in=DECISIONS, actor_id__isnull=False
    )
    last = by_people.order_by("comment_id", "-pk").distinct("comment_id")
    pairs = last.values_list("comment_id", "status_after")
    return {pk: status for pk, status in pairs if pk and status != Status.PENDING}


def _change(one: Rehearsal) -> Change:
    """The rules with and without the change; without those that can't be rehearsed."""
    others = [_rule(values) for values in one.rules if _is_rehearsed(values["kind"])]
    is_part = len(others) < len(one.rules)
    was = [_rule(one.was)] if one.was and one.was["is_on"] else []
    becomes = [_rule(one.proposal)] if one.proposal["is_on"] else []
    return Change(
        before=replace(ready([*others, *was]), is_part=is_part),
        after=replace(ready([*others, *becomes]), is_part=is_part),
        was=ready(was),
        becomes=ready(becomes),
    )


def _rule(values: dict[str, Any]) -> Rule:
    return Proposal(**values).as_rule()


def _is_rehearsed(kind_name: str) -> bool:
    kind = kinds().get(kind_name)
    return kind is None or not kind.unrehearsed


def _groups(*sets: RuleSet) -> Iterable[Any]:
    return (group for rules in sets for one in rules.ready for group in one.kind.needs)


def _effects(rules: RuleSet, facts: Any) -> list[str]:
    return [reason.effect for reason in rules.run(facts)]


def _outcome(verdict: Verdict) -> str:
    return TURNED_AWAY if verdict.refusal else str(verdict.status)
