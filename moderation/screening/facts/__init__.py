"""What the rules may know of a draft: gathered first, in a bounded number of queries."""

from moderation.screening.facts.base import Asked, Facts, Group, gather, gather_after

__all__ = ["Asked", "Facts", "Group", "gather", "gather_after"]
