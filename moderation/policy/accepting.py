"""The policy above the comment form, and the tick that it was read."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Value
from django.template.loader import render_to_string

from comments.intake import Advice, Draft
from comments.models import Commenter
from moderation.models import Acceptance, Policy


def policy_above_the_form(draft: Draft) -> Advice:
    """The short form with a link, and the tick where it is asked for. One query.

    The same for everybody who is not known: a cached page holds it. Who is known to have accepted
    this version, and staff, are not asked.
    """
    policy = _published(draft).first()
    if policy is None:
        return Advice()
    short = render_to_string("moderation/short_policy.html", {"policy": policy})
    return Advice(policy=short, to_accept=_asked(policy, draft))


def asked_to_accept(draft: Draft) -> str:
    """The label of the tick that the form asks for; empty for none. One query."""
    columns = ("version", "must_accept", "is_accepted")
    policy = _published(draft).values_list(*columns, named=True).first()
    return "" if policy is None else _asked(policy, draft)


def remember_acceptance(commenter: Commenter, to_accept: str) -> None:
    """Ask this commenter no more, as long as the version that they ticked holds."""
    policy = Policy.objects.current()
    if policy is not None and label_of(policy) == to_accept:
        row = Acceptance(commenter=commenter, policy=policy)
        Acceptance.objects.bulk_create([row], ignore_conflicts=True)


def label_of(policy: Policy) -> str:
    """What is ticked: another for each version."""
    return f"I have read the comment policy (version {policy.version})"


def _published(draft: Draft) -> QuerySet[Policy]:
    """The published versions, latest first, with whether the draft's commenter accepted each."""
    accepted = Acceptance.objects.filter(commenter=draft.commenter, policy=OuterRef("pk"))
    is_known: Any = Exists(accepted) if draft.commenter else Value(value=False)
    return Policy.objects.published().annotate(is_accepted=is_known)


def _asked(policy: Any, draft: Draft) -> str:
    asks = policy.must_accept and draft.user is None and not policy.is_accepted
    return label_of(policy) if asks else ""
