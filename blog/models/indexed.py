"""What the search knows of each post. The database writes it, as it stores the post."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from blog.models.post import Post


class IndexedPost(models.Model):
    """The words of one post with their weights: title A, summary B, text C.

    Kept by a trigger on the table of posts, so that no way of saving one can forget it; deleted
    with its post by the database. A table of its own, since the words are long.
    """

    post = models.OneToOneField(
        Post, models.DO_NOTHING, primary_key=True, related_name="indexed", db_constraint=False
    )
    vector = SearchVectorField()
    language = models.CharField(max_length=20, db_index=True)
    is_related = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Whether posts like it were looked for since it last changed.",
    )

    class Meta:
        indexes = [
            GinIndex(fields=["vector"], name="blog_words_of_posts"),
            models.Index(
                fields=["post"], name="blog_to_be_related", condition=models.Q(is_related=False)
            ),
        ]

    def __str__(self) -> str:
        return f"words of post {self.pk}"


class RelatedPost(models.Model):
    """That two posts speak of the same things, found out by a job: one row each way."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="related")
    other = models.ForeignKey(Post, models.CASCADE, related_name="+")
    likeness = models.FloatField()

    class Meta:
        constraints = [models.UniqueConstraint(name="blog_related_once", fields=["post", "other"])]

    def __str__(self) -> str:
        return f"{self.post_id} and {self.other_id}"
