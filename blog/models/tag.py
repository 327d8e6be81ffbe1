"""Words that group posts."""

from django.db import models

from core.routes import address_of


class Tag(models.Model):
    """A word that groups posts."""

    name = models.CharField(max_length=100, unique=True)
    slug = models.SlugField(max_length=100, unique=True, allow_unicode=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return address_of("blog:tag", self.slug)
