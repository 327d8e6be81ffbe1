"""What is done to the policy: one function each, permission checked, a log row in its transaction.

All raise NotAllowed; nothing is written then. The words of a draft are changed by its form in the
admin (moderation.policy.admin), which nobody but its writers sees.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from moderation.models import Act, Clause, LogEntry, Policy
from moderation.permissions import require_may_publish_policy

if TYPE_CHECKING:
    from django.contrib.auth.models import User

EMPTY: Final = "The draft has no clause: a policy needs at least one."
UNCHANGED: Final = "The draft says what version {version} says: there is nothing to publish."
CHANGED: Final = "The draft was changed since you looked. Nothing was done: please look again."
GONE: Final = "There is no such draft (any more): it was published or discarded meanwhile."
ONE_DRAFT: Final = "There is a draft already, and one is possible: go on with that one."


class PolicyProblem(Exception):
    """Why nothing was done to the policy: a sentence for whom tried."""


def start_draft(*, by: "User") -> Policy:
    """A draft that says what the current version says; opens its own transaction.

    Raises PolicyProblem where there is one.
    """
    require_may_publish_policy(by)
    current = Policy.objects.current()
    try:
        with transaction.atomic():
            draft = _copy(current)
            _log(Act.POLICY_DRAFTED, draft, by, draft.changed_at)
    except IntegrityError as error:
        raise PolicyProblem(ONE_DRAFT) from error
    return draft


def publish_policy(*, policy_id: int, changed_at: datetime, by: "User") -> Policy:
    """Make the draft the next version, from now on; opens its own transaction.

    `changed_at` is the draft's as its reader saw it. Raises PolicyProblem where it was changed
    since, is published or gone, has no clause, or says nothing new.
    """
    require_may_publish_policy(by)
    now = timezone.now()
    with transaction.atomic():
        draft = _locked(policy_id, changed_at)
        clauses = list(draft.clauses.order_by("number"))
        if not clauses:
            raise PolicyProblem(EMPTY)
        current = Policy.objects.current()
        if current and says_of(draft, clauses) == says_of(current, list(current.clauses.all())):
            raise PolicyProblem(UNCHANGED.format(version=current.version))
        last = Policy.objects.aggregate(last=Max("version"))["last"] or 0
        draft.version, draft.published_at = last + 1, now
        draft.save(update_fields=["version", "published_at"])
        _log(Act.POLICY_PUBLISHED, draft, by, now)
    return draft


def discard_draft(*, policy_id: int, changed_at: datetime, by: "User") -> None:
    """Throw the draft away; opens its own transaction. Raises PolicyProblem as publish_policy."""
    require_may_publish_policy(by)
    with transaction.atomic():
        draft = _locked(policy_id, changed_at)
        _log(Act.POLICY_DISCARDED, draft, by, timezone.now())
        draft.delete()


def arrange_clauses(draft: Policy, clauses: Sequence[Clause]) -> None:
    """Store these as the draft's clauses, numbered in this order, with the HTML of their words.

    The caller holds the transaction and has judged who may; what is not among them is deleted.
    """
    draft.clauses.exclude(pk__in=[clause.pk for clause in clauses if clause.pk]).delete()
    for number, clause in enumerate(clauses, 1):
        clause.policy, clause.number = draft, number
        clause.write(clause.title, clause.text)
        clause.save()


def says_of(policy: Policy, clauses: Sequence[Clause]) -> tuple[object, ...]:
    """All that readers would notice of a version."""
    said = [(clause.key, clause.number, clause.title, clause.text) for clause in clauses]
    return (policy.introduction, policy.short_form, policy.must_accept, said)


def _copy(policy: Policy | None) -> Policy:
    draft = Policy(must_accept=policy.must_accept if policy else False)
    draft.write(policy.introduction if policy else "", policy.short_form if policy else "")
    draft.save(force_insert=True)
    for clause in policy.clauses.order_by("number") if policy else ():
        copy = Clause(policy=draft, key=clause.key, number=clause.number)
        copy.write(clause.title, clause.text)
        copy.save(force_insert=True)
    return draft


def _locked(policy_id: int, changed_at: datetime) -> Policy:
    draft = Policy.objects.select_for_update().filter(pk=policy_id, version=None).first()
    if draft is None:
        raise PolicyProblem(GONE)
    if draft.changed_at != changed_at:
        raise PolicyProblem(CHANGED)
    return draft


def _log(act: Act, policy: Policy, by: "User", at: datetime) -> None:
    LogEntry.objects.create(act=act, policy_id=policy.pk, actor_id=by.pk, at=at)
