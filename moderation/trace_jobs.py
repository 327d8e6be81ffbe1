"""What the worker does for traces."""

from typing import Final

from core import jobs
from moderation.traces import take_stale

TRACES_AT_ONCE: Final = 20_000  # half a minute's work


@jobs.periodic(name="moderation.take_stale_traces", cron="*/5 * * * *")
def take_stale_traces(timestamp: int) -> None:
    """Comments that were imported, or rendered anew, get their traces. Every five minutes."""
    take_stale(lambda done: None, most=TRACES_AT_ONCE)
