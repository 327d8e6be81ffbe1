"""Where the one Postgres is: DATABASE_URL, else the embedded one of the data folder."""

import os
from typing import Any, Final

from django.core.exceptions import ImproperlyConfigured
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from config import embedded

NAMES = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
# A request that waits longer than this has failed for its reader anyway; a runaway must not hold
# a lock that others queue behind.
LIMITS = "-c statement_timeout=30s -c lock_timeout=10s -c idle_in_transaction_session_timeout=60s"

# To a server that falls silent without closing, as one whose machine or network is gone, a query
# would wait for hours: its limits are the server's own. Seconds, but for the milliseconds of what
# is sent and not confirmed. Without meaning for a socket on the same machine.
WHEN_SILENT: Final = {
    "connect_timeout": 10,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}


def is_embedded() -> bool:
    """Whether the database is the embedded Postgres of the data folder."""
    return not os.environ.get("DATABASE_URL")


def from_environment() -> dict[str, Any]:
    """Django's settings for the default database; starts and creates nothing."""
    place: dict[str, Any] = (
        {**embedded.connection(embedded.data_folder()), "OPTIONS": {}}
        if is_embedded()
        else from_url(os.environ["DATABASE_URL"])
    )
    place["OPTIONS"].setdefault("options", LIMITS)
    place["OPTIONS"].setdefault("application_name", "colloquy")
    place["OPTIONS"] = {**WHEN_SILENT, **place["OPTIONS"]}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        **place,
    }


def from_url(url: str) -> dict[str, Any]:
    """A libpq address (`postgresql://…`) as Django's settings; its other parameters are options."""
    try:
        parts: dict[str, Any] = dict(conninfo_to_dict(url))
    except ProgrammingError as error:
        raise ImproperlyConfigured(f"DATABASE_URL can't be read: {error}".strip()) from error
    place: dict[str, Any] = {ours: parts.pop(theirs, "") for theirs, ours in NAMES.items()}
    return {**place, "OPTIONS": parts}
