"""What the rules may know of a draft: gathered first, in a bounded number of queries."""

from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.db.models import Q

from comments import names
from comments.intake import Draft
from comments.links import link_addresses
from comments.models import Commenter


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Plain values; a rule needs nothing else."""

    is_staff: bool
    links: tuple[str, ...]
    name: str = ""
    is_like_staff: bool = False  # the name, to the eye
    is_like_commenter: bool = False  # a confirmed one, other than the writer


def gather(draft: Draft) -> Facts:
    """The facts of one draft. At most two queries."""
    user = draft.user
    is_staff = user is not None and user.is_active and user.is_staff
    likenesses = frozenset() if is_staff else names.skeletons(draft.name)
    return Facts(
        is_staff=is_staff,
        links=link_addresses(draft.html),
        name=draft.name,
        is_like_staff=bool(likenesses) and not likenesses.isdisjoint(_staff_skeletons()),
        is_like_commenter=bool(likenesses) and _is_taken(likenesses, draft.commenter),
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
