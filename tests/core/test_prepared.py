"""Statements that a connection prepares: same answers, counted, and only where a name holds."""

import logging
import threading
import time
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
from psycopg.pq import ConnStatus
from psycopg.types.json import Jsonb

from blog.models import Tag
from core import prepared, sending
from core.prepared import Statement, rows_of_each

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


@transaction.atomic
def beginning_one(work):
    """As what a transaction begins with."""
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


def test_in_a_transaction_that_is_not_djangos_the_reason_is_told_too():
    with connection.cursor() as cursor:
        SLUGS.rows()
        cursor.execute("DEALLOCATE ALL")
    connection.set_autocommit(False)
    with pytest.raises(ProgrammingError, match="does not exist"):
        SLUGS.rows()
    connection.rollback()
    assert SLUGS.rows() == []


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


LENGTH = Statement("SELECT length(%s::text), %s::text")
SLUGS = Statement("SELECT slug FROM blog_tag ORDER BY slug")
WAIT_FOR = Statement("SELECT pg_advisory_xact_lock(%s, %s)::text")


@pytest.mark.parametrize("where", [lambda work: work(), within_a_transaction, beginning_one])
def test_several_are_asked_by_one_message_and_each_gets_its_rows(where):
    def ask():
        with CaptureQueriesContext(connection) as captured:
            asked = [
                (ADD, ["a", "a"]),
                (NAMED, {"n": 1, "text": "x"}),
                (SLUGS, ()),
                (ADD, ["b", "b"]),
            ]
            assert rows_of_each(asked) == [[], [("x%", 2, "x")], [("a",)], []]
        Tag.objects.all().delete()
        assert "'a', 'a'" in captured[-1]["sql"]
        assert sum("blog_tag" in query["sql"] for query in captured) == 1

    for _ in range(2):
        where(ask)
    assert rows_of_each([]) == []


def test_several_begin_the_transaction_that_they_are_in():
    with transaction.atomic():
        assert rows_of_each([(ADD, ["a", "a"]), (SLUGS, ())]) == [[], [("a",)]]
        transaction.set_rollback(True)
    with transaction.atomic():
        assert SLUGS.rows() == []
        ADD.rows(["a", "a"])
    assert SLUGS.rows() == [("a",)]


def test_outside_a_transaction_all_are_undone_if_one_fails_and_the_first_that_does_is_told():
    wrong = [
        (ADD, ["a", "a"]),
        (LENGTH, ["x", "y"]),
        (ADD, ["b", "a"]),
        (Statement("SELECT 1/0"), ()),
    ]
    for _ in range(2):
        with pytest.raises(IntegrityError, match="blog_tag"):
            rows_of_each(wrong)
        assert SLUGS.rows() == []
    with pytest.raises(IntegrityError), transaction.atomic():
        rows_of_each(wrong)
    with transaction.atomic():
        with pytest.raises(IntegrityError), transaction.atomic():
            rows_of_each(wrong)
        assert rows_of_each([(SLUGS, ()), (SLUGS, ())]) == [[], []]


def test_what_comes_after_a_lock_sees_what_was_done_under_it():
    """As comments.tree reads a comment: not as it was when the message was sent."""
    done = threading.Event()

    def reader():
        with transaction.atomic():
            found.extend(rows_of_each([(WAIT_FOR, [1, 2]), (SLUGS, ())]))
        connection.close()

    found = []
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("SELECT pg_advisory_xact_lock(1, 2)")
        thread = threading.Thread(target=reader)
        thread.start()
        until = time.monotonic() + 30
        while not done.is_set() and time.monotonic() < until:
            waits = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            if other.execute(waits).fetchone():
                done.set()
            time.sleep(0.01)
        assert done.is_set()
        other.execute("INSERT INTO blog_tag (name, slug) VALUES ('a', 'a')")
    thread.join(30)
    assert found == [[("",)], [("a",)]]


def test_large_values_go_there_and_back_together():
    large = ["x" * 3_000_000, "y" * 5_000_000]
    assert rows_of_each([(LENGTH, large)] * 4) == [[(3_000_000, large[1])]] * 4


def test_a_connection_that_breaks_while_several_are_asked_says_so_and_is_replaced():
    rows_of_each([(SLUGS, ()), (SLUGS, ())])
    end = Statement("SELECT pg_terminate_backend(pg_backend_pid())")
    with pytest.raises(OperationalError):
        rows_of_each([(SLUGS, ()), (end, ()), (SLUGS, ())])
    request_started.send(None)
    assert rows_of_each([(SLUGS, ()), (SLUGS, ())]) == [[], []]
    with pytest.raises(OperationalError), transaction.atomic():
        rows_of_each([(SLUGS, ()), (end, ()), (SLUGS, ())])
    request_started.send(None)
    assert rows_of_each([(SLUGS, ()), (SLUGS, ())]) == [[], []]


@pytest.mark.parametrize("count", [1, 2])
def test_why_it_failed_is_told_where_queries_are_listed_too(count):
    connection.ensure_connection()
    with CaptureQueriesContext(connection) as captured:
        with pytest.raises(DataError, match="NUL"):
            rows_of_each([(LENGTH, ["\0", "x"])] * count)
        with pytest.raises(OperationalError):
            rows_of_each([(Statement("SELECT pg_terminate_backend(pg_backend_pid())"), ())])
        with pytest.raises(OperationalError):
            rows_of_each([(SLUGS, ())] * count)
    assert len(captured) == 3


@pytest.mark.parametrize("count", [1, 2])
def test_errors_are_those_of_django_where_nothing_is_prepared(count):
    connection.ensure_connection()
    prepared.prepare_no_more(connection.connection)
    with pytest.raises(DataError, match="NUL"):
        rows_of_each([(LENGTH, ["\0", "x"])] * count)
    with pytest.raises(IntegrityError):
        rows_of_each([(ADD, ["a", "a"])] * 2)
    assert rows_of_each([(SLUGS, ())] * count) == [[]] * count


def test_nobody_waits_for_a_server_that_makes_no_sense():
    """libpq gives it up then, and from there on has no results, nor an error, nor an end."""
    lost = SimpleNamespace(
        flush=lambda: 0,
        is_busy=lambda: False,
        get_result=lambda: None,
        status=ConnStatus.BAD,
        get_error_message=lambda: "lost synchronization with server",
    )
    with pytest.raises(psycopg.OperationalError, match="lost synchronization"):
        next(sending._until_done(lost))


def test_several_that_outlast_their_time_leave_a_sound_connection():
    slow = Statement("SELECT pg_sleep(%s)::text")
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '100ms'")
    with pytest.raises(OperationalError, match="timeout"):
        rows_of_each([(SLUGS, ()), (slow, [10]), (SLUGS, ())])
    assert rows_of_each([(SLUGS, ()), (SLUGS, ())]) == [[], []]


def test_a_copy_among_several_is_a_mistake_that_ends():
    copy = Statement("COPY (SELECT 1) TO STDOUT")
    with pytest.raises(NotSupportedError):
        rows_of_each([(SLUGS, ()), (copy, ()), (SLUGS, ())])
    request_started.send(None)
    assert rows_of_each([(SLUGS, ()), (SLUGS, ())]) == [[], []]


def test_whoever_is_interrupted_leaves_no_connection_behind(monkeypatch):
    """As by a signal: nobody knows then what of it was done."""

    def interrupt(driver, *_):
        raise KeyboardInterrupt

    rows_of_each([(SLUGS, ()), (SLUGS, ())])
    with monkeypatch.context() as patched:
        patched.setattr(type(connection.connection), "wait", interrupt)
        with pytest.raises(KeyboardInterrupt):
            rows_of_each([(SLUGS, ()), (SLUGS, ())])
    assert connection.connection.closed
    request_started.send(None)
    assert rows_of_each([(SLUGS, ()), (SLUGS, ())]) == [[], []]


def test_a_transaction_of_another_kind_is_begun_by_the_driver():
    connection.ensure_connection()
    connection.connection.read_only = True
    with pytest.raises(InternalError, match="read-only"), transaction.atomic():
        rows_of_each([(SLUGS, ()), (ADD, ["a", "a"])])


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


@pytest.mark.parametrize("where", [lambda work: work(), within_a_transaction])
def test_what_is_forgotten_to_make_room_is_prepared_anew_where_it_is_asked_along(
    where, monkeypatch, caplog
):
    monkeypatch.setattr(prepared, "MOST", 3)
    several = [Statement(f"SELECT {n} + %s::int") for n in range(5)]

    def ask():
        for one in several[:3]:
            one.rows([1])
        for _ in range(2):
            assert rows_of_each([(several[n], [1]) for n in (0, 4, 0)]) == [[(1,)], [(5,)], [(1,)]]
            assert by_name() == {several[0].name, several[4].name}
        for _ in range(2):  # more than there is room for
            assert rows_of_each([(one, [1]) for one in several]) == [[(n + 1,)] for n in range(5)]
        several[0].rows([1])
        assert by_name() == {one.name for one in several}

    where(ask)
    assert "prepared" not in caplog.text


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
