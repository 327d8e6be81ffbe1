"""Which posts speak of the same things: found out by a job, read by the pages of posts."""

from typing import Final

from django.db import connection, transaction

from blog.models import IndexedPost, Post, RelatedPost

TELLING: Final = 20  # words by which a post is known
KEPT: Final = 10  # more than are shown: some may be drafts or gone when they are wanted
# A word tells the more of a post, the more often it has it and the fewer others do. Others are
# weighed by which of these words they have; a word that most posts have tells nothing.
FIND: Final = """
WITH posts AS (SELECT greatest(count(*), 2) AS number FROM blog_indexedpost),
own AS (
    SELECT word.lexeme, cardinality(word.positions) AS times,
        quote_literal(word.lexeme)::tsquery AS query
    FROM blog_indexedpost, unnest(vector) AS word WHERE post_id = %(post)s
    ORDER BY times DESC, lexeme LIMIT 200
),
counted AS (
    SELECT own.*, (SELECT count(*) FROM blog_indexedpost WHERE vector @@ own.query) AS holders
    FROM own
),
telling AS (
    SELECT query, ln(posts.number::float / holders) AS weight FROM counted, posts
    WHERE holders > 1 AND holders * 2 <= greatest(posts.number, 4)
    ORDER BY ln(1 + times) * ln(posts.number::float / holders) DESC, lexeme LIMIT %(telling)s
)
SELECT other.post_id, sum(telling.weight) AS likeness
FROM telling JOIN blog_indexedpost other ON other.vector @@ telling.query
JOIN blog_post post ON post.id = other.post_id AND post.kind = 'post'
WHERE other.post_id <> %(post)s
GROUP BY other.post_id HAVING count(*) > 1 ORDER BY likeness DESC, other.post_id DESC LIMIT %(kept)s
"""


def relate_post(*, post_id: int) -> int:
    """Find anew which posts are like one, and tell both sides of it; how many there are.

    Drafts too, since one may be published by the clock: who shows them asks `listed`.
    """
    with transaction.atomic():
        # One at a time: two would write the same pair.
        if not Post.objects.select_for_update(of=["self"]).filter(pk=post_id).exists():
            return 0
        IndexedPost.objects.filter(pk=post_id).update(is_related=True)
        like = _like(post_id)
        RelatedPost.objects.filter(post=post_id).delete()
        RelatedPost.objects.filter(other=post_id).delete()
        pairs = [(post_id, other, much) for other, much in like]
        pairs += [(other, post_id, much) for other, much in like]
        RelatedPost.objects.bulk_create(
            (RelatedPost(post_id=one, other_id=other, likeness=much) for one, other, much in pairs),
            update_conflicts=True,
            unique_fields=["post", "other"],
            update_fields=["likeness"],
        )
    return len(like)


def relate_changed_posts(at_most: int) -> int:
    """relate_post for some of those that changed since the last time; how many."""
    changed = IndexedPost.objects.filter(is_related=False).order_by("-post")
    posts = list(changed.values_list("pk", flat=True)[:at_most])
    for post_id in posts:
        relate_post(post_id=post_id)
    return len(posts)


def _like(post_id: int) -> list[tuple[int, float]]:
    with connection.cursor() as cursor:
        cursor.execute(FIND, {"post": post_id, "telling": TELLING, "kept": KEPT})
        return list(cursor.fetchall())
