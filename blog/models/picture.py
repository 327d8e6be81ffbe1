"""Pictures in posts: a row each, the original out of reach, and what is made of it."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from blog.picture_sizes import Size, address, keys_in, largest


def make_key() -> str:
    """A part of an address that nobody guesses: pictures of drafts have one too."""
    return secrets.token_hex(8)


class PictureQuerySet(models.QuerySet["Picture"]):
    """Sets of pictures."""

    def sizes_in(self, text: str) -> dict[str, Size]:
        """The pictures that a text names, with their sizes. One query, none if it names none."""
        keys = keys_in(text)
        if not keys:
            return {}
        rows = self.filter(key__in=keys).values_list("key", "width", "height")
        return {key: Size(width, height) for key, width, height in rows}


class Picture(models.Model):
    """A picture that somebody uploaded. Its text stands where it is used, not here."""

    key = models.CharField(max_length=16, unique=True, default=make_key, editable=False)
    name = models.CharField(max_length=200, help_text="Of the file, to find it by.")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="pictures",
    )
    uploaded_at = models.DateTimeField(default=timezone.now, editable=False)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    made_at = models.DateTimeField(null=True, editable=False)
    trouble = models.CharField(max_length=300, blank=True, editable=False)

    objects = PictureQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at"]
        constraints = [
            models.CheckConstraint(
                name="blog_picture_has_an_area", condition=Q(width__gt=0, height__gt=0)
            ),
            models.CheckConstraint(
                name="blog_picture_is_made_or_in_trouble",
                condition=Q(made_at=None) | Q(trouble=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return address(self.key)

    @property
    def size(self) -> Size:
        """As the original is."""
        return Size(self.width, self.height)

    @property
    def shown_size(self) -> Size:
        """As the largest that is made of it."""
        return largest(self.size)

    @property
    def markdown(self) -> str:
        """What to put into a post; the words between the brackets are for its author to write."""
        return f"![]({self.get_absolute_url()})"

    @property
    def html(self) -> str:
        """The same for a post in HTML."""
        return f'<img src="{self.get_absolute_url()}" alt="">'
