"""What the classifier knows: one row of hashed weights, what it was taught, what it says.

All of it may be emptied: it is made anew from the decisions.
"""

from typing import Final

from django.db import models
from django.utils import timezone

from comments.models import Comment


class Band(models.TextChoices):
    """How a comment compares with what was decided before."""

    FINE = "likely fine", "likely fine"
    UNCLEAR = "unclear", "unclear"
    SPAM = "likely spam", "likely spam"


class ClassifierState(models.Model):
    """The model: hashed weights and counts, no words. One row, locked to be changed."""

    ROW: Final = 1

    features_version = models.PositiveIntegerField()
    state = models.BinaryField()
    good_ones = models.PositiveIntegerField(default=0)
    spam = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(name="moderation_one_classifier_state", condition=models.Q(pk=1))
        ]

    def __str__(self) -> str:
        return f"{self.good_ones} good ones, {self.spam} spam"


class TaughtLesson(models.Model):
    """What one decision changed in the model, so that it is learned once and can be taken back."""

    comment = models.OneToOneField(Comment, on_delete=models.CASCADE, related_name="+")
    is_spam = models.BooleanField()
    text_digest = models.CharField(max_length=64)
    step = models.FloatField()
    score = models.FloatField()
    taught_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{'spam' if self.is_spam else 'good'}: {self.comment_id}"


class Likeness(models.Model):
    """What the classifier says of a comment that waits, and why. Gone once it is decided."""

    comment = models.OneToOneField(Comment, on_delete=models.CASCADE, related_name="likeness")
    score = models.FloatField(db_index=True, help_text="Above nought is more like spam.")
    band = models.CharField(max_length=20, choices=Band)
    words = models.JSONField(help_text="The strongest words, each with its part of the score.")
    judged_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "likenesses"

    def __str__(self) -> str:
        return f"{self.comment_id}: {self.band}"
