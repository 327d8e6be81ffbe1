"""What the desk keeps beside the log: replies that are owed, and notes that are said often."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from blog.models import Post
from comments.models import Comment
from comments.status import Status
from core import site
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

    def due(self, user: Any, now: datetime | models.Expression | None = None) -> "FollowUpQuerySet":
        """Those open that `user` owes and has not put off until after `now`."""
        awake = Q(snoozed_until=None) | Q(snoozed_until__lte=now or timezone.now())
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


class BranchMove(models.Model):
    """Where a branch was before a moderator moved it, for putting it back exactly."""

    head = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="+")
    log_entry_id = models.BigIntegerField(unique=True)
    from_post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    from_parent = models.ForeignKey(Comment, on_delete=models.RESTRICT, null=True, related_name="+")
    from_tree_id = models.PositiveIntegerField()
    behind_id = models.BigIntegerField(
        null=True, help_text="The sibling that it stood behind; none: it was the first."
    )
    moved_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.head_id} left {self.from_post_id}"


class Claim(models.Model):
    """A moderator is at a comment (moderation.desk.claiming); over after a while, no act."""

    comment = models.OneToOneField(Comment, on_delete=models.CASCADE, primary_key=True)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    claimed_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.claimed_by_id} is on {self.comment_id}"

    @property
    def is_in_force(self) -> bool:
        """By the settings of the site; no query while they are fresh."""
        minutes = site.current().claim_minutes
        return self.claimed_at > timezone.now() - timedelta(minutes=minutes)


class UsedLink(models.Model):
    """A link of a mail by which somebody decided (moderation.desk.deciding); kept for 7 days."""

    digest = models.CharField(max_length=64, unique=True)
    log_entry_id = models.BigIntegerField(null=True, help_text="Of the act that it was used for.")
    used_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"used at {self.used_at:%Y-%m-%d %H:%M}"


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
