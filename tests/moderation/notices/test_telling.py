"""Mails to moderators: one of all there is, when they want it, about what they may decide on."""

import re

import pytest
from django.core import mail as mailbox
from django.urls import reverse
from django.utils import timezone

from comments import own
from comments.models import Comment
from core.models import Mail
from moderation import services
from moderation.models import Notice, NoticeWishes
from moderation.notices.telling import is_quiet, tell_moderators
from moderation.reports import report_comment
from tests.comments.mailing import Post, act, parsed, parts, say
from tests.factories import make_post, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def mails(run_jobs, time_machine, settings):
    settings.TIME_ZONE = "Europe/Berlin"
    time_machine.move_to("2026-03-02 11:00+00:00", tick=False)
    return Post(run_jobs, time_machine)


@pytest.fixture
def mo(mails):
    return make_user("moderator", email="mo@staff.example")


def want(user, **wishes):
    NoticeWishes.objects.update_or_create(user=user, defaults=wishes)


def minutes(mails, count, *, step=1):
    """The mails of so many minutes, with the job run twice in each, as by two workers."""
    before = len(mailbox.outbox)
    for _ in range(0, count, step):
        mails.wait(minutes=step)
        tell_moderators(0)
        tell_moderators(0)
        mails.run_jobs()
    return [one for one in mailbox.outbox[before:] if "staff.example" in one.to[0]]


def test_without_wishes_there_is_one_mail_a_day_of_all_that_waits(mails, mo):
    minutes(mails, 1)  # from now on the site knows that somebody is to be told
    post = make_post(title="On premises")
    for number in range(3):
        say(post, f"Words {number}.", is_public=False)
    assert minutes(mails, 600, step=300) == []
    [one] = minutes(mails, 720, step=240)
    assert one.to == ["mo@staff.example"]
    assert one.subject == "Colloquy: 3 comments wait for a decision"
    for number in range(3):
        assert f"Words {number}." in one.body
    assert Notice.objects.count() == 3
    [again] = minutes(mails, 24 * 60, step=240)
    assert again.subject == one.subject


def test_where_nothing_waits_nothing_is_sent_nor_late(mails, mo):
    assert minutes(mails, 24 * 60, step=240) == []
    say(make_post(), is_public=False)  # after the hour: tomorrow
    assert minutes(mails, 60, step=10) == []


def test_at_once_is_within_the_minute_and_a_flood_is_one_mail_more(mails, mo):
    want(mo, waiting="instant")
    post = make_post()
    say(post, is_public=False)
    [first] = minutes(mails, 1)
    assert first.subject == "Colloquy: 1 comment waits for a decision"
    for _ in range(30):
        say(post, is_public=False)
    [second] = minutes(mails, 10, step=5)
    assert second.subject == "Colloquy: 31 comments wait for a decision"
    assert "and 11 more" in second.body
    assert minutes(mails, 30, step=6) == []


def test_hourly_comes_once_an_hour_and_only_for_something_new(mails, mo):
    want(mo, waiting="hourly")
    post = make_post()
    say(post, is_public=False)
    assert len(minutes(mails, 1)) == 1
    say(post, is_public=False)
    assert minutes(mails, 55, step=11) == []
    assert len(minutes(mails, 10)) == 1
    assert minutes(mails, 180, step=60) == []


def test_overdue_comes_when_the_oldest_waited_too_long(mails, mo):
    want(mo, waiting="overdue", overdue_hours=5)
    say(make_post(), is_public=False)
    assert minutes(mails, 290, step=58) == []
    assert len(minutes(mails, 20, step=10)) == 1
    assert minutes(mails, 300, step=60) == []


def test_never_is_never(mails, mo):
    want(mo, **dict.fromkeys(["waiting", "reports", "appeals"], "off"))
    say(make_post(), is_public=False)
    assert minutes(mails, 48 * 60, step=360) == []


def test_what_was_decided_before_the_mail_goes_is_not_told(mails, mo):
    want(mo, waiting="instant")
    post = make_post()
    one, other = say(post, "Decided.", is_public=False), say(post, "Waits.", is_public=False)
    tell_moderators(0)
    act(services.reject_comment, one)
    [sent] = mails.later(seconds=1)
    assert "Decided." not in sent.body
    assert "Waits." in sent.body
    act(services.reject_comment, other)
    assert minutes(mails, 10, step=5) == []


def test_a_mail_with_nothing_left_to_tell_is_not_sent(mails, mo):
    want(mo, waiting="instant")
    one = say(make_post(), is_public=False)
    tell_moderators(0)
    act(services.reject_comment, one)
    assert mails.later(seconds=1) == []
    assert Mail.objects.get(to="mo@staff.example").refused_at


def test_what_waits_again_is_told_again(mails, mo):
    want(mo, waiting="instant")
    one = say(make_post(), is_public=False)
    assert len(minutes(mails, 1)) == 1
    act(services.reject_comment, one)
    assert minutes(mails, 10, step=5) == []
    own.resubmit_comment(
        comment_id=one.pk, version=Comment.objects.get(pk=one.pk).version, text="Better words."
    )
    [sent] = minutes(mails, 10, step=5)
    assert "Better words." in sent.body


def test_an_author_hears_of_comments_under_own_posts_only(mails):
    author = make_user("author", email="author@staff.example")
    want(author, waiting="instant", reports="instant")
    theirs, other = make_post(author=author), make_post()
    say(theirs, "Theirs.", is_public=False)
    hidden = say(other, "Not theirs.", is_public=False)
    public = say(other, "Reported.")
    report_comment(comment_id=public.pk, reason="spam", text="", reporter="r")
    [sent] = minutes(mails, 1)
    assert "Theirs." in sent.body
    assert "Not theirs." not in sent.body
    assert f"/{hidden.pk}/" not in sent.body
    assert "reported" not in sent.subject


@pytest.mark.parametrize(
    "change", [{"is_active": False}, {"is_staff": False}, {"email": ""}, {"email": "no address"}]
)
def test_who_may_not_or_has_no_address_gets_none(mails, mo, change):
    want(mo, waiting="instant")
    say(make_post(), is_public=False)
    for name, value in change.items():
        setattr(mo, name, value)
    mo.save()
    assert minutes(mails, 3) == []


def test_who_lost_the_right_meanwhile_gets_no_mail_that_waited(mails, mo):
    want(mo, waiting="instant")
    say(make_post(), is_public=False)
    tell_moderators(0)
    mo.groups.clear()
    assert mails.later(seconds=1) == []


def test_reports_and_appeals_are_of_their_own_kinds(mails, mo):
    want(mo, waiting="off", reports="instant", appeals="instant")
    post = make_post()
    reported, rejected = say(post, "Reported."), say(post, "Appealed.", is_public=False)
    say(post, "Merely waits.", is_public=False)
    report_comment(comment_id=reported.pk, reason="spam", text="", reporter="r")
    rejected = act(services.reject_comment, rejected)
    own.appeal_decision(comment_id=rejected.pk, version=rejected.version, text="But why?")
    [sent] = minutes(mails, 1)
    assert sent.subject == "Colloquy: 1 comment has been reported, 1 comment is appealed for"
    assert "Merely waits." not in sent.body


@pytest.mark.parametrize(
    ("start", "end", "hour", "quiet"),
    [
        (22, 7, 23, True),
        (22, 7, 6, True),
        (22, 7, 7, False),
        (22, 7, 21, False),
        (9, 17, 9, True),
        (9, 17, 17, False),
        (None, None, 3, False),
    ],
)
def test_quiet_hours_may_cross_midnight(settings, start, end, hour, quiet):
    settings.TIME_ZONE = "Europe/Berlin"
    at = timezone.make_aware(timezone.datetime(2026, 3, 2, hour, 30))
    assert is_quiet(NoticeWishes(quiet_from=start, quiet_until=end), at) is quiet


def test_what_would_have_come_in_quiet_hours_comes_after_them(mails, mo):
    want(mo, waiting="instant", quiet_from=12, quiet_until=14)  # it is noon in Berlin
    say(make_post(), is_public=False)
    assert minutes(mails, 110, step=22) == []
    assert len(minutes(mails, 20, step=10)) == 1


def test_a_daily_mail_in_quiet_hours_comes_after_them(mails, mo):
    want(mo, quiet_from=6, quiet_until=9, daily_at=timezone.now())
    say(make_post(), is_public=False)
    mails.clock.move_to("2026-03-03 07:30+00:00", tick=False)
    assert minutes(mails, 5) == []
    assert len(minutes(mails, 60, step=10)) == 1


def test_a_strangers_words_are_quoted_and_lead_nowhere(mails, mo):
    want(mo, waiting="instant")
    hostile = '<a href="https://evil.example/">x</a>\n[go](https://evil.example/)\r\nBcc: x@y.z'
    say(make_post(), hostile, name="Eve <b>", is_public=False)
    [sent] = minutes(mails, 1)
    text, html = parts(sent)
    assert '<a href="https://evil' not in html
    assert "<b>" not in html
    assert "\nBcc:" not in text
    header = parsed(sent)
    assert header["Bcc"] is None
    assert header["Auto-Submitted"] == "auto-generated"
    assert f"{timezone.now():%Y}" in text


def test_the_links_decide_for_their_reader_alone_and_change_nothing_when_opened(mails, mo, client):
    want(mo, waiting="instant")
    one = say(make_post(), is_public=False)
    [sent] = minutes(mails, 1)
    [link] = re.findall(r"/decide/\S+", sent.body)
    assert mo.username in client.get(link).content.decode()
    assert Comment.objects.get(pk=one.pk).status == "pending"
    card = reverse("moderation:card", args=[one.pk])
    assert client.get(card).status_code == 302


def test_a_worker_that_dies_before_the_commit_told_nobody(mails, mo, monkeypatch):
    want(mo, waiting="instant")
    say(make_post(), is_public=False)

    def fail(*args, **kwargs):
        raise OSError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(Notice.objects, "bulk_create", fail)
        with pytest.raises(OSError, match="killed"):
            tell_moderators(0)
    assert not Mail.objects.exists()
    assert len(minutes(mails, 1)) == 1


def test_the_queries_do_not_grow_with_what_waits(mails, mo, django_assert_max_num_queries):
    want(mo, waiting="instant")
    post = make_post()
    for _ in range(12):
        say(post, is_public=False)
    with django_assert_max_num_queries(30):
        tell_moderators(0)
    mails.wait(minutes=10)
    with django_assert_max_num_queries(24):
        tell_moderators(0)
