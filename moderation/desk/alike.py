"""Earlier comments whose words are nearly those of a card's."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from django.db import connection

from blog.models import Post
from comments.models import Comment
from moderation.fingerprints import Fingerprint, similarity

COMPARED: Final = 30  # that share a band with the card's text
SHOWN: Final = 3
ALIKE: Final = 0.5  # of the runs of words in common

QUERY: Final = f"""
    SELECT own.comment_id, own.words, own.digest, own.sketch, likely.words, likely.digest,
        likely.sketch, other.id, other.name, other.status, other.number, post.title, post.slug,
        post.kind
    FROM moderation_fingerprint own
    CROSS JOIN LATERAL moderation_likely(own.bands, {COMPARED}) likely
    JOIN comments_comment other ON other.id = likely.comment_id
    JOIN blog_post post ON post.id = other.post_id
    WHERE own.comment_id = ANY (%(ids)s) AND own.words > 0 AND likely.comment_id <> own.comment_id
"""  # noqa: S608 (put together from constants)


class Alike(NamedTuple):
    """One of them, with its share of words in common in per cent."""

    per_cent: int
    comment: Comment


def alike(comment_ids: Iterable[int]) -> dict[int, list[Alike]]:
    """Of each comment the most alike. One query."""
    found: dict[int, list[Alike]] = {}
    with connection.cursor() as cursor:
        cursor.execute(QUERY, {"ids": list(comment_ids)})
        for pk, *rest in cursor.fetchall():
            own, other, row = rest[:3], rest[3:6], rest[6:]
            share = similarity(_print(*own), _print(*other))
            if share >= ALIKE:
                found.setdefault(pk, []).append(Alike(round(share * 100), _comment(*row)))
    return {pk: sorted(some, reverse=True, key=_closest)[:SHOWN] for pk, some in found.items()}


def _closest(one: Alike) -> tuple[int, int]:
    return (one.per_cent, one.comment.pk)


def _print(words: int, digest: int, sketch: bytes) -> Fingerprint:
    return Fingerprint(words, digest, (), bytes(sketch))


def _comment(  # noqa: PLR0917 (a row, in the order of its columns)
    pk: int, name: str, status: str, number: str | None, title: str, slug: str, kind: str
) -> Comment:
    post = Post(title=title, slug=slug, kind=kind)
    return Comment(pk=pk, name=name, status=status, number=number, post=post)
