"""What changes or locks tables while comments are screened: none is lost, none is let through."""

import pytest
from django.db import connection
from django.test import Client

from comments.models import Comment
from moderation.models import Rule
from tests.factories import filled_in, make_post

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def connections():
    """Of its own, to be closed after it; and another to do harm from."""
    connection.close()
    other = connection.copy()
    yield other
    other.close()
    connection.close()


@pytest.fixture
def harm(connections):
    def run(*statements):
        with connections.cursor() as cursor:
            for one in statements:
                cursor.execute(one)

    return run


@pytest.fixture
def post():
    """Where what no rule minds is public at once."""
    Rule.objects.exclude(kind="links").update(is_on=False)
    Rule.objects.filter(kind="links").update(is_on=True, effect="hold", parameters={"links": 1})
    return make_post(slug="a-post")


def send(post, text):
    answer = Client().post(f"/posts/{post.slug}/comment/", filled_in(post, text=text))
    return answer.status_code


def stored(text):
    comment = Comment.objects.get(text=text)
    return comment.status, [reason.sentence for reason in comment.reasons.all()]


def test_what_is_sent_with_links_is_what_waits_here(post):
    assert send(post, "Plain.") == send(post, "At https://a.example/x.") == 302
    assert stored("Plain.")[0] == "published"
    assert stored("At https://a.example/x.")[0] == "pending"


@pytest.mark.parametrize(
    "change",
    [
        ("moderation_rule", "title", "varchar(80)", "text"),
        ("moderation_sanction", "pattern", "varchar(80)", "text"),
        ("comments_comment", "lft", "integer", "bigint"),
    ],
    ids=lambda change: change[0],
)
def test_another_type_of_a_column_between_two_comments(post, harm, change):
    """What is prepared gives rows of the old type, and Postgres refuses to execute it."""
    table, column, was, will_be = change
    assert send(post, "Before.") == 302
    harm(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE {will_be}")
    try:
        texts = [f"See https://a.example/{n}." for n in range(3)]
        assert [send(post, text) for text in texts] == [302] * 3
        assert {stored(text)[0] for text in texts} == {"pending"}
        assert send(post, "After.") == 302
        assert stored("After.")[0] == "published"
    finally:
        harm(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE {was}")


@pytest.mark.parametrize("limit", ["lock_timeout", "statement_timeout"])
@pytest.mark.parametrize("table", ["moderation_rule", "moderation_sanction"])
def test_a_table_that_is_locked_for_longer_than_a_statement_may_take(
    post, connections, limit, table
):
    assert send(post, "Before.") == 302
    with connection.cursor() as cursor:
        cursor.execute(f"SET {limit} = '300ms'")
    connections.set_autocommit(False)
    with connections.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
    texts = ["Plain.", "See https://a.example/x."]
    assert [send(post, text) for text in texts] == [302, 302]
    connections.rollback()
    connections.set_autocommit(True)
    for text in texts:
        status, reasons = stored(text)
        assert status == "pending"
        assert any("could not" in one for one in reasons), reasons
    assert [send(post, "After."), send(post, "After: https://a.example/x.")] == [302, 302]
    assert stored("After.")[0] == "published"
    assert stored("After: https://a.example/x.")[0] == "pending"


def test_a_column_that_is_taken_away_under_the_running_site(post, harm):
    """As by the migration of another release: each waits, with the words as they were sent."""
    harm("ALTER TABLE moderation_sanction RENAME COLUMN effect TO effects")
    try:
        texts = ["Plain.", "See https://a.example/x."]
        assert [send(post, text) for text in texts] == [302, 302]
        assert {stored(text)[0] for text in texts} == {"pending"}
    finally:
        harm("ALTER TABLE moderation_sanction RENAME COLUMN effects TO effect")
    connection.close()
    assert send(post, "After.") == 302
    assert stored("After.")[0] == "published"
