"""Moments read from the database at the speed of Python's own parser.

Django's reader of `timestamptz` takes 4 µs for each by code in Python: that was a third of the time
to build a page of 10,000 comments. What this one can't read, it leaves to the driver's.
"""

from datetime import UTC, datetime
from typing import Any

from psycopg.abc import Buffer
from psycopg.types.datetime import TimestamptzLoader


class UtcLoader(TimestamptzLoader):
    """For connections whose time zone is UTC: the database writes moments with `+00` then.

    `timezone` is what Django asks a loader for, and replaces it where that is not the connection's.
    """

    timezone = UTC

    def load(self, data: Buffer) -> datetime:
        """A moment of a year that Python has; the driver's DataError for any other."""
        try:
            return datetime.fromisoformat(str(data, "ascii"))
        except ValueError:
            return super().load(data)


def read_moments_fast(*, connection: Any, **_: object) -> None:
    """Receiver for new connections; one with another time zone keeps Django's reader."""
    if connection.vendor == "postgresql" and connection.timezone == UTC:
        connection.connection.adapters.register_loader("timestamptz", UtcLoader)
