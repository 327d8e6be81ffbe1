"""Numbers: what they count from, and the places that they name."""

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from blog.models import Post
from comments.models.comment import Comment


class Conversation(models.Model):
    """What all comments of one post share: the counter of top-level numbers."""

    post = models.OneToOneField(
        Post, on_delete=models.PROTECT, primary_key=True, related_name="conversation"
    )
    top_level = models.PositiveIntegerField(default=0, db_default=0)

    def __str__(self) -> str:
        return f"conversation under {self.post_id}"


class Place(models.Model):
    """A number under a post: allotted once, never reused, with the comment it leads to.

    A moved comment holds several; `Comment.number` says which is the current one. `replies` counts
    the numbers allotted below it and only grows.
    """

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=600)
    comment = models.ForeignKey(Comment, on_delete=models.RESTRICT, related_name="places")
    replies = models.PositiveIntegerField(default=0, db_default=0)
    left_at = models.DateTimeField(
        null=True, blank=True, help_text="When its comment moved elsewhere; none: it is here."
    )
    allotted_at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta:
        indexes = [
            models.Index(
                fields=["post"],
                condition=models.Q(left_at__isnull=False),
                name="comments_places_left",
            )
        ]
        constraints = [
            models.UniqueConstraint(name="comments_number_once", fields=["post", "number"]),
            # What a comment's current number refers to: a number of its own.
            models.UniqueConstraint(
                name="comments_number_once_of_a_comment", fields=["post", "number", "comment"]
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.number} under {self.post_id}"
