"""Whose name a draft's is, or looks like."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Final, Self

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q

from blog.models import Post
from comments import names
from comments.intake import Draft
from moderation.screening.facts.asking import Question, Rows, question
from moderation.screening.facts.base import Asked

# Without "not empty" a plan for any value can't use the index, which holds no empty ones.
ALIKE: Final = """
    SELECT 1 FROM comments_commenter
    WHERE skeleton = ANY (%(likenesses)s::text[]) AND skeleton <> '' AND id <> %(writer)s LIMIT 1
"""


@dataclass(frozen=True)
class NameOwners(Asked):
    """Whom a reader could take the writer for."""

    staff: bool = False
    commenter: bool = False  # a confirmed one, other than the writer

    @classmethod
    def questions(cls, draft: Draft, at: datetime) -> Sequence[Question]:
        """See Asked; none for staff."""
        likenesses = _likenesses(draft)
        if not likenesses:
            return []
        writer = draft.commenter.pk if draft.commenter else 0
        return [_staff(), Question(ALIKE, {"likenesses": list(likenesses), "writer": writer})]

    @classmethod
    def read(cls, draft: Draft, at: datetime, answers: Sequence[Rows]) -> Self:
        """See Asked. As of now, whatever `at` is."""
        if not answers:
            return cls()
        staff, alike = answers
        theirs = _staff_skeletons(tuple(staff))
        return cls(staff=not _likenesses(draft).isdisjoint(theirs), commenter=bool(alike))


def _likenesses(draft: Draft) -> frozenset[str]:
    return frozenset() if draft.user else names.skeletons(draft.name)


@cache  # of always the same words
def _staff() -> Question:
    """The names of staff and of authors; they are few."""
    writes = Exists(Post.objects.filter(author=OuterRef("pk")))
    users = get_user_model().objects.filter(Q(is_staff=True) | writes)
    return question(users.values_list("username", "first_name", "last_name"))


@lru_cache(maxsize=4)
def _staff_skeletons(staff: tuple[tuple[str, str, str], ...]) -> set[str]:
    found: set[str] = set()
    for username, first, last in staff:
        found |= names.skeletons(username) | names.skeletons(f"{first} {last}")
    return found
