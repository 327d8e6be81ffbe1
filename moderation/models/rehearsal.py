"""A changed rule tried on what came in before: what was asked, how far it is, what would flip."""

from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from comments.models import Comment
from comments.status import Status
from moderation.models.rules import Rule

TURNED_AWAY: Final = "turned away"
OUTCOMES: Final = (*((one.value, one.label) for one in Status), (TURNED_AWAY, "Turned away"))
REFUSED: Final = (Status.REJECTED, Status.SPAM, Status.REMOVED)  # what people let nobody read


class Rehearsal(models.Model):
    """One run. `proposal` is the rule as it would be; the others stay as they were then.

    Comments are taken newest first; those from `before_id` on are done. Deleted after a month.
    """

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        CANCELLED = "cancelled"
        FAILED = "failed"

    OPEN: Final = (State.WAITING, State.RUNNING)

    rule = models.ForeignKey(
        Rule,
        on_delete=models.SET_NULL,
        null=True,
        related_name="rehearsals",
        help_text="The stored rule that it would change; none: a new one.",
    )
    proposal = models.JSONField()
    was = models.JSONField(null=True, help_text="That rule as it was; none: a new one.")
    rules = models.JSONField(help_text="The other rules that were on, as they were.")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    since = models.DateTimeField(help_text="Comments sent from then on.")
    before_id = models.BigIntegerField()
    found = models.PositiveIntegerField(help_text="How many comments there were.")
    total = models.PositiveIntegerField(help_text="How many of them are looked at.")
    done = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    trouble = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"rehearsal of {self.proposal['kind']}, {self.asked_at:%Y-%m-%d %H:%M}"

    @property
    def is_open(self) -> bool:
        """Whether there is more to do."""
        return self.state in self.OPEN


class FlipQuerySet(models.QuerySet["Flip"]):
    """Sets of flips."""

    def newly_stopped(self) -> "FlipQuerySet":
        """What would have appeared at once, and would not any more."""
        return self.filter(~Q(after=Status.PUBLISHED), before=Status.PUBLISHED)

    def newly_passing(self) -> "FlipQuerySet":
        """What would appear at once by now."""
        return self.filter(~Q(before=Status.PUBLISHED), after=Status.PUBLISHED)

    def let_through(self) -> "FlipQuerySet":
        """Those that a person published."""
        return self.filter(decided=Status.PUBLISHED)

    def refused(self) -> "FlipQuerySet":
        """Those that a person rejected, called spam or removed."""
        return self.filter(decided__in=REFUSED)


class Flip(models.Model):
    """A comment that the changed rules would have judged otherwise than the present ones.

    `decided` is the status that the last person who decided gave it; empty if nobody has.
    """

    rehearsal = models.ForeignKey(Rehearsal, on_delete=models.CASCADE, related_name="flips")
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="+")
    before = models.CharField(max_length=12, choices=OUTCOMES)
    after = models.CharField(max_length=12, choices=OUTCOMES)
    decided = models.CharField(max_length=10, choices=Status, blank=True)

    objects = FlipQuerySet.as_manager()

    class Meta:
        ordering = ["-comment_id"]
        constraints = [
            models.UniqueConstraint(name="moderation_flips_once", fields=["rehearsal", "comment"])
        ]

    def __str__(self) -> str:
        return f"{self.comment_id}: {self.before} → {self.after}"

    @property
    def is_wrong_hold(self) -> bool:
        """Whether it would stop what a person let through."""
        return self.before == Status.PUBLISHED and self.decided == Status.PUBLISHED

    @property
    def is_wrong_pass(self) -> bool:
        """Whether it would let through what a person refused."""
        return self.after == Status.PUBLISHED and self.decided in REFUSED
