"""Moments come from the database as they went in, whatever their digits."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DataError, connection
from psycopg import adapters
from psycopg.pq import Format

from core.timestamps import UtcLoader

pytestmark = pytest.mark.django_db

EDGES = [
    datetime.min.replace(tzinfo=UTC),
    datetime(1899, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    *(datetime(2026, 11, 26, 7, 0, 0, 10**digit, tzinfo=UTC) for digit in range(6)),
    datetime(2026, 11, 26, tzinfo=UTC),
    datetime.max.replace(tzinfo=UTC),
]


def read(moment):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [moment])
        return cursor.fetchone()[0]


@pytest.mark.parametrize("moment", EDGES, ids=str)
def test_a_moment_comes_back_as_it_went_in(moment):
    assert read(moment) == moment
    assert read(moment).tzinfo is UTC


@pytest.mark.parametrize("strange", ["infinity", "-infinity", "0044-03-15 12:00 BC", "10000-01-01"])
def test_a_moment_that_python_does_not_have_is_an_error(strange):
    with pytest.raises(DataError):
        read(strange)


def test_a_moment_written_in_another_zone_is_the_same():
    moment = datetime(2026, 7, 1, 12, tzinfo=UTC)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TIME ZONE 'Asia/Kathmandu'")
        cursor.execute("SELECT %s::timestamptz", [moment])
        found = cursor.fetchone()[0]
    assert found == moment
    assert found.utcoffset() == timedelta(hours=5, minutes=45)


def test_the_sites_connections_read_so():
    with connection.cursor() as cursor:
        oid = adapters.types["timestamptz"].oid
        assert cursor.adapters.get_loader(oid, Format.TEXT) is UtcLoader
