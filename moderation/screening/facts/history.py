"""What the same person sent before, as far as one can tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Self

from django.db.models import Q

from comments.intake import Draft
from comments.models import Comment
from comments.status import Status
from moderation.screening.facts.asking import Question, Rows, question
from moderation.screening.facts.base import Asked

LATEST: Final = 200  # comments looked at, which bounds the query and what a rule may ask
FIELDS: Final = (
    "pk", "post_id", "tree_id", "status", "submitted_at", "commenter_id", "user_id",
)  # fmt: skip
NETWORK_FOR: Final = timedelta(days=2)  # how long a network counts as the same person


@dataclass(frozen=True)
class Past:
    """One earlier comment."""

    id: int
    post_id: int
    tree_id: int
    status: str
    submitted_at: datetime
    is_own: bool  # by the same account or commenter, not just from the same network


@dataclass(frozen=True)
class History(Asked):
    """The latest 200 earlier comments, newest first; of a network those of two days."""

    past: tuple[Past, ...] = ()

    @classmethod
    def questions(cls, draft: Draft, at: datetime) -> Sequence[Question]:
        """See Asked; none of somebody of whom nothing is known."""
        same = _same_person(draft, at)
        if not same:
            return []
        earlier = Comment.objects.filter(same, submitted_at__lt=at).order_by("-submitted_at")
        if draft.replaces is not None:
            earlier = earlier.exclude(pk=draft.replaces.pk)
        return [question(earlier.values_list(*FIELDS)[:LATEST])]

    @classmethod
    def read(cls, draft: Draft, at: datetime, answers: Sequence[Rows]) -> Self:
        """See Asked. Statuses are those of now."""
        return cls(tuple(_past(draft, *row) for rows in answers for row in rows))

    @property
    def own(self) -> tuple[Past, ...]:
        """Those of the identity alone."""
        return tuple(past for past in self.past if past.is_own)

    def published(self) -> int:
        """How many of the identity's own are public now, of the latest 200."""
        return sum(past.status == Status.PUBLISHED for past in self.own)


def _same_person(draft: Draft, at: datetime) -> Q:
    """Empty for somebody of whom nothing is known."""
    same = Q()
    if draft.user is not None:
        same |= Q(user=draft.user)
    if draft.commenter is not None:
        same |= Q(commenter=draft.commenter)
    if draft.network:
        same |= Q(network=draft.network, submitted_at__gt=at - NETWORK_FOR)
    return same


def _past(  # noqa: PLR0917 (a row, in the order of its fields)
    draft: Draft,
    pk: int,
    post_id: int,
    tree_id: int,
    status: str,
    submitted_at: datetime,
    commenter_id: int | None,
    user_id: int | None,
) -> Past:
    is_own = _is_own(draft, commenter_id, user_id)
    return Past(pk, post_id, tree_id, status, submitted_at, is_own)


def _is_own(draft: Draft, commenter_id: int | None, user_id: int | None) -> bool:
    by_cookie = draft.commenter is not None and commenter_id == draft.commenter.pk
    return by_cookie or (draft.user is not None and user_id == draft.user.pk)
