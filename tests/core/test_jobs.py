"""What waits, fails, is given up, is rescued and is forgotten."""

import os
import signal
import sys
import time

import pytest
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob
from procrastinate.jobs import Job
from procrastinate.manager import JobManager
from psycopg import AsyncConnection

from core import jobs

RAN = []


@pytest.fixture
def ran():
    RAN.clear()
    return RAN


@jobs.task(name="tests.note")
def note(*, number):
    RAN.append(number)


@jobs.task(name="tests.fail", retry=jobs.Backoff(waits=(0,), most=3))
def fail(*, number):
    RAN.append(number)
    raise RuntimeError


@jobs.task(name="tests.ask_again")
def ask_again(*, number):
    """Asks for another of its own key, then fails."""
    RAN.append(number)
    if number < 2:
        jobs.enqueue(ask_again, key="again", number=number + 1)
        raise RuntimeError


@jobs.task(name="tests.asks_twice_to_end")
def asks_twice_to_end(*, number):
    for _ in range(2):
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.3)
    RAN.append(number)


@jobs.task(name="tests.half", retry=jobs.Backoff(waits=(0,), most=1))
def half(*, number):
    """Enqueues and then takes it all back."""
    with transaction.atomic():
        jobs.enqueue(note, number=number)
        raise RuntimeError


def test_jobs_run_in_the_order_they_came(worker, ran):
    for number in range(3):
        assert jobs.enqueue(note, number=number) is True
    worker.run()
    assert ran == [0, 1, 2]


def test_of_one_key_one_waits_and_the_callers_transaction_goes_on(worker, ran):
    with transaction.atomic():
        assert jobs.enqueue(note, key="k", number=1) is True
        assert jobs.enqueue(note, key="k", number=2) is False
        assert jobs.enqueue(note, number=3) is True
    worker.run()
    assert ran == [1, 3]
    assert jobs.enqueue(note, key="k", number=4) is True


def test_what_a_job_enqueues_is_in_its_own_transaction(worker, ran):
    jobs.enqueue(half, number=1)
    worker.run()
    assert ran == []
    assert worker.statuses() == [("failed", 1)]


def test_a_failing_job_is_tried_again_and_then_given_up(worker, ran, caplog):
    jobs.enqueue(fail, number=1)
    for _ in range(4):
        worker.run_later()
    assert ran == [1, 1, 1]
    assert worker.statuses() == [("failed", 1)]
    assert [record.levelname for record in caplog.records if record.levelno > 20] == ["ERROR"]


def test_a_failed_job_leaves_the_work_to_another_of_its_key(worker, ran):
    jobs.enqueue(ask_again, key="again", number=1)
    worker.run()
    assert ran == [1, 2]
    assert worker.statuses() == [("succeeded", 2)]


def test_the_waits_grow_to_a_quarter_of_an_hour_and_end_after_five_days():
    def wait(attempts):
        job = Job(
            id=1, queue="default", lock=None, queueing_lock=None, task_name="x", attempts=attempts
        )
        decision = jobs.PATIENT.get_retry_decision(exception=OSError(), job=job)
        return decision and round((decision.retry_at - timezone.now()).total_seconds())

    assert [wait(attempts) for attempts in range(6)] == [10, 60, 300, 900, 900, 900]
    assert wait(478) == 900
    assert wait(479) is None


def dying(name, *, key=None, attempts=0):
    """A job in the hands of a worker that is no more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs"
            " (queue_name, task_name, args, queueing_lock, attempts, status)"
            """ VALUES ('default', %s, '{"number": 1}', %s, %s, 'doing') RETURNING id""",
            [name, key, attempts],
        )
        return cursor.fetchone()[0]


def test_the_job_of_a_dead_worker_runs_again(worker, ran):
    dying("tests.note")
    worker.run_after_a_death()
    assert ran == [1]


def test_the_job_of_a_dead_worker_gives_way_to_another_of_its_key(worker, ran):
    lost = dying("tests.note", key="k")
    jobs.enqueue(note, key="k", number=2)
    worker._sql("UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 hour'")
    jobs.rescue.defer(timestamp=0)
    worker.run()
    assert ProcrastinateJob.objects.get(pk=lost).status == "failed"
    worker.run_later()
    assert ran == [2]


def test_a_job_that_kills_every_worker_is_given_up(worker, ran):
    dying("tests.note", attempts=jobs.MOST_RUNS_OF_A_KILLER)
    worker.run_after_a_death()
    assert ran == []
    assert worker.statuses() == [("failed", 1)]


def test_ended_jobs_are_forgotten_after_a_week_and_failed_ones_after_a_month(worker, ran):
    jobs.enqueue(note, number=1)
    jobs.enqueue(half, number=1)
    worker.run()

    def names_left_after(days):
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE procrastinate_events SET at = at - make_interval(0, 0, 0, %s)", [days]
            )
        jobs.prune_jobs.defer(timestamp=0)
        worker.run()
        kept = ProcrastinateJob.objects.filter(queue_name="default")
        return sorted(kept.values_list("task_name", flat=True))

    assert names_left_after(6) == ["tests.half", "tests.note"]
    assert names_left_after(2) == ["tests.half"]
    assert names_left_after(30) == []
    assert ProcrastinateEvent.objects.exclude(job__queue_name="housekeeping").count() == 0


def test_the_worker_knows_every_job_by_its_lasting_name():
    app.perform_import_paths()
    assert {"core.send_mail", "core.forget_mails", "core.rescue", "core.prune_jobs"} <= set(
        app.tasks
    )


@pytest.mark.timeout(30)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_end_while_it_connects_a_worker_ends_and_runs_nothing(
    worker, ran, monkeypatch, number
):
    """A pool takes an exception of a signal's handler for a failed connection and never ends."""
    real = AsyncConnection.connect
    before = signal.signal(number, lambda *_: sys.exit(1))

    async def connect(*arguments, **options):
        os.kill(os.getpid(), number)
        return await real(*arguments, **options)

    monkeypatch.setattr(AsyncConnection, "connect", connect)
    jobs.enqueue(note, number=1)
    try:
        jobs.work()
    finally:
        signal.signal(number, before)
    assert ran == []


@pytest.mark.timeout(30)
@pytest.mark.parametrize("step", ["prune_stalled_workers", "register_worker", "fetch_job"])
@pytest.mark.parametrize("times", [1, 2])
def test_told_to_end_while_it_signs_on_a_worker_ends(worker, ran, monkeypatch, step, times):
    """The library answers signals only when it has signed on: one before would be lost."""
    real = getattr(JobManager, step)

    async def signalled(*arguments, **options):
        monkeypatch.undo()
        for _ in range(times):
            os.kill(os.getpid(), signal.SIGTERM)
        return await real(*arguments, **options)

    monkeypatch.setattr(JobManager, step, signalled)
    jobs.work()
    assert ran == []


@pytest.mark.timeout(30)
def test_told_to_end_twice_during_a_job_a_worker_lets_it_end(worker, ran):
    jobs.enqueue(asks_twice_to_end, number=1)
    jobs.enqueue(note, number=2)
    jobs.work()
    assert ran == [1]
    assert ProcrastinateJob.objects.get(task_name=asks_twice_to_end.name).status == "succeeded"
    jobs.work(wait=False)
    assert ran == [1, 2]
