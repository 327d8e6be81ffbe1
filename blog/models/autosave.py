"""What somebody typed and has not saved yet."""

from typing import Final

from django.conf import settings
from django.db import models
from django.utils import timezone

# What is kept of a form; the rest is chosen again in seconds.
KEPT: Final = ("title", "slug", "summary", "body")


class AutosaveQuerySet(models.QuerySet["Autosave"]):
    """Sets of unsaved texts."""

    def waiting(self) -> "AutosaveQuerySet":
        """Those whose form was not saved."""
        return self.filter(used_at=None)


class Autosave(models.Model):
    """The text of one open form. Each has a slot of its own, so that two tabs overwrite nothing.

    Saving the post uses it up: the row stays a while without text, so that a browser's own copy
    can learn that it is no longer needed.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="autosaves"
    )
    post = models.ForeignKey(
        "blog.Post", null=True, on_delete=models.CASCADE, related_name="autosaves"
    )
    slot = models.CharField(max_length=32)
    based_on = models.PositiveIntegerField(default=0)
    title = models.TextField(blank=True)
    slug = models.TextField(blank=True)
    summary = models.TextField(blank=True)
    body = models.TextField(blank=True)
    saved_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True)

    objects = AutosaveQuerySet.as_manager()

    class Meta:
        ordering = ["-saved_at"]
        constraints = [
            models.UniqueConstraint(name="blog_one_autosave_a_form", fields=["user", "slot"])
        ]

    def __str__(self) -> str:
        return self.title or "Untitled"
