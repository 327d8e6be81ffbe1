"""The jobs of this app, where the worker looks for them."""

from core import jobs
from moderation.learning.jobs import judge_comment, judge_waiting, learn_decision
from moderation.sanctions import forget_addresses

__all__ = ["forget_addresses_daily", "judge_comment", "judge_waiting", "learn_decision"]


@jobs.periodic(name="moderation.forget_addresses", cron="23 3 * * *")
def forget_addresses_daily(timestamp: int) -> None:
    """Mail addresses of sanctions that are over are forgotten; every night."""
    forget_addresses()
