"""Questions asked in one go: prepared once on each connection, and in full where that fails."""

import logging

import psycopg
import pytest
from django.core.signals import request_started
from django.db import DataError, ProgrammingError, connection, transaction

from comments.models import Comment
from core.prepared import prepared_on
from moderation.screening.facts.asking import Question, ask, question
from tests.factories import make_post, send

pytestmark = pytest.mark.django_db(transaction=True)

NAMED = Question(
    "SELECT %(text)s || ' 100%%', %(n)s::int + 1, %(n)s::int FROM generate_series(1, %(n)s::int)",
    {"text": "a", "unused": object(), "n": 2},
)


@pytest.fixture(autouse=True)
def connection_of_its_own():
    connection.close()
    yield
    connection.close()


def prepared():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'colloquy%'")
        return cursor.fetchone()[0]


def lose_all():
    """As a pooler does between two transactions."""
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")


def in_full(sql, parameters):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def answers(*questions):
    return [[tuple(row) for row in rows] for rows in ask(questions)]


def test_each_question_gets_its_rows_the_first_time_and_later(django_assert_num_queries):
    other = Question("SELECT %s || %s", ["x", "y"])
    none = Question("SELECT 1 WHERE false", [])
    for asked in ([NAMED], [NAMED, other], [none, other, NAMED, other], [none]):
        expected = [in_full(*one) for one in asked]
        for _ in range(2):
            with django_assert_num_queries(1):
                assert ask(asked) == expected
    assert prepared() == 3
    assert ask([]) == []


def test_values_stay_values():
    for text in ("'; DROP TABLE comments_comment; --", "%s", "%(n)s", "$1", "a\\'b", "ü\n"):
        asked = NAMED._replace(parameters={**NAMED.parameters, "text": text, "n": 1})
        assert answers(asked) == [[(f"{text} 100%", 2, 1)]]


def test_a_query_set_is_a_question_too():
    comment = send(make_post())
    rows = Comment.objects.filter(name=comment.name, pk__in=[comment.pk]).values_list("pk", "name")
    assert answers(question(rows)) == answers(question(rows)) == [[(comment.pk, comment.name)]]


def test_another_connection_prepares_anew():
    ask([NAMED])
    connection.close()
    assert prepared() == 0
    assert answers(NAMED) == [[("a 100%", 3, 2)] * 2]
    assert prepared() == 1


def test_a_connection_that_broke_between_two_requests_is_no_reason_to_ask_in_full(caplog):
    ask([NAMED])
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [pid])
    request_started.send(None)  # Django asks then, before the next query, whether it still holds
    with caplog.at_level(logging.WARNING):
        assert answers(NAMED) == [[("a 100%", 3, 2)] * 2]
    assert "Nothing more is prepared" not in caplog.text
    assert prepared() == 1


def test_the_same_words_with_their_values_in_another_order():
    one, other = {"a": 1, "b": 2}, {"b": 2, "a": 1}
    sql = "SELECT %(a)s::int, %(b)s::int"
    assert answers(Question(sql, one)) == answers(Question(sql, other)) == [[(1, 2)]]


def test_where_names_are_lost_it_is_asked_in_full(caplog):
    ask([NAMED])
    lose_all()
    with caplog.at_level(logging.WARNING):
        assert answers(NAMED) == [[("a 100%", 3, 2)] * 2]
    assert "Nothing more is prepared" in caplog.text
    assert answers(NAMED) == [[("a 100%", 3, 2)] * 2]
    assert prepared() == 0


def test_a_name_that_is_there_already_is_no_error():
    """Another client's of the same pooled connection: its words are the same, or the name were
    another.
    """
    ask([NAMED])
    prepared_on(connection.connection).clear()
    assert answers(NAMED) == [[("a 100%", 3, 2)] * 2]


def test_a_mistake_in_a_question_is_raised_and_costs_no_later_one():
    wrong = Question("SELECT 1 / %(n)s::int", {"n": 0})
    with pytest.raises(DataError):
        ask([wrong])
    assert answers(wrong._replace(parameters={"n": 1})) == [[(1,)]]


def test_within_a_transaction_it_is_raised_once():
    """The transaction can't go on; the screening then has a person look at the one comment."""
    ask([NAMED])
    lose_all()
    with pytest.raises(ProgrammingError), transaction.atomic():
        ask([NAMED])
    with transaction.atomic():
        assert answers(NAMED) == [[("a 100%", 3, 2)] * 2]


def test_a_comment_does_not_suffer_where_names_are_lost_between_two():
    """The limits are asked for before the transaction: there it comes out."""
    post = make_post()
    before = send(post)
    lose_all()
    comments = [before, send(post), send(post)]
    reasons = {one.rule for comment in comments for one in comment.reasons.all()}
    assert reasons
    assert "screening" not in reasons
