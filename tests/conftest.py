"""Fixtures that most tests share. Everything runs on a real Postgres."""

import pytest
from django.db import connection


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The log refuses TRUNCATE, which is how transactional tests empty their database."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE moderation_logentry DISABLE TRIGGER moderation_log_is_not_emptied"
        )
