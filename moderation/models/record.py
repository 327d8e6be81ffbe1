"""The record: every act on a comment, append-only; and what readers report.

What may have to be erased stands in rows beside the log.
"""

from datetime import datetime
from typing import Final

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from comments.models import Comment


class Act(models.TextChoices):
    """What can be done to a comment: the past tense of a service in moderation.services.

    The next four are its commenter's own acts: comments.intake.OwnAct. Then come three acts on the
    policy (moderation.policy.services), then acts about a person
    (moderation.people.sanctions), which name no comment. The last are those of the desk
    (moderation.desk), of which to lock, to slow and to move is of a branch, or to slow of a post
    alone, and a note on a source (moderation.sources).
    """

    RECEIVED = "received"
    PUBLISHED = "published"
    HELD = "held"
    REJECTED = "rejected"
    MARKED_SPAM = "marked spam"
    REMOVED = "removed"
    RESTORED = "restored"
    IMPORTED = "imported"
    REPORTED = "reported"
    KEPT = "kept"
    EDITED = "edited"
    WITHDRAWN = "withdrawn"
    RESUBMITTED = "resubmitted"
    APPEALED = "appealed"
    POLICY_DRAFTED = "policy drafted"
    POLICY_PUBLISHED = "policy published"
    POLICY_DISCARDED = "policy discarded"

    SANCTIONED = "sanctioned"
    TRUSTED = "trusted"
    LIFTED = "lifted"

    SLOWED = "slowed"
    SLOW_MODE_CHANGED = "slow mode changed"
    NO_LONGER_SLOWED = "no longer slowed"

    REDACTED = "redacted"
    UNDONE = "undone"
    OWED = "reply owed"
    NO_LONGER_OWED = "reply no longer owed"
    NOTED = "noted"
    LOCKED = "locked"
    LOCK_CHANGED = "lock changed"
    UNLOCKED = "unlocked"
    MOVED = "moved"
    SOURCE_NOTED = "source noted"


LABELS: Final[dict[str, str]] = {act.value: act.label for act in Act}
# By these, done by a person, a moderator has judged the comment as it then stood.
DECISIONS: Final = (
    Act.PUBLISHED,
    Act.HELD,
    Act.REJECTED,
    Act.MARKED_SPAM,
    Act.REMOVED,
    Act.RESTORED,
    Act.KEPT,
    Act.REDACTED,
)


class LogEntryQuerySet(models.QuerySet["LogEntry"]):
    """Sets of acts."""

    def standing(self) -> "LogEntryQuerySet":
        """Those that nobody has taken back."""
        return self.filter(~Exists(LogEntry.objects.filter(undoes_id=OuterRef("pk"))))


class LogEntry(models.Model):
    """One act. Plain ids, no names, addresses or texts: it outlives what it speaks of.

    Append-only: the database refuses UPDATE and DELETE. `actor_id` is None for the site itself
    (intake, imports) and for a reader who reports. `clause_id` is of the clause that was cited. An
    act on the policy has a `policy_id`, and neither comment nor post; what is done about a person
    has a `sanction_id`, no comment, and a post only if it holds under one; a note on a source has
    its `source_id` alone, slow mode of a conversation its post. `undoes_id` is of the act that this
    one takes back, which can be done once.
    """

    act = models.CharField(max_length=20, choices=Act)
    comment_id = models.BigIntegerField(null=True, blank=True, db_index=True)
    post_id = models.BigIntegerField(null=True, blank=True)
    sanction_id = models.BigIntegerField(null=True, blank=True)
    source_id = models.BigIntegerField(null=True, blank=True)
    actor_id = models.BigIntegerField(null=True, blank=True)
    policy_id = models.BigIntegerField(null=True, blank=True)
    clause_id = models.BigIntegerField(null=True, blank=True)
    undoes_id = models.BigIntegerField(null=True, blank=True)
    status_before = models.CharField(max_length=10, blank=True)
    status_after = models.CharField(max_length=10, blank=True)
    number = models.CharField(max_length=600, blank=True)
    at = models.DateTimeField(default=timezone.now)

    objects = LogEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "log entries"
        constraints = [
            models.UniqueConstraint(
                name="moderation_undone_once",
                fields=["undoes_id"],
                condition=Q(undoes_id__isnull=False),
            )
        ]
        indexes = [
            models.Index(
                name="moderation_acts_of_a_person",
                fields=["actor_id", "-at"],
                condition=Q(actor_id__isnull=False),
            ),
            models.Index(name="moderation_acts_in_time", fields=["-at"]),
            # The record, the latest first: one kind of act, under one post, by one clause.
            models.Index(name="moderation_acts_of_a_kind", fields=["act", "-id"]),
            models.Index(name="moderation_acts_under_a_post", fields=["post_id", "-id"]),
            models.Index(
                name="moderation_acts_by_a_clause",
                fields=["clause_id", "-id"],
                condition=Q(clause_id__isnull=False),
            ),
        ]
        permissions = [
            ("moderate_any", "Can decide on every comment"),
            ("moderate_own", "Can decide on comments under own posts"),
        ]

    def __str__(self) -> str:
        what = self.comment_id or (f"sanction {self.sanction_id}" if self.sanction_id else "")
        return f"{self.act} {what} at {self.at:%Y-%m-%d %H:%M}"

    def get_act_display(self) -> str:  # type: ignore[no-redef]
        """The act in words. Django's own makes a table of all acts for each row."""
        return LABELS.get(self.act, self.act)


class ReportQuerySet(models.QuerySet["Report"]):
    """Sets of reports."""

    def unanswered(self) -> "ReportQuerySet":
        """Those that no act of a moderator has answered yet."""
        return self.filter(answered_at=None)

    def answer(self, at: datetime) -> int:
        """Mark the unanswered ones of the set as answered; how many. One UPDATE."""
        return self.unanswered().update(answered_at=at)


class Report(models.Model):
    """What a reader says against a published comment; erasable, unlike the log.

    `reporter` is a digest for this comment alone: the reports of one reader can't be put together.
    """

    class Reason(models.TextChoices):
        """What it appeals to; with CLAUSE, `clause_id` says to which."""

        SPAM = "spam", "Spam or advertising"
        INSULT = "insult", "An insult or a threat"
        OFF_TOPIC = "off topic", "Off topic"
        PERSONAL = "personal data", "Somebody's personal data"
        OTHER = "other", "Something else"
        CLAUSE = "clause", "A clause of the policy"

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="reports")
    reporter = models.CharField(max_length=64)
    reason = models.CharField(max_length=20, choices=Reason)
    clause_id = models.BigIntegerField(
        null=True, blank=True, help_text="Of the clause as it was worded when this was sent."
    )
    text = models.TextField(blank=True)
    reported_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="moderation_one_report_of_a_reader", fields=["comment", "reporter"]
            ),
            models.CheckConstraint(
                name="moderation_report_names_its_clause",
                condition=Q(reason="clause", clause_id__isnull=False)
                | ~Q(reason="clause") & Q(clause_id__isnull=True),
            ),
        ]
        indexes = [
            # The queue: what is unanswered, oldest first.
            models.Index(
                name="moderation_open_reports",
                fields=["comment", "reported_at"],
                condition=Q(answered_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()}: comment {self.comment_id}"


class DecisionNote(models.Model):
    """What a moderator tells the commenter of a decision; erasable, unlike the log."""

    MAX_LENGTH: Final = 1000

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="+")
    log_entry_id = models.BigIntegerField(unique=True)
    text = models.CharField(max_length=MAX_LENGTH)

    def __str__(self) -> str:
        return f"note on {self.comment_id}"
