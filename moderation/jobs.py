"""The jobs of this app, where the worker looks for them."""

from typing import Final

from core import jobs
from moderation.learning.jobs import judge_comment, judge_waiting, learn_decision
from moderation.notices.mails import make_notice
from moderation.notices.telling import tell_moderators
from moderation.outside import check_comment
from moderation.people.sanctions import forget_addresses
from moderation.retention import erase
from moderation.rules import rehearsal
from moderation.trace_jobs import take_stale_traces
from moderation.webhooks.delivering import deliver, forget_deliveries

__all__ = [
    "check_comment",
    "deliver",
    "enqueue_rehearsal",
    "erase",
    "forget_addresses_daily",
    "forget_deliveries",
    "judge_comment",
    "judge_waiting",
    "learn_decision",
    "make_notice",
    "rehearse",
    "take_stale_traces",
    "tell_moderators",
]

SECONDS_AT_A_TIME: Final = 20  # then mails and other jobs have their turn


@jobs.task(name="moderation.rehearse")
def rehearse(*, rehearsal_id: int) -> None:
    """Carry a rehearsal on, and leave what is left to the next job."""
    if rehearsal.carry_on(rehearsal_id, seconds=SECONDS_AT_A_TIME):
        enqueue_rehearsal(rehearsal_id)


def enqueue_rehearsal(rehearsal_id: int) -> None:
    """Have the worker carry a rehearsal on."""
    jobs.enqueue(rehearse, rehearsal_id=rehearsal_id)


@jobs.periodic(name="moderation.forget_addresses", cron="23 3 * * *")
def forget_addresses_daily(timestamp: int) -> None:
    """Mail addresses of sanctions that are over are forgotten; every night."""
    forget_addresses()
