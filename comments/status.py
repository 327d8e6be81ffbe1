"""The states of a comment, and which may follow which."""

from datetime import timedelta
from typing import Final

from django.db import models

# For so long a decision can be taken back before anybody hears of it by mail.
UNDO_FOR: Final = timedelta(seconds=30)


class Status(models.TextChoices):
    """What the public may see of a comment hangs on this alone."""

    PENDING = "pending"
    PUBLISHED = "published"
    REJECTED = "rejected"
    SPAM = "spam"
    REMOVED = "removed"


# Removed leads back only to the status before it, or to pending: see `may_follow`.
FOLLOWS: dict[str, frozenset[str]] = {
    Status.PENDING: frozenset({Status.PUBLISHED, Status.REJECTED, Status.SPAM, Status.REMOVED}),
    Status.PUBLISHED: frozenset({Status.PENDING, Status.REJECTED, Status.SPAM, Status.REMOVED}),
    Status.REJECTED: frozenset({Status.PENDING, Status.PUBLISHED, Status.SPAM}),
    Status.SPAM: frozenset({Status.PENDING, Status.PUBLISHED, Status.REJECTED}),
    Status.REMOVED: frozenset({Status.PENDING, Status.PUBLISHED}),
}


def may_follow(to: str, status: str, status_before_removal: str) -> bool:
    """Whether a comment in `status` may become `to`."""
    if status == Status.REMOVED:
        return to in {Status.PENDING, status_before_removal}
    return to in FOLLOWS[status]


class Remover(models.TextChoices):
    """Who took a comment down; the tombstone says it."""

    MODERATOR = "moderator"
    COMMENTER = "commenter"
