"""Claims: who is at a comment is seen, nobody is kept from deciding, and it ends by itself."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from comments.models import Comment
from core import site
from core.models import SiteSettings
from moderation.models import Claim, LogEntry
from tests.factories import make_post, make_user, send

pytestmark = pytest.mark.django_db

QUEUE = "/admin/queue/"


@pytest.fixture
def people():
    """Two moderators at their browsers."""
    found = []
    for name in ("anna", "bo"):
        client = Client()
        client.force_login(make_user("moderator", username=name))
        found.append(client)
    return found


@pytest.fixture
def comment():
    return send(make_post(), name="Somebody")


def claim(client, comment, **fields):
    answer = client.post(reverse("moderation:claim", args=[comment.pk]), fields, follow=True)
    return answer.content.decode()


def queue(client):
    return client.get(QUEUE).content.decode()


def publish(client, comment):
    address = reverse("moderation:act", args=[comment.pk, "publish"])
    return client.post(address, {"version": comment.version}, follow=True).content.decode()


def hold_for(minutes):
    site.hold(SiteSettings(title="x", claim_minutes=minutes, version=1))


def test_others_see_who_is_on_it_and_since_when(people, comment):
    anna, bo = people
    claim(anna, comment)
    since = timezone.localtime(Claim.objects.get().claimed_at)
    assert f">{since:%H:%M}</time>" in queue(bo)
    assert "<bdi>anna</bdi> is on it" in queue(bo)
    assert "You are on it" in queue(anna)
    assert "is on it already" in claim(bo, comment)
    assert Claim.objects.get().claimed_by.username == "anna"


def test_it_is_no_act(people, comment, run_jobs, mailoutbox):
    before, rows = Comment.objects.get(), LogEntry.objects.count()
    claim(people[0], comment)
    run_jobs()
    after = Comment.objects.get()
    assert (after.version, after.status, after.changed_at) == (
        before.version, before.status, before.changed_at,
    )  # fmt: skip
    assert LogEntry.objects.count() == rows
    assert mailoutbox == []


def test_another_decides_all_the_same_and_is_told(people, comment):
    anna, bo = people
    claim(anna, comment)
    page = publish(bo, comment)
    assert "Published as #1." in page
    assert "anna (since" in page
    assert Comment.objects.get().is_published
    assert not Claim.objects.exists()


def test_who_is_on_it_decides_without_a_word_of_it(people, comment):
    claim(people[0], comment)
    page = publish(people[0], comment)
    assert "Published as #1." in page
    assert "was on it" not in page


def test_it_is_over_after_a_while(people, comment, time_machine):
    anna, bo = people
    claim(anna, comment)
    time_machine.move_to(timezone.now() + timedelta(minutes=15, seconds=1))
    assert "is on it since" not in queue(bo)
    claim(bo, comment)
    assert Claim.objects.get().claimed_by.username == "bo"
    Claim.objects.update(claimed_at=timezone.now() - timedelta(hours=1))
    assert "was on it" not in publish(anna, comment)


def test_saying_it_again_holds_it_for_longer_and_letting_go_ends_it(people, comment, time_machine):
    anna, bo = people
    claim(anna, comment)
    time_machine.move_to(timezone.now() + timedelta(minutes=10))
    claim(anna, comment)
    time_machine.move_to(timezone.now() + timedelta(minutes=10))
    assert "is on it since" in queue(bo)
    claim(bo, comment, let_go="1")  # another's is not theirs to end
    assert Claim.objects.exists()
    assert "are on it since" not in claim(anna, comment, let_go="1")
    assert not Claim.objects.exists()


def test_it_can_be_switched_off(people, comment):
    hold_for(0)
    assert 'class="card-claim"' not in queue(people[0])
    assert "switched off" in claim(people[0], comment)
    assert not Claim.objects.exists()
    hold_for(5)
    assert 'class="card-claim"' in queue(people[0])


def test_nobody_claims_what_another_decides_on(comment):
    client = Client()
    client.force_login(make_user("author"))
    answer = client.post(reverse("moderation:claim", args=[comment.pk]))
    assert answer.status_code == 404
    assert client.get(reverse("moderation:claim", args=[comment.pk])).status_code == 405
    assert not Claim.objects.exists()


def test_claims_take_no_query_of_their_own(people, comment):
    queries = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            queue(people[1])
        queries.append(len(captured))
        for one in (comment, send(make_post()), send(make_post())):
            claim(people[0], one)
    assert queries[0] == queries[1]
