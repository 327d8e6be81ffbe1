"""The sources of a draft: what is known of each, and where it was posted before."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Self

from comments.intake import Draft
from moderation.screening.facts.asking import Question, Rows
from moderation.screening.facts.base import Asked
from moderation.screening.facts.earlier import COLUMNS, COUNTS, Earlier, earlier, parameters
from moderation.traces import digest_of, uses_in

LOOKED_UP: Final = 30  # sources of one draft
LATEST: Final = 100  # uses of each, which bounds the query

QUERY: Final = f"""
    SELECT source.digest, source.note, source.dealt_with, source.tell_writers, {COLUMNS}
    FROM moderation_source source
    LEFT JOIN LATERAL (
        SELECT comment_id FROM moderation_sourceuse use
        WHERE use.source_id = source.id AND NOT use.is_quoted
        ORDER BY comment_id DESC LIMIT {LATEST}
    ) latest ON true
    LEFT JOIN comments_comment c ON c.id = latest.comment_id AND {COUNTS}
    LEFT JOIN blog_post p ON p.id = c.post_id
    WHERE source.digest = ANY (%(digests)s)
    ORDER BY c.id DESC
"""  # noqa: S608 (put together from constants)


@dataclass(frozen=True)
class Posted:
    """One source of the draft."""

    source: str  # its normalised address
    address: str  # as typed
    is_quoted: bool = False
    note: str = ""
    dealt_with: str = ""
    tell_writers: bool = False
    uses: tuple[Earlier, ...] = ()  # of the latest hundred, newest first; not within quotes


@dataclass(frozen=True)
class Sources(Asked):
    """The first thirty sources of the draft."""

    posted: tuple[Posted, ...] = ()

    @classmethod
    def questions(cls, draft: Draft, at: datetime) -> Sequence[Question]:
        """See Asked; none where there is no link."""
        digests = list(_unknown(draft))
        return [Question(QUERY, {**parameters(draft, at), "digests": digests})] if digests else []

    @classmethod
    def read(cls, draft: Draft, at: datetime, answers: Sequence[Rows]) -> Self:
        """See Asked. Statuses and notes are those of now."""
        found = _unknown(draft)
        for rows in answers:
            for row in rows:
                found[row[0]] = _with(found[row[0]], draft, at, row)
        return cls(tuple(found.values()))


def _unknown(draft: Draft) -> dict[str, Posted]:
    """The draft's sources by their digests, as if none had been posted before."""
    uses = uses_in(draft.html)[:LOOKED_UP]
    return {digest_of(use.source): Posted(use.source, use.address, use.is_quoted) for use in uses}


def _with(known: Posted, draft: Draft, at: datetime, row: tuple[Any, ...]) -> Posted:
    _, note, dealt_with, tell_writers, *comment = row
    more = () if comment[0] is None else (earlier(draft, at, comment),)
    return replace(
        known,
        note=note,
        dealt_with=dealt_with,
        tell_writers=tell_writers,
        uses=known.uses + more,
    )
