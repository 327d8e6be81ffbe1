"""Traces: the sources that a comment's present text links to, and the text's fingerprint.

Taken in the transaction that stores a text. What came otherwise, or was taken in another way or
from HTML of another version, is stale: `manage.py take_traces` and the worker see to it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import islice
from typing import Final, NamedTuple

from django.db import connection, transaction
from django.db.models import F, Q

from comments.links import link_addresses
from comments.models import Comment, CommentQuerySet
from core.prepared import Statement
from moderation import fingerprints
from moderation.sources import host_of, normalise

VERSION: Final = (
    2  # raise it when moderation.sources or moderation.fingerprints gives something else
)
BATCH: Final = 200
TAKEN_FROM: Final = ("html", "html_version", "version")
MOST_SOURCES: Final = 500  # of one comment: more is no citing
LONGEST_HOST: Final = 255

ADD_SOURCES: Final = Statement("""
    INSERT INTO moderation_source (digest, address, host, note, dealt_with, tell_writers,
                                   first_seen_at)
    SELECT digest, address, host, '', '', false, now()
    FROM unnest(%s::text[], %s::text[], %s::text[]) AS found (digest, address, host)
    ORDER BY digest
    ON CONFLICT (digest) DO NOTHING
""")
ADD_USES: Final = Statement("""
    INSERT INTO moderation_sourceuse (source_id, comment_id, address, is_quoted)
    SELECT source.id, found.comment_id, found.address, found.is_quoted
    FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::boolean[])
        AS found (digest, comment_id, address, is_quoted)
    JOIN moderation_source source ON source.digest = found.digest
    ON CONFLICT (source_id, comment_id) DO NOTHING
""")
DROP_USES: Final = "DELETE FROM moderation_sourceuse WHERE comment_id = ANY (%s)"
ADD_FINGERPRINTS: Final = Statement("""
    INSERT INTO moderation_fingerprint
        (comment_id, version, html_version, words, digest, bands, sketch)
    SELECT comment_id, %s, html_version, words, digest, bands::bigint[], sketch
    FROM unnest(%s::bigint[], %s::int[], %s::int[], %s::bigint[], %s::text[], %s::bytea[])
        AS taken (comment_id, html_version, words, digest, bands, sketch)
    ON CONFLICT (comment_id) DO UPDATE SET
        version = excluded.version, html_version = excluded.html_version, words = excluded.words,
        digest = excluded.digest, bands = excluded.bands, sketch = excluded.sketch
""")


class Use(NamedTuple):
    """A source in a text."""

    source: str  # its normalised address
    address: str
    is_quoted: bool


class Traces(NamedTuple):
    """What is kept of one comment's text."""

    comment_id: int
    html_version: int
    uses: tuple[Use, ...]
    fingerprint: fingerprints.Fingerprint


@lru_cache(maxsize=8)  # asked before the text is stored, and when it is
def uses_in(html: str) -> tuple[Use, ...]:
    """The sources that a rendered text links to, each once, in order; the first 500."""
    own = set(link_addresses(fingerprints.unquoted(html)))
    found: dict[str, Use] = {}
    for address in link_addresses(html):
        source = normalise(address)
        if source and (source not in found or (found[source].is_quoted and address in own)):
            found[source] = Use(source, address, address not in own)
    return tuple(islice(found.values(), MOST_SOURCES))


def digest_of(source: str) -> str:
    """By what the row of a normalised address is found, however long it is."""
    return blake2b(source.encode(), digest_size=16).hexdigest()


def take(comment: Comment) -> Traces:
    """The traces of a comment's present text. No query."""
    fingerprint = fingerprints.take_fingerprint(comment.html)
    return Traces(comment.pk, comment.html_version, uses_in(comment.html), fingerprint)


def record_traces(comment: Comment) -> None:
    """Keep the traces of a new comment: one statement, three if it has links.

    The caller holds the transaction that stores the text.
    """
    write([take(comment)])


def replace_traces(comment: Comment) -> None:
    """Keep the traces of another text in place of those of the last. One statement more."""
    _drop_uses([comment.pk])
    write([take(comment)])


def stale() -> CommentQuerySet:
    """Comments without traces, or with some that were taken in another way."""
    fresh = Q(fingerprint__version=VERSION) & Q(fingerprint__html_version=F("html_version"))
    comments: CommentQuerySet = Comment.objects.exclude(fresh)
    return comments


def take_stale(progress: Callable[[int], None], most: int | None = None) -> int:
    """Take the traces of stale comments, in the order of ids, `most` or a few more; how many.

    It may be ended anywhere and begun again. What is in somebody's hands meanwhile is left to the
    next run. `progress` hears how many are behind us. Opens its own transactions.
    """
    done, last = 0, 0
    while most is None or done < most:
        batch = list(stale().filter(pk__gt=last).order_by("pk").only(*TAKEN_FROM)[:BATCH])
        if not batch:
            break
        _replace_unchanged({comment.pk: comment.version for comment in batch}, map(take, batch))
        done, last = done + len(batch), batch[-1].pk
        progress(done)
    return done


def _replace_unchanged(versions: Mapping[int, int], traces: Iterable[Traces]) -> None:
    """Write what was taken from comments that are still at these versions.

    It waits for no lock: who writes a reply locks rows of the tree in another order.
    """
    taken = list(traces)  # before any row is locked
    with transaction.atomic():
        rows = Comment.objects.filter(pk__in=versions).select_for_update(
            skip_locked=True, no_key=True
        )
        now = dict(rows.order_by("pk").values_list("pk", "version"))
        unchanged = [one for one in taken if now.get(one.comment_id) == versions[one.comment_id]]
        _drop_uses([one.comment_id for one in unchanged])
        write(unchanged)


def write(traces: Sequence[Traces]) -> None:
    """Keep some traces: three statements at most. The caller holds a transaction."""
    uses = [(one.comment_id, use) for one in traces for use in one.uses]
    if uses:
        sources = sorted({use.source for _, use in uses})
        ADD_SOURCES.rows(
            [
                [digest_of(source) for source in sources],
                sources,
                [host_of(source)[:LONGEST_HOST] for source in sources],
            ]
        )
        # A statement of its own: it sees what another transaction added meanwhile.
        ADD_USES.rows(
            [
                [digest_of(use.source) for _, use in uses],
                [comment_id for comment_id, _ in uses],
                [use.address for _, use in uses],
                [use.is_quoted for _, use in uses],
            ]
        )
    if traces:
        ADD_FINGERPRINTS.rows([VERSION, *_columns(traces)])


def _columns(traces: Sequence[Traces]) -> list[list[object]]:
    prints = [one.fingerprint for one in traces]
    return [
        [one.comment_id for one in traces],
        [one.html_version for one in traces],
        [one.words for one in prints],
        [one.digest for one in prints],
        ["{" + ",".join(map(str, one.bands)) + "}" for one in prints],
        [one.sketch for one in prints],
    ]


def _drop_uses(comment_ids: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(DROP_USES, [list(comment_ids)])
