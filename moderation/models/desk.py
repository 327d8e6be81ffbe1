"""What the desk keeps beside the log: replies that are owed, and notes that are said often."""

from typing import Any, Final

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from comments.models import Comment
from comments.status import Status
from moderation.models.record import DecisionNote


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    """Sets of replies that are owed."""

    def open(self) -> "FollowUpQuerySet":
        """Those neither dropped nor answered, of comments that are public.

        Answered is what whoever owes it, or the post's author, answered in that branch since.
        """
        later = Comment.objects.filter(
            Q(lft__gt=OuterRef("comment__lft"), rght__lt=OuterRef("comment__rght"))
            | Q(answers=OuterRef("comment")),
            Q(user=OuterRef("owed_by")) | Q(user=OuterRef("comment__post__author")),
            tree_id=OuterRef("comment__tree_id"),
            status=Status.PUBLISHED,
            submitted_at__gt=OuterRef("owed_at"),
        )
        return self.filter(~Exists(later), dropped_at=None, comment__status=Status.PUBLISHED)

    def due(self, user: Any) -> "FollowUpQuerySet":
        """Those open that `user` owes and has not put off."""
        now = timezone.now()
        awake = Q(snoozed_until=None) | Q(snoozed_until__lte=now)
        return self.open().filter(awake, owed_by=user.pk)


class FollowUp(models.Model):
    """Somebody means to answer a comment later; open until they do (FollowUpQuerySet.open)."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="follow_ups")
    owed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    owed_at = models.DateTimeField(default=timezone.now)
    snoozed_until = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="moderation_owed_once",
                fields=["comment", "owed_by"],
                condition=Q(dropped_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.owed_by_id} owes a reply to {self.comment_id}"


class PersonNote(models.Model):
    """What moderators tell each other of a person; erasable, and never shown to anybody else.

    `whose` is moderation.desk.writers.key_of: by what the person is known, without an address.
    """

    MAX_LENGTH: Final = 1000

    whose = models.CharField(max_length=100, db_index=True)
    text = models.CharField(max_length=MAX_LENGTH)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"note of {self.made_at:%Y-%m-%d}"


class DeskWords(models.Model):
    """The words of one comment for the desk's search: name, mail, address hash and text.

    Kept by a trigger on the table of comments, deleted with its comment by the database; a table of
    its own for the reason of comments.models.IndexedComment.
    """

    comment = models.OneToOneField(
        Comment, models.DO_NOTHING, primary_key=True, related_name="+", db_constraint=False
    )
    vector = SearchVectorField()

    class Meta:
        indexes = [GinIndex(fields=["vector"], name="moderation_desk_words")]

    def __str__(self) -> str:
        return f"words of comment {self.pk}"


class CannedNote(models.Model):
    """Words to a writer that are needed often; chosen where a comment is rejected."""

    TITLE_LENGTH: Final = 60

    title = models.CharField(max_length=TITLE_LENGTH)
    text = models.CharField(max_length=DecisionNote.MAX_LENGTH)

    class Meta:
        ordering = ["title", "pk"]

    def __str__(self) -> str:
        return self.title
