"""How long a comment usually waits."""

from datetime import timedelta

import pytest
from django.utils import timezone

from comments.models import Comment
from comments.waiting import in_words, usual_wait
from tests.factories import make_post, make_published, make_user, send

pytestmark = pytest.mark.django_db


def decided(post, hours, days_ago=1):
    comment = make_published(post)
    at = timezone.now() - timedelta(days=days_ago)
    times = {"published_at": at, "submitted_at": at - timedelta(hours=hours)}
    Comment.objects.filter(pk=comment.pk).update(**times)


def test_it_is_the_median_of_the_last_30_days():
    post = make_post()
    for hours in (1, 3, 50):
        decided(post, hours)
    decided(post, 99, days_ago=31)
    assert usual_wait(timezone.now()) == timedelta(hours=3)


def test_what_appeared_at_once_did_not_wait(django_assert_num_queries):
    send(make_post(), user=make_user("author"))
    send(make_post())
    with django_assert_num_queries(1):
        assert usual_wait(timezone.now()) is None


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0.2, "1 minute"), (5, "5 minutes"), (89, "89 minutes"), (95, "2 hours"), (180, "3 hours"),
     (35 * 60, "35 hours"), (36 * 60, "2 days"), (24 * 60 * 9, "9 days")],
)  # fmt: skip
def test_a_duration_is_said_as_a_person_says_it(minutes, words):
    assert in_words(timedelta(minutes=minutes)) == words


def test_of_many_the_latest_count(monkeypatch):
    monkeypatch.setattr("comments.waiting.LATEST", 1)
    post = make_post()
    decided(post, 9, days_ago=3)
    decided(post, 2, days_ago=1)
    assert usual_wait(timezone.now()) == timedelta(hours=2)
