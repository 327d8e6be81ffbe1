"""Statements that a connection prepares: same answers, counted, and only where a name holds."""

import logging
from datetime import UTC, datetime
from types import SimpleNamespace

import psycopg
import pytest
from django.core.signals import request_started
from django.db import (
    DataError,
    IntegrityError,
    InternalError,
    OperationalError,
    connection,
    transaction,
)
from django.db.utils import NotSupportedError, ProgrammingError
from django.test.utils import CaptureQueriesContext
from psycopg.types.json import Jsonb

from blog.models import Tag
from core import prepared
from core.prepared import Statement

pytestmark = pytest.mark.django_db(transaction=True)

MOMENT = datetime(2026, 11, 26, 10, 11, 12, 131415, UTC)
PLACES = "%s::text, %s::int, %s::bigint[], %s::timestamptz, %s::jsonb, %s::bool, %s::bytea, '100%%'"
ONE = Statement(f"SELECT {PLACES}")
NAMED = Statement("SELECT %(text)s || '%%', %(n)s::int + 1, %(text)s WHERE %(n)s::int > 0")
ADD = Statement("INSERT INTO blog_tag (name, slug) VALUES (%s, %s)")


@pytest.fixture(autouse=True)
def connection_of_its_own():
    connection.close()
    yield
    connection.close()


def by_name():
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements WHERE name LIKE 'colloquy%'")
        return {name for (name,) in cursor.fetchall()}


def in_full(statement, values):
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, values)
        return cursor.fetchall()


@transaction.atomic
def within_a_transaction(work):
    """Behind its first statement."""
    Tag.objects.count()
    work()


@pytest.mark.parametrize("text", ["", "'; --", "%s", "%(n)s", "$1", "a\\'b", "ü\n€", "100%", None])
def test_the_answers_are_those_of_the_driver_each_time(text):
    values = [text, -5, [1, 2**40], MOMENT, Jsonb({"a": [text]}), True, b"\0\xff"]
    for _ in range(3):
        assert ONE.rows(values) == in_full(ONE, values)
    nothing = [None] * 7
    assert ONE.rows(nothing) == in_full(ONE, nothing)
    assert NAMED.rows({"n": 2, "text": text, "unused": object()}) == (
        in_full(NAMED, {"n": 2, "text": text})
    )
    assert NAMED.rows({"n": 0, "text": text}) == []
    assert by_name() == {ONE.name, NAMED.name}


def test_it_is_counted_as_one_query_with_its_values():
    NAMED.rows({"n": 1, "text": "x"})
    with CaptureQueriesContext(connection) as captured:
        NAMED.rows({"n": 41, "text": "it's"})
    assert [query["sql"] for query in captured] == [
        "SELECT 'it''s' || '%', 41::int + 1, 'it''s' WHERE 41::int > 0"
    ]


def test_what_wraps_queries_wraps_it():
    def refuse(execute, sql, params, many, context):
        raise RuntimeError(sql)

    with connection.execute_wrapper(refuse), pytest.raises(RuntimeError, match="blog_tag"):
        ADD.rows(["a", "a"])


def test_what_stores_is_part_of_the_transaction_even_as_its_first_statement():
    for _ in range(2):
        with transaction.atomic():
            assert ADD.rows(["undone", "undone"]) == []
            transaction.set_rollback(True)
        assert not Tag.objects.exists()
    with transaction.atomic():
        ADD.rows(["one", "one"])
        ADD.rows(["two", "two"])
    assert Tag.objects.count() == 2
    with transaction.atomic():
        Tag.objects.count()
        ADD.rows(["undone", "undone"])
        transaction.set_rollback(True)
    assert Tag.objects.count() == 2
    assert by_name() == {ADD.name}


def test_errors_are_those_of_django_and_nothing_is_asked_in_full_for_them(caplog):
    ADD.rows(["one", "one"])
    with pytest.raises(IntegrityError, match="blog_tag"):
        ADD.rows(["two", "one"])
    with pytest.raises(DataError):
        Statement("SELECT %s::int").rows(["x"])
    with pytest.raises(ProgrammingError):
        Statement("SELECT nothing_that_is").rows()
    with pytest.raises(IntegrityError):
        within_a_transaction(lambda: ADD.rows(["two", "one"]))
    assert ADD.rows(["two", "two"]) == []
    assert "prepared" not in caplog.text
    assert ADD.name in by_name()


def test_a_name_that_is_gone_is_asked_in_full(caplog):
    NAMED.rows({"n": 1, "text": "x"})
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    with caplog.at_level(logging.WARNING):
        assert NAMED.rows({"n": 1, "text": "x"}) == [("x%", 2, "x")]
    assert "Nothing more is prepared" in caplog.text
    assert NAMED.rows({"n": 1, "text": "x"}) == [("x%", 2, "x")]
    assert by_name() == set()


def test_a_column_that_became_another_is_asked_in_full():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE changing (value int)")
    try:
        both = Statement("SELECT * FROM changing")
        assert both.rows() == []
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE changing ALTER value TYPE text")
            cursor.execute("INSERT INTO changing VALUES ('x')")
        with pytest.raises(NotSupportedError):
            within_a_transaction(both.rows)
        assert both.rows() == [("x",)]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE changing")


def test_a_connection_that_breaks_says_so_and_the_next_prepares_anew():
    NAMED.rows({"n": 1, "text": "x"})
    pid = connection.connection.pgconn.backend_pid
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [pid])
    with pytest.raises(OperationalError, match="terminat"):
        NAMED.rows({"n": 1, "text": "x"})
    request_started.send(None)  # Django asks then, before the next query, whether it still holds
    assert NAMED.rows({"n": 1, "text": "x"}) == [("x%", 2, "x")]
    assert by_name() == {NAMED.name}


def test_a_connection_first_met_in_a_failed_transaction_prepares_later():
    with transaction.atomic():
        with pytest.raises(ProgrammingError), connection.cursor() as cursor:
            cursor.execute("SELECT nothing_that_is")
        with pytest.raises(InternalError, match="aborted"):
            NAMED.rows({"n": 1, "text": "x"})
        transaction.set_rollback(True)
    assert NAMED.rows({"n": 1, "text": "x"}) == [("x%", 2, "x")]
    assert by_name() == {NAMED.name}


@pytest.mark.parametrize("where", [lambda work: work(), within_a_transaction])
def test_a_connection_holds_so_many_and_no_more(where, monkeypatch):
    monkeypatch.setattr(prepared, "MOST", 3)
    several = [Statement(f"SELECT {n} + %s::int") for n in range(5)]

    def ask():
        for n, one in enumerate(several):
            assert one.rows([1]) == [(n + 1,)]
            assert len(by_name()) == n % 3 + 1

    where(ask)
    assert several[0].rows([2]) == [(2,)]
    assert by_name() == {several[n].name for n in (3, 4, 0)}


def test_nothing_is_prepared_where_another_server_may_answer():
    with psycopg.connect(**connection.get_connection_params()) as direct:
        assert prepared.prepared_on(direct) == set()
        # What a pooler tells at the start is not the number of the server that answers.
        pgconn = SimpleNamespace(
            backend_pid=direct.pgconn.backend_pid + 1, exec_=direct.pgconn.exec_
        )
        behind = Behind(pgconn)
        assert prepared.prepared_on(behind) is None
        assert prepared.prepared_on(behind) is None


class Behind:
    def __init__(self, pgconn):
        self.pgconn = pgconn
