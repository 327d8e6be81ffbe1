"""Pages of other sites that say they link to a post."""

from django.db import models
from django.utils import timezone

from blog.models import Post
from comments.models.comment import Comment


class ReceivedMentionQuerySet(models.QuerySet["ReceivedMention"]):
    """Sets of mentions."""

    def changed(self) -> "ReceivedMentionQuerySet":
        """Those whose page says something else than the comment, unseen by a moderator."""
        return self.filter(is_changed=True, comment__isnull=False)


class ReceivedMention(models.Model):
    """One page that is said to link to a post, and what was found when it was looked at.

    Said again, it is looked at again; it stays one row.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "to be looked at"
        TAKEN = "taken", "became a comment"
        REFUSED = "refused", "refused"
        FAILED = "failed", "could not be looked at"

    source = models.CharField("page", max_length=1000)
    target = models.CharField("linked to", max_length=1000)
    post = models.ForeignKey(Post, models.CASCADE, related_name="received_mentions")
    network = models.CharField(
        max_length=32, blank=True, help_text="A keyed digest of who said so; goes with the row."
    )
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    answer = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(default=timezone.now)
    comment = models.OneToOneField(
        Comment, models.SET_NULL, null=True, blank=True, related_name="mention"
    )

    said = models.TextField(
        blank=True, default="", db_default="", help_text="What its page said last, as a comment."
    )
    is_changed = models.BooleanField(
        "says something else by now",
        default=False,
        db_default=False,
        help_text="Its page says something else than the public comment, and nobody looked at it.",
    )

    objects = ReceivedMentionQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        verbose_name = "webmention that was received"
        verbose_name_plural = "webmentions that were received"
        indexes = [
            models.Index(
                fields=["comment"],
                condition=models.Q(is_changed=True),
                name="comments_changed_mentions",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                name="comments_one_mention_of_a_post", fields=["source", "post"]
            )
        ]

    def __str__(self) -> str:
        return self.source
