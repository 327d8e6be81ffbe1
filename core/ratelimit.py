"""How often something may be done: an exact count in Postgres, shared by all processes.

A window is fixed: it begins with its first hit and lasts `per`; at most `limit` hits pass in it. So
around the end of one window up to twice the limit may pass within `per`. Who hits is stored as a
keyed digest, never as an address or a name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac

from core.prepared import Statement, rows_of_each

PRUNED_AT_ONCE: Final = 1000
COUNT: Final = """
    INSERT INTO core_ratewindow AS w (key, hits, ends_at)
    SELECT %(key)s, 1, %(end)s::timestamptz {on_condition}
    ON CONFLICT (key) DO UPDATE SET
        hits = CASE WHEN w.ends_at <= %(now)s THEN 1 ELSE least(w.hits, %(limit)s) + 1 END,
        ends_at = CASE WHEN w.ends_at <= %(now)s THEN excluded.ends_at ELSE w.ends_at END
    RETURNING hits, ends_at"""
FIRST: Final = Statement(COUNT.format(on_condition=""))
AFTER_OTHERS: Final = Statement(
    COUNT.format(
        on_condition="""WHERE NOT EXISTS (
            SELECT FROM unnest(%(keys)s::text[], %(limits)s::int[]) AS before (key, most)
            JOIN core_ratewindow counted USING (key) WHERE counted.hits > before.most)"""
    )
)
SWEEPERS: Final = "0"  # how the digests of those begin who sweep


@dataclass(frozen=True)
class Hit:
    """Whether one try passes, and how long from now until the next window begins."""

    passes: bool
    wait: timedelta


@dataclass(frozen=True)
class Allowance:
    """That `who` may do something at most `limit` times in `per`."""

    who: str
    limit: int
    per: timedelta


@dataclass(frozen=True)
class Standing:
    """How many tries the present window has seen, and how long from now until the next begins."""

    hits: int
    wait: timedelta


def standings(pairs: Sequence[tuple[str, str]]) -> list[Standing]:
    """Where each (purpose, who) stands, in order; counts nothing. One query, none for no pair."""
    if not pairs:
        return []
    now = timezone.now()
    keys = [_key(*pair) for pair in pairs]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT key, hits, ends_at FROM core_ratewindow WHERE key = ANY(%s) AND ends_at > %s",
            [keys, now],
        )
        found = {key: Standing(hits, ends_at - now) for key, hits, ends_at in cursor.fetchall()}
    return [found.get(key, Standing(0, timedelta(0))) for key in keys]


def hit(purpose: str, who: str, *, limit: int, per: timedelta) -> Hit:
    """Count one try of `who` at `purpose`. Exact however many try at once.

    Call it outside a transaction: within one, others who share the key wait for its end, and a
    rollback forgets the try. A refused try does not lengthen the wait.
    """
    return hit_each(purpose, [Allowance(who, limit, per)])[0]


def hit_each(purpose: str, allowances: Sequence[Allowance]) -> list[Hit]:
    """Count one try against each in turn, as `hit` does, until one does not pass.

    That one is the last of those that are returned: of the others nothing was counted. Whoever
    stands there twice needs the same limit in both. What two tries share has to stand in the same
    order in both, or they may wait for each other. One query, none for no allowance.
    """
    now = timezone.now()
    keys = [_key(purpose, one.who) for one in allowances]
    limits = [one.limit for one in allowances]
    asked: list[tuple[Statement, Mapping[str, Any]]] = []
    for n, (key, one) in enumerate(zip(keys, allowances, strict=True)):
        values = {"key": key, "limit": one.limit, "now": now, "end": now + one.per}
        before = {"keys": keys[:n], "limits": limits[:n]}
        asked.append((AFTER_OTHERS, values | before) if n else (FIRST, values))
    counted = [row for rows in rows_of_each(asked) for row in rows]
    # One in sixteen who open a window sweeps up old ones: no job has to.
    if any(n == 1 and key.startswith(SWEEPERS) for key, (n, _) in zip(keys, counted, strict=False)):
        prune(now)
    return [
        Hit(passes=n <= one.limit, wait=max(ends_at - now, timedelta(0)))
        for one, (n, ends_at) in zip(allowances, counted, strict=False)
    ]


def forget(purpose: str, who: str) -> None:
    """Begin anew for `who`, as after a success that excuses earlier failures."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM core_ratewindow WHERE key = %s", [_key(purpose, who)])


def prune(now: datetime | None = None) -> int:
    """Delete up to 1,000 windows that have ended; how many. Waits for nobody."""
    with connection.cursor() as cursor:
        # Rows that somebody renews just now are skipped: two sweepers can't block each other.
        cursor.execute(
            "DELETE FROM core_ratewindow WHERE key IN ("
            " SELECT key FROM core_ratewindow WHERE ends_at <= %s"
            " ORDER BY ends_at LIMIT %s FOR UPDATE SKIP LOCKED)",
            [now or timezone.now(), PRUNED_AT_ONCE],
        )
        return cursor.rowcount


def _key(purpose: str, who: str) -> str:
    return salted_hmac(f"ratelimit:{purpose}", who, algorithm="sha256").hexdigest()
