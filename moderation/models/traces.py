"""What is kept of each comment's present text, so that later ones can be compared with it.

Written by moderation.traces alone, in the transaction that stores the text; goes with the comment.
"""

from typing import Final

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import F, Func, Value
from django.utils import timezone

from comments.models import Comment

# The words of an address and of its note: the expression of the index, so of every search.
SOURCE_WORDS: Final = SearchVector(
    Func(
        F("address"),
        Value("[^[:alnum:]]+"),
        Value(" "),
        Value("g"),
        function="regexp_replace",
        output_field=models.TextField(),
    ),
    "note",
    config="simple",
)


class Source(models.Model):
    """What a link leads to: one row for each normalised address (moderation.sources).

    `note` is a moderator's standing word on it, `dealt_with` the address where it was answered;
    written by moderation.sources.noting.
    """

    NOTE_LENGTH: Final = 1000

    digest = models.CharField(max_length=32, unique=True, editable=False)  # an address may be long
    address = models.TextField(editable=False)
    host = models.CharField(max_length=255, editable=False)
    note = models.CharField(
        max_length=NOTE_LENGTH,
        blank=True,
        help_text="Shown in the queue wherever it is posted: “dealt with at …, weak because …”.",
    )
    dealt_with = models.CharField(
        max_length=700,
        blank=True,
        help_text="The address of the comment or post where it was answered.",
    )
    tell_writers = models.BooleanField(
        default=False, help_text="Show note and answer to whoever is about to post it."
    )
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )
    noted_at = models.DateTimeField(null=True, editable=False)
    first_seen_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["host", "id"], name="moderation_source_host"),
            GinIndex(SOURCE_WORDS, name="moderation_source_words"),
        ]

    def __str__(self) -> str:
        return self.address.removeprefix("https://")


class SourceUse(models.Model):
    """One source in one comment's present text, with the address as it was typed."""

    source = models.ForeignKey(
        Source, on_delete=models.CASCADE, related_name="uses", db_index=False
    )
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="sources")
    address = models.TextField()
    is_quoted = models.BooleanField(help_text="Only within a quote: somebody else's, repeated.")

    class Meta:
        constraints = [
            # Also the index by which the latest uses of a source are found.
            models.UniqueConstraint(name="moderation_source_once", fields=["source", "comment"])
        ]

    def __str__(self) -> str:
        return f"{self.source_id} in {self.comment_id}"


class Fingerprint(models.Model):
    """moderation.fingerprints.Fingerprint of a comment; also the sign that its traces are taken."""

    comment = models.OneToOneField(
        Comment, on_delete=models.CASCADE, primary_key=True, related_name="fingerprint"
    )
    version = models.PositiveSmallIntegerField(help_text="Of the way in which traces are taken.")
    html_version = models.PositiveSmallIntegerField(help_text="Of the HTML that it was taken from.")
    words = models.PositiveIntegerField()
    digest = models.BigIntegerField()
    bands = ArrayField(models.BigIntegerField())
    sketch = models.BinaryField()

    class Meta:
        # Without the list of pending entries, which every look-up would walk through.
        indexes = [GinIndex(name="moderation_bands", fields=["bands"], fastupdate=False)]

    def __str__(self) -> str:
        return f"fingerprint of {self.comment_id}"
