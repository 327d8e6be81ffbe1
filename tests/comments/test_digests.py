"""The daily mail: at its hour, once, of what is still so."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from comments import subscriptions
from comments.digests import last_hour, send_digests
from comments.models import Commenter, DigestItem
from core.mail import forget
from tests.comments.mailing import Post, make_commenter, parsed, remove, say
from tests.factories import make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def mails(run_jobs, time_machine, settings):
    settings.TIME_ZONE = "Europe/Berlin"
    time_machine.move_to("2026-03-02 11:00+00:00", tick=False)
    return Post(run_jobs, time_machine)


@pytest.fixture
def asked(mails):
    """A public comment of somebody who wants one mail a day."""
    post = make_post(title="On premises")
    hanna = make_commenter("hanna@mail.example")
    subscriptions.set_frequencies(hanna, dict.fromkeys(["answers", "decisions"], "daily"))
    return say(post, by=hanna)


def digests(mails, *, at):
    """What goes when the job has run at some time, twice as with two workers."""
    mails.clock.move_to(at, tick=False)
    send_digests(0)
    send_digests(0)
    return mails.later(seconds=1)


def test_it_comes_once_at_its_hour_in_the_sites_zone(mails, asked):
    say(asked.post, "First.", parent=asked)
    say(asked.post, "Second.", parent=asked)
    assert mails.later() == []
    assert digests(mails, at="2026-03-02 23:00+00:00") == []
    assert digests(mails, at="2026-03-03 05:50+00:00") == []
    [mail] = digests(mails, at="2026-03-03 06:00+00:00")
    for words in ("First.", "Second.", "is public, as 1"):
        assert words in mail.body
    assert mail.subject == "Colloquy: 3 new since yesterday"
    assert parsed(mail)["Precedence"] == "bulk"
    say(asked.post, "Third.", parent=asked)
    mails.later()
    assert digests(mails, at="2026-03-03 20:00+00:00") == []
    [mail] = digests(mails, at="2026-03-04 06:10+00:00")
    assert "First." not in mail.body
    assert "Third." in mail.body


def test_an_hour_that_was_missed_is_made_up_for(mails, asked):
    mails.later()
    assert len(digests(mails, at="2026-03-03 19:00+00:00")) == 1
    assert digests(mails, at="2026-03-04 06:00+00:00") == []


def test_who_has_no_usable_address_keeps_nobody_from_theirs(mails, asked):
    otto = make_commenter("otto@mail.example")
    subscriptions.set_frequencies(otto, {"decisions": "daily"})
    say(asked.post, by=otto)
    mails.later()
    Commenter.objects.filter(pk=asked.commenter_id).update(mail='"h h"@mail.example')
    [mail] = digests(mails, at="2026-03-03 06:00+00:00")
    assert mail.to == ["otto@mail.example"]


def test_it_tells_nothing_of_what_was_removed_or_is_not_wanted_any_more(mails, asked):
    answer = say(asked.post, "CANARY", parent=asked)
    mails.later()
    remove(answer)
    [mail] = digests(mails, at="2026-03-03 06:00+00:00")
    assert "CANARY" not in mail.body
    say(asked.post, parent=asked)
    mails.later()
    subscriptions.set_frequencies(asked.commenter, {"answers": "off"})
    assert digests(mails, at="2026-03-04 06:00+00:00") == []


def test_what_was_told_is_forgotten_with_the_mail(mails, asked):
    mails.later()
    digests(mails, at="2026-03-03 06:00+00:00")
    assert DigestItem.objects.count() == 1
    mails.wait(days=31)
    forget(0)
    assert not DigestItem.objects.exists()


@pytest.mark.parametrize(
    ("now", "hour", "last"),
    [
        ("2026-03-29 00:30", 2, "2026-03-28 01:00"),  # 2 o'clock is not there on the 29th
        ("2026-03-29 06:00", 7, "2026-03-29 05:00"),
        ("2026-10-25 05:59", 7, "2026-10-24 05:00"),
        ("2026-10-25 06:00", 7, "2026-10-25 06:00"),
    ],
)
def test_the_hour_follows_the_clock_on_the_wall(settings, now, hour, last):
    settings.TIME_ZONE = "Europe/Berlin"
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert last_hour(moment, hour) == datetime.fromisoformat(last).replace(tzinfo=UTC)


def test_of_every_day_there_is_one_hour(settings):
    settings.TIME_ZONE = "Europe/Berlin"
    start = datetime(2026, 1, 1, tzinfo=UTC)
    moments = {last_hour(start + timedelta(hours=n), 2) for n in range(24 * 365)}
    days = sorted(timezone.localdate(moment) for moment in moments)
    assert len(set(days)) == len(days) == 366
