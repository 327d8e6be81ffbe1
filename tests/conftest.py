"""Fixtures that most tests share. Everything runs on a real Postgres."""

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The log refuses TRUNCATE, which is how transactional tests empty their database."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE moderation_logentry DISABLE TRIGGER moderation_log_is_not_emptied"
        )


@pytest.fixture
def run_jobs(db):
    """Run what a test enqueued, in its own transaction; mails are in mail.outbox then."""
    app.perform_import_paths()

    def run():
        for job in ProcrastinateJob.objects.filter(status="todo").order_by("id"):
            with connection.cursor() as cursor:  # before it runs: it may ask for another of its key
                cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [job.pk])
            app.tasks[job.task_name](**job.args)

    return run
