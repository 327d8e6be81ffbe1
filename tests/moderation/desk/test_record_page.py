"""The record in the admin: pages that don't shift, whatever is added, and cost the same."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from blog.models import Post
from moderation import post_field
from moderation.desk import record_views
from moderation.models import LogEntry
from tests.factories import make_post, make_user, send

pytestmark = pytest.mark.django_db

RECORD = "/admin/queue/record/"


@pytest.fixture
def moderator(client):
    user = make_user("moderator")
    client.force_login(user)
    return user


def shown(client, address=RECORD):
    return client.get(address).content.decode()


def comments_on(page):
    return [int(pk) for pk in re.findall(r'/admin/queue/(\d+)/"', page)]


def test_a_later_page_goes_on_where_the_one_before_ended(client, moderator, monkeypatch):
    monkeypatch.setattr(record_views, "ON_A_PAGE", 2)
    post = make_post()
    sent = [send(post).pk for _ in range(5)]
    address, found = RECORD, []
    while address:
        page = shown(client, address)
        found += comments_on(page)
        send(post)  # meanwhile more is done
        older = re.search(r'href="(\?[^"]*)"[^>]*>Older', page)
        address = RECORD + older[1].replace("&amp;", "&") if older else ""
    assert found == sent[::-1]


def test_a_filter_goes_along_to_the_older_pages(client, moderator, monkeypatch):
    monkeypatch.setattr(record_views, "ON_A_PAGE", 1)
    post, other = make_post(), make_post()
    first = send(post)
    send(other)
    second = send(post)
    page = shown(client, f"{RECORD}?post={post.slug}")
    assert comments_on(page) == [second.pk]
    older = re.search(r'href="(\?[^"]*)"[^>]*>Older', page)[1].replace("&amp;", "&")
    page = shown(client, RECORD + older)
    assert comments_on(page) == [first.pk]
    assert "Older" not in page
    assert f'href="?post={post.slug}"' in page  # back to the latest


@pytest.mark.parametrize("before", ["0", "x", "-1", "9" * 30])
def test_an_end_that_is_none_shows_the_latest(client, moderator, before):
    comment = send(make_post())
    assert comments_on(shown(client, f"{RECORD}?before={before}")) == [comment.pk]


@pytest.mark.parametrize(
    "typed", ["a-post", "/posts/a-post/", "http://testserver/posts/a-post/?page=2", "{pk}"]
)
def test_a_post_is_named_by_its_address_or_id(client, moderator, typed):
    comment = send(make_post(slug="a-post"))
    send(make_post())
    asked = typed.format(pk=comment.post_id)
    assert comments_on(client.get(RECORD, {"post": asked}).content.decode()) == [comment.pk]


@pytest.mark.parametrize("typed", ["nowhere", "9" * 30, "http://[", "-1"])
def test_a_post_that_is_not_there_is_said(client, moderator, typed):
    send(make_post())
    page = client.get(RECORD, {"post": typed}).content.decode()
    assert "There is no post with this address." in page
    assert comments_on(page) == []


def test_the_page_costs_the_same_however_many_posts_and_acts_there_are(client, moderator):
    def cost():
        client.get(RECORD)
        with CaptureQueriesContext(connection) as captured:
            page = shown(client)
        return len(captured), page.count("<option")

    for _ in range(post_field.SUGGESTED):
        make_post(author=moderator)
    for _ in range(3):
        send(Post.objects.first())
    before = cost()
    for _ in range(20):
        send(make_post(author=moderator))
    assert cost() == before


def test_the_admins_list_of_the_log_is_the_record(client, moderator):
    answer = client.get("/admin/moderation/logentry/")
    assert (answer.status_code, answer["Location"]) == (302, RECORD)


def test_a_day_is_whole_from_its_beginning_to_its_end(client, moderator):
    LogEntry.objects.create(act="held", comment_id=1, at="2026-03-01T00:00Z")
    LogEntry.objects.create(act="held", comment_id=2, at="2026-03-02T23:59:59Z")
    LogEntry.objects.create(act="held", comment_id=3, at="2026-03-03T00:00Z")
    page = shown(client, f"{RECORD}?since=2026-03-01&until=2026-03-02")
    assert comments_on(page) == [2, 1]
    assert comments_on(shown(client, f"{RECORD}?since=2026-03-02&until=2026-03-02")) == [2]
