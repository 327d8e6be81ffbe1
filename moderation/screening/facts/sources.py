"""The sources of a draft: what is known of each, and where it was posted before."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Self

from django.db import connection

from comments.intake import Draft
from moderation.screening.facts.base import Group
from moderation.screening.facts.earlier import COLUMNS, COUNTS, Earlier, earlier, parameters
from moderation.traces import Use, digest_of, uses_in

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
class Sources(Group):
    """The first thirty sources of the draft."""

    posted: tuple[Posted, ...] = ()

    @classmethod
    def gather(cls, draft: Draft, at: datetime) -> Self:
        """See Group; no query where there is no link. Statuses and notes are those of now."""
        found = {digest_of(use.source): _unknown(use) for use in uses_in(draft.html)[:LOOKED_UP]}
        if not found:
            return cls()
        with connection.cursor() as cursor:
            cursor.execute(QUERY, {**parameters(draft, at), "digests": list(found)})
            for row in cursor:
                found[row[0]] = _with(found[row[0]], draft, at, row)
        return cls(tuple(found.values()))


def _unknown(use: Use) -> Posted:
    return Posted(use.source, use.address, use.is_quoted)


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
