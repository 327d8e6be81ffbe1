"""The jobs of this app, where the worker looks for them."""

from core import jobs
from moderation.learning.jobs import judge_comment, judge_waiting, learn_decision
from moderation.notices.mails import make_notice
from moderation.notices.telling import tell_moderators
from moderation.sanctions import forget_addresses
from moderation.trace_jobs import take_stale_traces
from moderation.webhooks.delivering import deliver, forget_deliveries

__all__ = [
    "deliver",
    "forget_addresses_daily",
    "forget_deliveries",
    "judge_comment",
    "judge_waiting",
    "learn_decision",
    "make_notice",
    "take_stale_traces",
    "tell_moderators",
]


@jobs.periodic(name="moderation.forget_addresses", cron="23 3 * * *")
def forget_addresses_daily(timestamp: int) -> None:
    """Mail addresses of sanctions that are over are forgotten; every night."""
    forget_addresses()
