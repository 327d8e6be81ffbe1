"""The record: every act on a comment, append-only; the database refuses update and delete."""

from django.db import models
from django.utils import timezone


class Act(models.TextChoices):
    """What can be done to a comment; the past tense of a service in moderation.services."""

    RECEIVED = "received"
    PUBLISHED = "published"
    HELD = "held"
    REJECTED = "rejected"
    MARKED_SPAM = "marked spam"
    REMOVED = "removed"
    RESTORED = "restored"
    IMPORTED = "imported"


class LogEntry(models.Model):
    """One act. Plain ids, no names, addresses or texts: it outlives what it speaks of.

    `actor_id` is None for the site itself (intake, imports).
    """

    act = models.CharField(max_length=20, choices=Act)
    comment_id = models.BigIntegerField(db_index=True)
    post_id = models.BigIntegerField(db_index=True)
    actor_id = models.BigIntegerField(null=True, blank=True)
    status_before = models.CharField(max_length=10, blank=True)
    status_after = models.CharField(max_length=10)
    number = models.CharField(max_length=600, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "log entries"
        permissions = [
            ("moderate_any", "Can decide on every comment"),
            ("moderate_own", "Can decide on comments under own posts"),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.comment_id} at {self.at:%Y-%m-%d %H:%M}"
