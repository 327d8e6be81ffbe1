"""The policy above the comment form, and the tick that it was read."""

from typing import Any, Final, NamedTuple

from django.db.models import Exists, OuterRef, QuerySet, Value
from django.template.loader import render_to_string

from comments.intake import Advice, Draft
from comments.models import Commenter
from core.compiled import Compiled, Given
from moderation.models import Acceptance, Policy


def policy_above_the_form(draft: Draft) -> Advice:
    """The short form with a link, and the tick where it is asked for. One query.

    The same for everybody who is not known: a cached page holds it. Who is known to have accepted
    this version, and staff, are not asked.
    """
    commenter = draft.commenter
    policy = _CURRENT_FOR[commenter is not None].first(commenter=commenter and commenter.pk)
    if policy is None:
        return Advice()
    short = render_to_string("moderation/short_policy.html", {"policy": policy})
    return Advice(policy=short, to_accept=_asked(policy, draft))


def asked_to_accept(draft: Draft) -> str:
    """The label of the tick that the form asks for; empty for none. One query."""
    commenter = draft.commenter
    found = _ASKED_OF[commenter is not None].tuples(commenter=commenter and commenter.pk)
    return _asked(_Current(*found[0]), draft) if found else ""


def remember_acceptance(commenter: Commenter, to_accept: str) -> None:
    """Ask this commenter no more, as long as the version that they ticked holds."""
    policy = Policy.objects.current()
    if policy is not None and label_of(policy) == to_accept:
        row = Acceptance(commenter=commenter, policy=policy)
        Acceptance.objects.bulk_create([row], ignore_conflicts=True)


def label_of(policy: Policy) -> str:
    """What is ticked: another for each version."""
    return f"I have read the comment policy (version {policy.version})"


class _Current(NamedTuple):
    """What is asked of the version that holds now."""

    version: int
    must_accept: bool
    is_accepted: bool


def _with_acceptance(commenter: Given | None) -> QuerySet[Policy]:
    """The published versions, latest first, with whether the commenter accepted each."""
    accepted = Acceptance.objects.filter(commenter=commenter, policy=OuterRef("pk"))
    is_known: Any = Exists(accepted) if commenter else Value(value=False)
    return Policy.objects.published().annotate(is_accepted=is_known)


def _current(commenter: Given | None) -> "QuerySet[Policy, tuple[Any, ...]]":
    return _with_acceptance(commenter).values_list(*_Current._fields)[:1]


# Of nobody who is known, and of a commenter.
_CURRENT_FOR: Final = (
    Compiled(lambda: _with_acceptance(None)[:1]),
    Compiled(lambda: _with_acceptance(Given("commenter"))[:1]),
)
_ASKED_OF: Final = (
    Compiled(lambda: _current(None)),
    Compiled(lambda: _current(Given("commenter"))),
)


def _asked(policy: Any, draft: Draft) -> str:
    asks = policy.must_accept and draft.user is None and not policy.is_accepted
    return label_of(policy) if asks else ""
