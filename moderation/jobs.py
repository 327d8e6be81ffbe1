"""The jobs of this app, where the worker looks for them."""

from core import jobs
from moderation.learning.jobs import judge_comment, judge_waiting, learn_decision
from moderation.sanctions import forget_addresses
from moderation.trace_jobs import take_stale_traces

__all__ = [
    "forget_addresses_daily",
    "judge_comment",
    "judge_waiting",
    "learn_decision",
    "take_stale_traces",
]


@jobs.periodic(name="moderation.forget_addresses", cron="23 3 * * *")
def forget_addresses_daily(timestamp: int) -> None:
    """Mail addresses of sanctions that are over are forgotten; every night."""
    forget_addresses()
