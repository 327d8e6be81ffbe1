"""What the rules may know of a draft: gathered first, in a bounded number of queries."""

from moderation.screening.facts.base import Facts, Group, gather

__all__ = ["Facts", "Group", "gather"]
