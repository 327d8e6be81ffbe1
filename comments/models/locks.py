"""Branches in which readers can't reply for a time."""

from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from comments.models.comment import Comment


class BranchLockQuerySet(models.QuerySet["BranchLock"]):
    """Sets of locks."""

    def in_force(self, at: datetime) -> "BranchLockQuerySet":
        """Those neither lifted nor over at a moment."""
        return self.filter(Q(until_at=None) | Q(until_at__gt=at), lifted_at=None)


class BranchLock(models.Model):
    """No reader replies to `head` or below it, until the lock is lifted or over. It moves along.

    `clause_id` is the screener's own, of the clause that is cited.
    """

    REASON_MAX_LENGTH: Final = 300

    head = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="locks")
    reason = models.CharField(max_length=REASON_MAX_LENGTH, help_text="Readers see it.")
    clause_id = models.BigIntegerField(null=True, blank=True)
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    locked_at = models.DateTimeField(default=timezone.now)
    until_at = models.DateTimeField(null=True, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects = BranchLockQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="comments_locked_once", fields=["head"], condition=Q(lifted_at=None)
            ),
            models.CheckConstraint(name="comments_lock_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="comments_lock_ends_after_it_began",
                condition=Q(until_at=None) | Q(until_at__gt=F("locked_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"branch of {self.head_id} locked at {self.locked_at:%Y-%m-%d %H:%M}"
