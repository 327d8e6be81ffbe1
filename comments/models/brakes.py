"""What stops or slows a conversation for a time, for a reason that its readers see."""

from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from blog.models import Post
from comments.models.comment import Comment
from core.moments import possible


class BrakeQuerySet(models.QuerySet["Brake"]):
    """Sets of brakes."""

    def in_force(self, at: datetime | models.Expression) -> "BrakeQuerySet":
        """Those neither lifted nor over at a moment."""
        return self.filter(Q(until_at=None) | Q(until_at__gt=at), lifted_at=None)

    def locks(self) -> "BrakeQuerySet":
        """Those that let no reader reply."""
        return self.filter(minutes=None)

    def slow_modes(self) -> "BrakeQuerySet":
        """Those that have one person wait between two comments."""
        return self.filter(minutes__isnull=False)


class Brake(models.Model):
    """A lock, or with `minutes` slow mode, until it is lifted or over. A change is another row.

    No reader replies to the `head` of a locked branch or below it. In slow mode one person waits so
    long between two comments there, or under all of `post`. That of a branch moves along with it.
    `clause_id` is the screener's own, of the clause that is cited.
    """

    REASON_MAX_LENGTH: Final = 300
    LONGEST: Final = 7 * 24 * 60  # minutes

    head = models.ForeignKey(
        Comment, on_delete=models.CASCADE, null=True, blank=True, related_name="brakes"
    )
    post = models.ForeignKey(
        Post, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    minutes = models.PositiveIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=REASON_MAX_LENGTH, blank=True, help_text="Readers see it.")
    clause_id = models.BigIntegerField(null=True, blank=True)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    set_at = models.DateTimeField(default=timezone.now)
    until_at = models.DateTimeField(null=True, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects = BrakeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="comments_locked_once",
                fields=["head"],
                condition=Q(lifted_at=None, minutes=None),
            ),
            models.UniqueConstraint(
                name="comments_slowed_once",
                fields=["head"],
                condition=Q(lifted_at=None, minutes__isnull=False),
            ),
            models.UniqueConstraint(
                name="comments_post_slowed_once", fields=["post"], condition=Q(lifted_at=None)
            ),
            models.CheckConstraint(
                name="comments_brake_of_branch_or_post",
                condition=Q(head__isnull=False, post=None)
                | Q(head=None, post__isnull=False, minutes__isnull=False),
            ),
            # Slow modes set before they had a reason have none.
            models.CheckConstraint(
                name="comments_lock_says_why", condition=~Q(reason="") | Q(minutes__isnull=False)
            ),
            models.CheckConstraint(
                name="comments_lock_ends_after_it_began",
                condition=Q(until_at=None) | Q(until_at__gt=F("set_at")),
            ),
            models.CheckConstraint(
                name="comments_brake_end_can_be_told", condition=possible("until_at")
            ),
            models.CheckConstraint(
                name="comments_slow_by_a_minute",
                condition=Q(minutes=None) | Q(minutes__gte=1, minutes__lte=10080),
            ),
        ]

    def __str__(self) -> str:
        where = f"branch of {self.head_id}" if self.head_id else f"post {self.post_id}"
        what = f"slowed to {self.minutes} minutes" if self.minutes else "locked"
        return f"{where} {what} at {self.set_at:%Y-%m-%d %H:%M}"
