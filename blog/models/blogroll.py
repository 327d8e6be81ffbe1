"""The blogs that this one's authors read."""

from django.core.validators import URLValidator
from django.db import models

WEB_ONLY = URLValidator(schemes=["http", "https"])


class Blogroll(models.Model):
    """One blog that the authors read and recommend."""

    title = models.CharField(max_length=200)
    address = models.URLField(max_length=500, unique=True, validators=[WEB_ONLY])
    feed = models.URLField(
        max_length=500,
        blank=True,
        validators=[WEB_ONLY],
        help_text="Its feed; only with one can a feed reader take it over.",
    )
    note = models.CharField(max_length=300, blank=True, help_text="Why one should read it.")

    class Meta:
        ordering = ["title", "pk"]
        verbose_name = "blog in the blogroll"
        verbose_name_plural = "blogroll"

    def __str__(self) -> str:
        return self.title
