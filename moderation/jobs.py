"""What moderation leaves to the worker."""

from typing import Final

from core import jobs
from moderation import outside, rehearsal

check_comment: Final = outside.check_comment  # registered where it is enqueued
SECONDS_AT_A_TIME: Final = 20  # then mails and other jobs have their turn


@jobs.task(name="moderation.rehearse")
def rehearse(*, rehearsal_id: int) -> None:
    """Carry a rehearsal on, and leave what is left to the next job."""
    if rehearsal.carry_on(rehearsal_id, seconds=SECONDS_AT_A_TIME):
        enqueue_rehearsal(rehearsal_id)


def enqueue_rehearsal(rehearsal_id: int) -> None:
    """Have the worker carry a rehearsal on."""
    jobs.enqueue(rehearse, rehearsal_id=rehearsal_id)
