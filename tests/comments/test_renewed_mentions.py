"""A page that was taken as a mention changes, goes, and comes back: what is public stays judged."""

import pytest
from django.urls import reverse
from django.utils import timezone

from comments.models import Comment, ReceivedMention
from comments.status import Status
from moderation import retention, services
from moderation.desk.queue import in_tab
from moderation.desk.renewing import show_new_text
from moderation.desk.undoing import undo_act
from moderation.models import LogEntry
from moderation.permissions import NotAllowed
from tests.comments.test_mentions import page_with, post, say, whole
from tests.factories import make_user, publish
from tests.other_sites import elsewhere

__all__ = ["elsewhere", "post", "say"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(say, post, settings, elsewhere):
    """Have the other site's page say something, and be looked at."""

    def says(words, status=200):
        if status == 200:
            elsewhere.pages["/answer"] = page_with(whole(post, settings), words)
        else:
            elsewhere.pages["/answer"] = lambda handler: handler.send_error(status)
        say(elsewhere.url("/answer"))
        return Comment.objects.order_by("pk").last()

    return says


def public(client, post):
    return client.get(post.get_absolute_url()).content.decode()


def test_while_it_waits_what_the_page_says_now_waits(page):
    page("First words")
    comment = page("Second words")
    assert comment.status == Status.PENDING
    assert "Second words" in comment.html
    assert [one.text.count("First words") for one in comment.revisions.all()] == [1]
    assert comment.reasons.filter(revision=None, rule="webmention").count() == 1
    acts = LogEntry.objects.filter(comment_id=comment.pk).order_by("pk")
    assert [one.act for one in acts] == ["received", "edited"]
    assert page("Second words").version == comment.version


def test_a_public_one_keeps_its_text_until_a_moderator_takes_the_new_one(client, post, page):
    publish(page("First words"))
    comment = page("Second words")
    assert comment.status == Status.PUBLISHED
    assert "First words" in public(client, post)
    assert "Second words" not in public(client, post)
    by = make_user()
    assert list(in_tab(by, "edited")) == [comment]
    client.force_login(by)
    card = client.get(reverse("moderation:card", args=[comment.pk])).content.decode()
    assert "What its page says by now" in card
    assert "<ins>Second" in card
    client.logout()
    shown = show_new_text(comment_id=comment.pk, version=comment.version, by=by)
    assert "Second words" in public(client, post)
    assert "First words" not in public(client, post)
    assert shown.number == "1"
    assert not in_tab(by, "edited")
    acts = LogEntry.objects.filter(comment_id=comment.pk).order_by("pk")
    assert [one.act for one in acts] == ["received", "published", "edited", "kept"]
    undo_act(entry_id=acts.last().pk, by=by)
    assert "First words" in public(client, post)
    assert list(in_tab(by, "edited")) == [comment]


def test_a_new_text_that_was_passed_over_is_not_brought_up_again(client, post, page):
    publish(page("First words"))
    comment = page("Second words")
    by = make_user()
    services.dismiss_reports(comment_id=comment.pk, version=comment.version, by=by)
    assert not in_tab(by, "edited")
    page("Second words")
    assert not in_tab(by, "edited")
    page("Third words")
    assert in_tab(by, "edited")
    page("First words")
    assert not in_tab(by, "edited")
    assert "First words" in public(client, post)


def test_nothing_new_is_nothing_to_show(page):
    comment = publish(page("First words"))
    with pytest.raises(services.StatusConflict):
        show_new_text(comment_id=comment.pk, version=comment.version, by=make_user())
    page("Second words")
    with pytest.raises(services.StatusConflict):
        show_new_text(comment_id=comment.pk, version=comment.version + 1, by=make_user())
    with pytest.raises(NotAllowed):
        show_new_text(comment_id=comment.pk, version=comment.version, by=make_user("author"))


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_gone_is_withdrawn_and_comes_back_as_another_that_waits(client, post, page, status):
    first = publish(page("First words"))
    page("Second words")
    page("", status=status)
    assert Comment.objects.get().is_withdrawn
    assert not ReceivedMention.objects.get().is_changed
    assert "First words" not in public(client, post)
    again = page("First words")
    assert (Comment.objects.count(), again.status) == (2, Status.PENDING)
    first.refresh_from_db()
    assert first.is_withdrawn
    assert ReceivedMention.objects.get().comment == again


@pytest.mark.parametrize("status", [401, 403, 451])
def test_what_is_shut_to_us_today_stays(page, status):
    publish(page("First words"))
    assert page("", status=status).status == Status.PUBLISHED
    assert ReceivedMention.objects.get().answer == f"The page answers {status}."


def test_what_was_rejected_is_not_brought_back_by_other_words(page):
    comment = page("First words")
    services.reject_comment(comment_id=comment.pk, version=comment.version, by=make_user())
    comment = page("Second words")
    assert (comment.status, Comment.objects.count()) == (Status.REJECTED, 1)
    assert "First words" in comment.text


def test_the_address_of_what_was_refused_goes_with_its_text(page, settings, time_machine):
    settings.KEEP_REFUSED_DAYS = 30
    time_machine.move_to("2027-01-01T00:00Z")
    comment = page("First words")
    services.reject_comment(comment_id=comment.pk, version=comment.version, by=make_user())
    time_machine.move_to("2027-01-30T00:00Z")
    retention.erase(0)
    assert ReceivedMention.objects.exists()
    time_machine.move_to("2027-02-02T00:00Z")
    assert timezone.now().day == 2
    retention.erase(0)
    assert not ReceivedMention.objects.exists()
    assert not Comment.objects.exists()
