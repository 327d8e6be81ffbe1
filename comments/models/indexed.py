"""What the search knows of each published comment; the database writes it."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from comments.models.comment import Comment


class IndexedComment(models.Model):
    """The words of one published comment with their weights: name B, text C.

    Kept by a trigger on the table of comments; deleted with its comment by the database. A table
    of its own: an insert into a tree rewrites the rows behind it, and would rewrite these too.
    """

    comment = models.OneToOneField(
        Comment, models.DO_NOTHING, primary_key=True, related_name="indexed", db_constraint=False
    )
    vector = SearchVectorField()
    language = models.CharField(max_length=20, db_index=True)

    class Meta:
        indexes = [GinIndex(fields=["vector"], name="comments_words")]

    def __str__(self) -> str:
        return f"words of comment {self.pk}"
