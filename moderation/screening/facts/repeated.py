"""Earlier comments whose text a draft repeats, wholly or nearly."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

from django.db import connection

from comments.intake import Draft
from moderation import likeness
from moderation.screening.facts.base import Group
from moderation.screening.facts.earlier import COLUMNS, COUNTS, Earlier, earlier, parameters

LOOKED_UP: Final = 1000  # which share a band: this bounds the query where a text came very often
COMPARED: Final = 100

QUERY: Final = f"""
    SELECT likely.words, likely.digest, likely.sketch, {COLUMNS}
    FROM moderation_likely(%(bands)s::bigint[], {LOOKED_UP}) likely
    JOIN comments_comment c ON c.id = likely.comment_id
    JOIN blog_post p ON p.id = c.post_id
    WHERE {COUNTS}
    ORDER BY c.id DESC LIMIT {COMPARED}
"""  # noqa: S608 (put together from constants)
LEAST: Final = 0.2  # less alike than that is chance


@dataclass(frozen=True)
class Like:
    """An earlier comment with a similarity from 0 to 1 (the same words)."""

    comment: Earlier
    similarity: float


@dataclass(frozen=True)
class RepeatedTexts(Group):
    """What is like the draft: the most alike first, of these the writer's own."""

    words: int = 0  # of the draft itself
    like: tuple[Like, ...] = ()

    @classmethod
    def gather(cls, draft: Draft, at: datetime) -> Self:
        """See Group; no query where the writer says nothing. Statuses and texts as of now."""
        own = likeness.take_fingerprint(draft.html)
        if not own.words:
            return cls()
        with connection.cursor() as cursor:
            cursor.execute(QUERY, {**parameters(draft, at), "bands": list(own.bands)})
            compared = [_compare(own, draft, at, row) for row in cursor]
        like = [one for one in compared if one.similarity >= LEAST]
        like.sort(key=lambda one: (-one.similarity, not one.comment.is_own))
        return cls(own.words, tuple(like))


def _compare(own: likeness.Fingerprint, draft: Draft, at: datetime, row: tuple[Any, ...]) -> Like:
    words, digest, sketch, *comment = row
    other = likeness.Fingerprint(words, digest, (), bytes(sketch))
    return Like(earlier(draft, at, comment), likeness.similarity(own, other))
