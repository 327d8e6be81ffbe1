"""Earlier comments whose text a draft repeats, wholly or nearly."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

from comments.intake import Draft
from moderation import fingerprints
from moderation.screening.facts.asking import Question, Rows
from moderation.screening.facts.base import Asked
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
class RepeatedTexts(Asked):
    """What is like the draft: the most alike first, of these the writer's own."""

    words: int = 0  # of the draft itself
    like: tuple[Like, ...] = ()

    @classmethod
    def questions(cls, draft: Draft, at: datetime) -> Sequence[Question]:
        """See Asked; none where the writer says nothing."""
        own = fingerprints.take_fingerprint(draft.html)
        asked = {**parameters(draft, at), "bands": list(own.bands)}
        return [Question(QUERY, asked)] if own.words else []

    @classmethod
    def read(cls, draft: Draft, at: datetime, answers: Sequence[Rows]) -> Self:
        """See Asked. Statuses and texts are those of now."""
        own = fingerprints.take_fingerprint(draft.html)
        compared = (_compare(own, draft, at, row) for rows in answers for row in rows)
        like = [one for one in compared if one is not None]
        like.sort(key=lambda one: (-one.similarity, not one.comment.is_own))
        return cls(own.words, tuple(like))


def _compare(
    own: fingerprints.Fingerprint, draft: Draft, at: datetime, row: tuple[Any, ...]
) -> Like | None:
    words, digest, sketch, *comment = row
    other = fingerprints.Fingerprint(words, digest, (), bytes(sketch))
    similarity = fingerprints.similarity(own, other)
    return Like(earlier(draft, at, comment), similarity) if similarity >= LEAST else None
