"""Replies that are owed: how long, put off, dropped, told once a week, gone when answered."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from comments import intake
from comments.models import Comment
from moderation import services
from moderation.models import FollowUp, NoticeWishes
from moderation.notices.telling import tell
from tests.factories import make_post, make_published, make_user, send

pytestmark = pytest.mark.django_db

OWED = "/admin/queue/?status=owed"
MONDAY = datetime(2026, 6, 1, 12, 0, tzinfo=ZoneInfo("UTC"))


@pytest.fixture
def author(client):
    user = make_user("author", email="author@blog.example")
    client.force_login(user)
    return user


@pytest.fixture
def owed(client, author):
    """A comment published just now, to be answered later."""
    comment = send(make_post(author=author), "A question.", name="Patient")
    client.post(reverse("moderation:act", args=[comment.pk, "owe"]), {"version": 1})
    return Comment.objects.select_related("post").get(pk=comment.pk)


def listed(client):
    return [card.comment.pk for card in client.get(OWED).context["cards"]]


def answer(comment, by, **fields):
    draft = intake.make_draft(
        post=comment.post, parent=comment, name="A", mail="", text="An answer.", user=by, **fields
    )
    return intake.receive(draft, sender="x")


def test_published_now_and_answered_in_three_weeks_it_is_on_the_list_until_then(
    client, author, owed, time_machine
):
    assert listed(client) == [owed.pk]
    time_machine.move_to(timezone.now() + timedelta(days=21))
    client.force_login(author)
    assert "3\xa0weeks" in client.get(OWED).content.decode()
    answer(owed, author)
    assert listed(client) == []


def test_an_answer_further_down_in_the_branch_counts_and_a_removed_one_does_not(
    client, author, owed
):
    below = make_published(owed.post, parent=owed)
    reply = answer(below, author)
    assert listed(client) == []
    services.remove_comment(comment_id=reply.pk, version=reply.version, by=author)
    assert listed(client) == [owed.pk]


def test_an_answer_elsewhere_by_another_or_from_before_does_not_count(client, author, owed):
    answer(make_published(owed.post), author)
    answer(owed, make_user("moderator"))
    assert listed(client) == [owed.pk]


def test_a_reply_is_put_off_and_comes_back(client, author, owed, time_machine):
    row = FollowUp.objects.get()
    page = client.post(reverse("moderation:snooze", args=[row.pk]), {"days": 7}, follow=True)
    assert "put off until" in page.content.decode()
    assert listed(client) == []
    time_machine.move_to(timezone.now() + timedelta(days=7, minutes=1))
    client.force_login(author)
    assert listed(client) == [owed.pk]


@pytest.mark.parametrize("days", ["", "0", "366", "x", "-3"])
def test_days_that_are_none_put_nothing_off(client, owed, days):
    row = FollowUp.objects.get()
    client.post(reverse("moderation:snooze", args=[row.pk]), {"days": days})
    assert listed(client) == [owed.pk]


def test_a_dropped_one_is_owed_no_more_and_may_be_owed_again(client, author, owed):
    row = FollowUp.objects.get()
    client.post(reverse("moderation:drop", args=[row.pk]))
    assert listed(client) == []
    assert client.post(reverse("moderation:drop", args=[row.pk])).status_code == 404
    version = Comment.objects.get(pk=owed.pk).version
    client.post(reverse("moderation:act", args=[owed.pk, "owe"]), {"version": version})
    assert listed(client) == [owed.pk]


@pytest.mark.parametrize("what", ["snooze", "drop"])
def test_what_another_owes_nobody_changes(client, owed, what):
    client.force_login(make_user("moderator"))
    row = FollowUp.objects.get()
    answered = client.post(reverse(f"moderation:{what}", args=[row.pk]), {"days": 3})
    assert answered.status_code == 404


def test_once_a_week_a_mail_tells_what_is_owed(client, author, time_machine, run_jobs, mailoutbox):
    time_machine.move_to(MONDAY)
    client.force_login(author)
    comment = send(make_post(author=author), "A question.", name="Patient")
    client.post(reverse("moderation:act", args=[comment.pk, "owe"]), {"version": 1})
    NoticeWishes.objects.create(user=author, waiting="off", daily_at=MONDAY, weekly_at=MONDAY)
    told = []
    for day in range(1, 15):
        time_machine.move_to(MONDAY + timedelta(days=day))
        tell(author)
        run_jobs()
        told += [day] * len(mailoutbox)
        mailoutbox.clear()
    assert told == [7, 14]


def test_the_weekly_mail_says_which(author, owed, time_machine, run_jobs, mailoutbox):
    NoticeWishes.objects.create(user=author)
    time_machine.move_to(timezone.now() + timedelta(days=8))
    tell(author)
    run_jobs()
    [mail] = [one for one in mailoutbox if one.to == [author.email]]
    assert "1 comment awaits your reply" in mail.subject
    assert "A question." in mail.body
    assert "?status=owed" in mail.body
