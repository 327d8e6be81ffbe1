"""What one text says of other comments."""

from django.db import models

from blog.models import Post
from comments.models.comment import Comment


class Reference(models.Model):
    """`#1.6` in one comment's text, as of its last rendering: what back-links are made of."""

    source = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="references")
    target = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="referred_by")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="comments_reference_once", fields=["source", "target"])
        ]

    def __str__(self) -> str:
        return f"{self.source_id} refers to {self.target_id}"


class OpenReference(models.Model):
    """`#9` in a comment's text that was written before there was a 9 under its post.

    Pages compare it with the places allotted since, so that it is a link as soon as there is one:
    publication changes nothing here.
    """

    source = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="open_references")
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+", db_index=False)
    number = models.CharField(max_length=600)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="comments_open_reference_once", fields=["source", "number"]
            )
        ]
        indexes = [models.Index(name="comments_awaited_number", fields=["post", "number"])]

    def __str__(self) -> str:
        return f"{self.source_id} refers to #{self.number}, not yet there"
