"""What the rules may know of a draft: gathered first, in a bounded number of queries."""

from dataclasses import dataclass

from comments.intake import Draft
from comments.links import link_addresses


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Plain values; a rule needs nothing else."""

    is_staff: bool
    links: tuple[str, ...]


def gather(draft: Draft) -> Facts:
    """The facts of one draft. No query so far."""
    user = draft.user
    return Facts(
        is_staff=user is not None and user.is_active and user.is_staff,
        links=link_addresses(draft.html),
    )
