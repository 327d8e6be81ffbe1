"""What came from elsewhere, so that it comes once."""

from django.db import models
from django.utils import timezone


class ImportedItem(models.Model):
    """One thing brought in, written in the transaction that made it.

    `origin` is the blog that it came from, `external_id` its name there. `object_id` is a plain
    number: what was deleted here since stays deleted when the same export comes again.
    """

    class Kind(models.TextChoices):
        AUTHOR = "author"
        POST = "post"
        COMMENT = "comment"

    system = models.CharField(max_length=20)
    origin = models.CharField(max_length=300)
    kind = models.CharField(max_length=10, choices=Kind)
    external_id = models.CharField(max_length=200)
    object_id = models.BigIntegerField()
    imported_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="transfer_imported_once", fields=["system", "origin", "kind", "external_id"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.external_id} of {self.origin}"
