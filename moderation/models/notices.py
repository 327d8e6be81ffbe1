"""What is kept for the mails to moderators: what each wants, and what each was told."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from comments.models import Comment


class NoticeKind(models.TextChoices):
    """Each is a field of NoticeWishes, which holds its Pace."""

    WAITING = "waiting", "Comments that wait for a decision"
    REPORTS = "reports", "Reports by readers"
    APPEALS = "appeals", "Appeals"
    FOLLOW_UPS = "follow_ups", "Replies that I owe"


class Pace(models.TextChoices):
    """When mails of one kind come."""

    INSTANT = "instant", "at once"
    HOURLY = "hourly", "once an hour, if there is something new"
    OVERDUE = "overdue", "when the oldest has waited too long"
    DAILY = "daily", "in one mail a day"
    WEEKLY = "weekly", "in one mail a week, on Mondays"
    OFF = "off", "never"


class NoticeWishes(models.Model):
    """Which mails a member of staff gets, and when. Times are hours in the site's time zone."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    waiting = models.CharField(
        NoticeKind.WAITING.label, max_length=10, choices=Pace, default=Pace.DAILY
    )
    reports = models.CharField(
        NoticeKind.REPORTS.label, max_length=10, choices=Pace, default=Pace.DAILY
    )
    appeals = models.CharField(
        NoticeKind.APPEALS.label, max_length=10, choices=Pace, default=Pace.DAILY
    )
    follow_ups = models.CharField(
        NoticeKind.FOLLOW_UPS.label, max_length=10, choices=Pace, default=Pace.WEEKLY
    )
    overdue_hours = models.PositiveSmallIntegerField(
        "too long is, in hours",
        default=24,
        validators=[MinValueValidator(1), MaxValueValidator(720)],
    )
    quiet_from = models.PositiveSmallIntegerField(
        "no mail from", null=True, blank=True, validators=[MaxValueValidator(23)]
    )
    quiet_until = models.PositiveSmallIntegerField(
        "until", null=True, blank=True, validators=[MaxValueValidator(23)]
    )
    # When a daily and a weekly mail were last due and looked after, with anything to tell or not.
    daily_at = models.DateTimeField(default=timezone.now)
    weekly_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="moderation_quiet_hours_have_two_ends",
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"mails to {self.user}"


class Notice(models.Model):
    """One thing that a moderator was told, so that none is told at once twice.

    Goes when the comment is no longer such a thing, so that it can become one again.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=NoticeKind)
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="+")
    mail = models.ForeignKey(
        "core.Mail", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    told_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="moderation_told_once", fields=["user", "kind", "comment"])
        ]

    def __str__(self) -> str:
        return f"{self.user_id} knows of {self.kind}: comment {self.comment_id}"
