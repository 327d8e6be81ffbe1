"""How a comment came in: the form that made it, and the address that came with it."""

from django.db import models
from django.utils import timezone

from comments.models.comment import Comment


class Confirmation(models.Model):
    """A link sent to the address that came with a comment; see comments.confirmations."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="+")
    mail = models.EmailField()
    digest = models.CharField(max_length=64, unique=True, help_text="Of the token in the link.")
    remember = models.BooleanField(help_text="The sender asked to be remembered.")
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"confirmation of the address of {self.comment_id}"


class Submission(models.Model):
    """A form already received: the same one again within an hour leads to the same comment."""

    digest = models.CharField(max_length=64, primary_key=True)
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="+", null=True)
    received_at = models.DateTimeField(default=timezone.now, db_index=True)
    # That of the form that made the comment: who sends it again has the same page before them.
    stamp = models.CharField(max_length=200, blank=True, default="", db_default="")

    def __str__(self) -> str:
        return f"submission of {self.comment_id}"
