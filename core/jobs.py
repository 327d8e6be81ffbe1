"""Work that a request leaves to the worker. The only room that knows which library queues it.

A job lives in the same Postgres, so it exists exactly if the change that asked for it was
committed. It carries ids, never texts, and may run twice: what it does must bear that. An app's
own jobs stand in its `jobs.py`, where the worker finds them.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, ParamSpec, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.utils import timezone
from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from procrastinate.middleware import SyncCallNext
from procrastinate.psycopg_connector import PsycopgConnector
from procrastinate.tasks import Task, configure_task
from procrastinate.worker import Worker
from psycopg import Error as DriverError

from core.ending import Pool, ToldToEnd, signals_kept

logger = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

HOUSEKEEPING: Final = "housekeeping"
# A worker reports every 10 seconds; after so long without a report it counts as dead.
DEAD_AFTER: Final = timedelta(seconds=30)
# A job that takes its worker down with it must not do so for ever.
MOST_RUNS_OF_A_KILLER: Final = 20
# Hours for which a job is kept after its end: housekeeping, succeeded, failed.
KEPT: Final = (24, 7 * 24, 30 * 24)


@dataclass(frozen=True)
class Backoff(BaseRetryStrategy):
    """Seconds to wait after each failure, the last one for all further, until `most` have failed.

    As it stands: five days of trying, as long as mail servers do.
    """

    waits: tuple[int, ...] = (10, 60, 300, 900)
    most: int = 480

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if job.attempts + 1 >= self.most:
            return None
        wait = self.waits[min(job.attempts, len(self.waits) - 1)]
        return RetryDecision(retry_in={"seconds": wait})


LAST: Final = -10
ONCE: Final = Backoff(most=1)
PATIENT: Final = Backoff()


def task(
    *, name: str, retry: Backoff = PATIENT, priority: int = 0
) -> Callable[[Callable[P, R]], Task[P, R, P]]:
    """Register a function as the job of this name, by which waiting jobs still know it tomorrow.

    Of what is due, the worker takes the highest priority first: LAST for what strangers can ask for
    in numbers, so that no mail waits behind it.
    """
    return app.task(
        name=name,
        retry=retry,
        priority=priority,
        task_middleware=[_close_connection, _leave_to_twin],
    )


def periodic(*, name: str, cron: str) -> Callable[[Callable[[int], None]], Any]:
    """Register a function that the worker calls at these times with the time as a number."""

    def register(function: Callable[[int], None]) -> Any:
        job = app.task(name=name, queue=HOUSEKEEPING, task_middleware=[_close_connection])(function)
        return app.periodic(cron=cron)(job)

    return register


def enqueue(
    what: Task[Any, Any, Any],
    /,
    *,
    key: str | None = None,
    due_at: datetime | None = None,
    **arguments: int | str,
) -> bool:
    """Have the worker run a task once the caller's transaction is committed, and only then.

    Not before `due_at`, if that is given. Of one `key` only one job waits at a time: False when
    this one was not needed.
    """
    # Not by the library's app: inside a worker that has connections of its own, and the job would
    # be there before, or without, the change that asks for it.
    job = configure_task(
        name=what.name,
        job_manager=JobManager(DjangoConnector()),
        queue=what.queue,
        queueing_lock=key,
        priority=what.priority,
        schedule_at=due_at,
        task_kwargs=dict(arguments),
    )
    if key is None:
        job.defer()
        return True
    try:
        with transaction.atomic():  # else a refused job would spoil the caller's transaction
            job.defer()
    except AlreadyEnqueued:
        return False
    return True


def work(*, wait: bool = True) -> None:
    """Run jobs, one at a time: until SIGINT or SIGTERM, or, without `wait`, until none is due.

    A signal lets the job at hand end; for a database that is away then nobody waits. One worker is
    enough; two do not disturb each other.
    """
    with signals_kept() as told_to_end:
        asyncio.run(_work(told_to_end, wait=wait))


async def _work(told_to_end: ToldToEnd, *, wait: bool) -> None:
    pools: list[Pool] = []
    tell_in = asyncio.get_running_loop().call_soon_threadsafe

    def make_pool(**options: Any) -> Pool:
        pools.append(pool := Pool(**options))
        if told_to_end.is_so:
            pool.hurry()
        return pool

    def hurry() -> None:
        for pool in pools:
            pool.hurry()

    # The connector that the library makes for Django, with a pool that can be hurried.
    connector = PsycopgConnector(pool_factory=make_pool, kwargs=connector_params(DEFAULT_DB_ALIAS))
    with app.replace_connector(connector), told_to_end.passed_on(lambda: tell_in(hurry)):
        try:
            async with app.open_async():
                await _run(told_to_end, tell_in, wait=wait)
        except (ConnectorException, DriverError):
            if not told_to_end.is_so:
                raise
            logger.warning("The worker ended without the database.", exc_info=True)


async def _run(
    told_to_end: ToldToEnd, tell_in: Callable[[Callable[[], Any]], Any], *, wait: bool
) -> None:
    # Not by the library's handlers: those are there only when it has signed on already.
    working = asyncio.create_task(
        app.run_worker_async(
            wait=wait,
            listen_notify=wait,
            install_signal_handlers=False,
            stalled_worker_timeout=DEAD_AFTER.total_seconds(),
        )
    )
    with told_to_end.passed_on(lambda: tell_in(working.cancel)):
        await asyncio.wait([working])
    if not working.cancelled():
        working.result()


def worker_seen_at() -> datetime | None:
    """When a worker last gave a sign of life; None if none ever did. One cheap query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT greatest("
            " (SELECT max(last_heartbeat) FROM procrastinate_workers),"
            " (SELECT at FROM procrastinate_events WHERE type = 'started' ORDER BY id DESC LIMIT 1)"
            ")"
        )
        row = cursor.fetchone()
    return row[0] if row else None


def worker_missing() -> str:
    """Empty while a worker runs, else since when none does, as the end of a sentence."""
    seen = worker_seen_at()
    if seen is None:
        return "no worker has run yet"
    if timezone.now() - seen < 2 * DEAD_AFTER:
        return ""
    return f"no worker has run since {timezone.localtime(seen):%Y-%m-%d %H:%M %Z}"


def _close_connection(run: SyncCallNext, context: JobContext, worker: Worker) -> Any:
    """A thread of the worker may stay idle for hours: its connection ends with its job."""
    try:
        return run()
    finally:
        connection.close()


def _leave_to_twin(run: SyncCallNext, context: JobContext, worker: Worker) -> Any:
    """A failed job may not go back to wait beside another of its key: it leaves the work to it."""
    try:
        return run()
    except Exception:
        twin = ProcrastinateJob.objects.filter(
            status=Status.TODO.value, queueing_lock=context.job.queueing_lock
        )
        if context.job.queueing_lock and twin.exists():
            return None
        raise


@app.periodic(cron="* * * * *")
@app.task(name="core.rescue", queue=HOUSEKEEPING, pass_context=True)
async def rescue(context: JobContext, timestamp: int) -> None:
    """Jobs whose worker died in the middle wait again. Runs every minute."""
    manager = context.app.job_manager
    seconds = DEAD_AFTER.total_seconds()
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=seconds):
        await _rescue(manager, job)


async def _rescue(manager: JobManager, job: Job) -> None:
    if job.attempts >= MOST_RUNS_OF_A_KILLER:
        await manager.finish_job(job, Status.FAILED, delete_job=False)
        return
    try:
        await manager.retry_job(job)
    except UniqueViolation:  # another of its key waits already
        await manager.finish_job(job, Status.FAILED, delete_job=False)


@app.periodic(cron="17 * * * *")
@app.task(name="core.prune_jobs", queue=HOUSEKEEPING, pass_context=True)
async def prune_jobs(context: JobContext, timestamp: int) -> None:
    """Jobs that ended are forgotten after a while, failed ones last."""
    prune = context.app.job_manager.delete_old_jobs
    housekeeping, succeeded, failed = KEPT
    await prune(nb_hours=housekeeping, queue=HOUSEKEEPING, include_failed=True)
    await prune(nb_hours=succeeded)
    await prune(nb_hours=failed, include_failed=True, include_cancelled=True, include_aborted=True)
