"""How often something may be done: an exact count in Postgres, shared by all processes.

A window is fixed: it begins with its first hit and lasts `per`; at most `limit` hits pass in it. So
around the end of one window up to twice the limit may pass within `per`. Who hits is stored as a
keyed digest, never as an address or a name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac

from core.prepared import Statement

PRUNED_AT_ONCE: Final = 1000
COUNT: Final = Statement("""
    INSERT INTO core_ratewindow AS w (key, hits, ends_at) VALUES (%(key)s, 1, %(end)s)
    ON CONFLICT (key) DO UPDATE SET
        hits = CASE WHEN w.ends_at <= %(now)s THEN 1 ELSE least(w.hits, %(limit)s) + 1 END,
        ends_at = CASE WHEN w.ends_at <= %(now)s THEN excluded.ends_at ELSE w.ends_at END
    RETURNING hits, ends_at""")
SWEEPERS: Final = "0"  # how the digests of those begin who sweep


@dataclass(frozen=True)
class Hit:
    """Whether one try passes, and how long from now until the next window begins."""

    passes: bool
    wait: timedelta


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
    now = timezone.now()
    key = _key(purpose, who)
    count, ends_at = _count(key, limit, now, now + per)
    if count == 1 and key.startswith(SWEEPERS):
        prune(now)  # one in sixteen who open a window sweeps up old ones: no job has to
    return Hit(passes=count <= limit, wait=max(ends_at - now, timedelta(0)))


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


def _count(key: str, limit: int, now: datetime, end: datetime) -> tuple[int, datetime]:
    """Hits in the present window with this one, counted no further than limit + 1; and its end."""
    [(hits, ends_at)] = COUNT.rows({"key": key, "limit": limit, "now": now, "end": end})
    return hits, ends_at


def _key(purpose: str, who: str) -> str:
    return salted_hmac(f"ratelimit:{purpose}", who, algorithm="sha256").hexdigest()
