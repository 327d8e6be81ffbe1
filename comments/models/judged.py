"""What was judged and why: earlier texts, the reasons of verdicts, appeals. All erasable."""

from typing import Final

from django.db import models
from django.db.models import Q
from django.utils import timezone

from comments.models.comment import Comment


class Revision(models.Model):
    """A text that a comment had before its present one: its source, for writer and moderators."""

    class Replacement(models.TextChoices):
        """What put another text in its place."""

        EDIT = "edit"
        RESUBMISSION = "resubmission"
        REDACTION = "redaction"  # a moderator took something out

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="revisions")
    text = models.TextField()
    replaced_by = models.CharField(max_length=12, choices=Replacement)
    replaced_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="comments_resubmitted_once",
                fields=["comment"],
                condition=Q(replaced_by="resubmission"),
            )
        ]

    def __str__(self) -> str:
        return f"text of {self.comment_id} until {self.replaced_at:%Y-%m-%d %H:%M}"


class Appeal(models.Model):
    """What a commenter says against a rejection or removal; one for each comment. Erasable."""

    MAX_LENGTH: Final = 1000

    comment = models.OneToOneField(Comment, on_delete=models.CASCADE, related_name="appeal")
    text = models.CharField(max_length=MAX_LENGTH)
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"appeal for {self.comment_id}"


class RecordedReason(models.Model):
    """One reason of the verdict on a comment, kept with its evidence; erasable, unlike the log."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="reasons")
    revision = models.ForeignKey(
        Revision,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="reasons",
        help_text="The earlier text that it judged; none: the present one.",
    )
    rule = models.CharField(max_length=50)
    effect = models.CharField(max_length=10)
    sentence = models.TextField()
    evidence = models.JSONField(default=dict, blank=True)
    advice = models.TextField(
        blank=True, default="", db_default="", help_text="The same for its writer; may be empty."
    )
    clause_id = models.BigIntegerField(
        null=True, blank=True, help_text="The screener's own, of the clause that the rule names."
    )
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.sentence
