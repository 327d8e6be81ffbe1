"""Whose name a draft's is, or looks like."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.contrib.auth import get_user_model
from django.db.models import Q

from comments import names
from comments.intake import Draft
from comments.models import Commenter
from moderation.screening.facts.base import Group


@dataclass(frozen=True)
class NameOwners(Group):
    """Whom a reader could take the writer for."""

    staff: bool = False
    commenter: bool = False  # a confirmed one, other than the writer

    @classmethod
    def gather(cls, draft: Draft, at: datetime) -> Self:
        """See Group; two queries here, and none for staff. As of now, whatever `at` is."""
        likenesses = frozenset() if draft.user else names.skeletons(draft.name)
        if not likenesses:
            return cls()
        return cls(
            staff=not likenesses.isdisjoint(_staff_skeletons()),
            commenter=_is_taken(likenesses, draft.commenter),
        )


def _staff_skeletons() -> set[str]:
    """What the names of staff and of authors look like; they are few."""
    users = get_user_model().objects.filter(Q(is_staff=True) | Q(posts__isnull=False)).distinct()
    found: set[str] = set()
    for username, first, last in users.values_list("username", "first_name", "last_name"):
        found |= names.skeletons(username) | names.skeletons(f"{first} {last}")
    return found


def _is_taken(likenesses: frozenset[str], writer: Commenter | None) -> bool:
    alike = Commenter.objects.filter(skeleton__in=likenesses)
    return (alike.exclude(pk=writer.pk) if writer else alike).exists()
