"""Since my last visit: a cookie only when asked for, and a time that only the reader moves."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from comments.models import Comment
from comments.visits import POSTS
from core.guards import make_stamp
from tests.factories import make_post, make_published

pytestmark = pytest.mark.django_db
HERE = "/posts/a-post/"


@pytest.fixture
def post(db):
    return make_post(slug="a-post", published_at=timezone.now() - timedelta(days=9))


def press(client, post, stamp=None):
    stamp = stamp or make_stamp("visit", post.pk)
    return client.post(f"/comments/visit/{post.pk}/", {"stamp": stamp})


def page(client, path=""):
    return client.get(f"{HERE}{path}").content.decode()


def shown(client, path):
    return re.findall(r'id="c-([\d-]+)"', page(client, path))


def published(post, *, minutes):
    """A comment published so many minutes from now."""
    comment = make_published(post)
    at = timezone.now() + timedelta(minutes=minutes)
    Comment.objects.filter(pk=comment.pk).update(published_at=at)


def test_reading_sets_no_cookie_and_the_button_does(client, post):
    published(post, minutes=-5)
    assert not client.get(HERE).cookies
    found = page(client)
    action = re.search(r'<form id="visit"[^>]*action="([^"]+)"', found)[1]
    stamp = re.search(r'<form id="visit".*?value="([^"]+)"', found)[1]
    assert re.search(r'<button[^>]* form="visit"', found)
    answer = client.post(action, {"stamp": stamp})
    assert answer.url == f"{HERE}#comments"
    cookie = answer.cookies["visits"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert "no-store" in answer["Cache-Control"]


def test_only_what_was_published_since_is_new(client, post):
    published(post, minutes=-5)
    press(client, post)
    published(post, minutes=5)
    assert shown(client, "?view=new") == ["2"]
    assert re.search(r'class="comment new" id="c-2"', page(client))
    assert 'class="comment" id="c-1"' in page(client)


def test_a_good_cookie_is_left_alone(client, post):
    press(client, post)
    assert not client.get(HERE).cookies


def test_a_page_with_marks_is_private_and_others_have_none(client, post):
    press(client, post)
    published(post, minutes=5)
    answer = client.get(HERE)
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex"
    client.cookies.clear()
    assert 'class="new-mark"' not in page(client)
    assert "New since" not in page(client)


def test_reading_does_not_move_the_time_and_pressing_again_does(client, post):
    published(post, minutes=-1)
    press(client, post)
    published(post, minutes=0.05)
    assert [shown(client, "?view=new") for _ in range(2)] == [["2"], ["2"]]
    Comment.objects.update(published_at=timezone.now() - timedelta(minutes=1))
    press(client, post)
    assert shown(client, "?view=new") == []


def test_what_came_while_one_read_is_still_new(client, post, time_machine):
    """The time is that of the page with the button, not of the press."""
    start = timezone.now()
    time_machine.move_to(start, tick=False)
    stamp = make_stamp("visit", post.pk)
    time_machine.move_to(start + timedelta(minutes=5), tick=False)
    published(post, minutes=0)
    time_machine.move_to(start + timedelta(minutes=10), tick=False)
    press(client, post, stamp)
    assert shown(client, "?view=new") == ["1"]


def test_the_cookie_keeps_the_last_posts_and_stays_small(client, post):
    posts = [make_post(pk=10_000_000 + number) for number in range(POSTS + 5)]
    published(post, minutes=1)
    for visited in [post, *posts]:
        press(client, visited)
    cookie = client.cookies["visits"]
    assert len(cookie.OutputString()) < 2000
    assert "New since" not in page(client)
    make_published(posts[-1])
    assert "New since" in client.get(posts[-1].get_absolute_url()).content.decode()


@pytest.mark.parametrize("value", ["", "x", "1-1:a:b", "é"])
def test_a_forged_cookie_counts_for_nothing(client, post, value):
    published(post, minutes=1)
    client.cookies["visits"] = value
    answer = client.get(HERE)
    assert answer.status_code == 200
    assert 'class="new-mark"' not in answer.content.decode()
    assert answer.cookies["visits"]["max-age"] == 0  # cleared, so that the next page is public
    assert shown(client, "?view=new") == []


def test_a_button_from_elsewhere_or_for_another_post_does_nothing(client, post):
    other = make_stamp("visit", make_post().pk)
    assert press(client, post, other).status_code == 403
    answer = client.post(
        f"/comments/visit/{post.pk}/",
        {"stamp": make_stamp("visit", post.pk)},
        headers={"Origin": "https://evil.example"},
    )
    assert (answer.status_code, bool(answer.cookies)) == (403, False)


def test_without_a_visit_nothing_is_new(client, post):
    published(post, minutes=-1)
    answer = client.get(f"{HERE}?view=new")
    assert answer.status_code == 200
    assert shown(client, "?view=new") == []
    assert not answer.cookies


def test_forget_me_forgets_the_visits_too(client, post):
    published(post, minutes=-1)
    press(client, post)
    assert "Forget me" in page(client)
    client.post(f"/comments/forget/{post.pk}/")
    assert "New since" not in page(client)
