"""Fixtures that most tests share. Everything runs on a real Postgres."""

from math import inf

import pytest
from django.db import connection
from django.test import override_settings
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from core import site


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Log and policy refuse TRUNCATE, which is how transactional tests empty their database."""
    kept = {
        "moderation_logentry": "moderation_log_is_not_emptied",
        "moderation_policy": "moderation_policy_is_not_emptied",
        "moderation_clause": "moderation_clauses_are_not_emptied",
    }
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table, trigger in kept.items():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")


@pytest.fixture(autouse=True)
def media(tmp_path):
    """Pictures go into a folder of each test's own."""
    with override_settings(MEDIA_ROOT=tmp_path / "media"):
        yield tmp_path / "media"


@pytest.fixture
def run_jobs(db):
    """Run what a test enqueued, in its own transaction; mails are in mail.outbox then."""
    app.perform_import_paths()

    def run():
        for job in ProcrastinateJob.objects.filter(status="todo").order_by("id"):
            with connection.cursor() as cursor:  # before it runs: it may ask for another of its key
                cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [job.pk])
            try:
                app.tasks[job.task_name](**job.args)
            except Exception:
                app.configure_task(job.task_name).defer(
                    **job.args
                )  # it comes back, as from a worker
                raise

    return run


@pytest.fixture(autouse=True)
def settled_site(monkeypatch):
    """Each test begins with a site whose settings nobody has chosen, and that is known already."""
    monkeypatch.setattr(site, "FRESH_FOR", inf)
    site.hold(None)
    yield
    site.hold(None)
