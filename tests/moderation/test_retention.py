"""What is erased after its time: texts that nobody may read, and networks; and what stays."""

from datetime import timedelta

import pytest
from django.utils import timezone

from comments import own
from comments.errors import NoLongerKept, NotPossible
from comments.models import Comment, RecordedReason
from comments.private_links import status_address
from moderation import retention, services
from moderation.models import DecisionNote, Fingerprint, LogEntry, SourceUse
from tests.factories import make_post, make_published, make_user, publish, send

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def keep(settings):
    settings.KEEP_REFUSED_DAYS, settings.KEEP_NETWORKS_DAYS = 100, 10


def decide(service, comment, **told):
    comment = Comment.objects.get(pk=comment.pk)
    return service(comment_id=comment.pk, version=comment.version, by=make_user(), **told)


def make_old(comment, days=101):
    Comment.objects.filter(pk=comment.pk).update(
        changed_at=timezone.now() - days * DAY, mail="h@mail.example", network="n1"
    )


def erase():
    retention.erase(0)


def test_what_nothing_hangs_on_is_deleted_with_all_that_was_kept_of_it():
    comment = send(make_post(), "Spam at https://a.example/x for ten words that are here.")
    decide(services.mark_spam, comment)
    make_old(comment)
    erase()
    assert not Comment.objects.filter(pk=comment.pk).exists()
    assert not Fingerprint.objects.exists()
    assert not SourceUse.objects.exists()
    assert LogEntry.objects.filter(comment_id=comment.pk).count() == 2


def test_what_has_a_number_or_replies_leaves_its_empty_place(client):
    post = make_post()
    head = publish(send(post, "A head at https://a.example/x with quite some words in it."))
    reply = publish(send(post, "A reply.", head))
    decide(services.reject_comment, head, note="Why not.")
    make_old(head)
    erase()
    head = Comment.objects.get(pk=head.pk)
    assert (head.text, head.html, head.name, head.mail, head.network) == ("",) * 5
    assert (head.number, head.status, head.commenter, head.user) == ("1", "rejected", None, None)
    assert not RecordedReason.objects.filter(comment=head).exists()
    assert not DecisionNote.objects.exists()
    assert not SourceUse.objects.filter(comment=head).exists()
    assert Fingerprint.objects.get(comment=head).words == 0
    page = client.get(post.get_absolute_url()).content.decode()
    assert reply.text in page
    assert 'id="c-1"' in page
    assert "no longer kept" in client.get(status_address(head)).content.decode()


@pytest.mark.parametrize("days", [0, 99])
def test_what_is_not_due_stays(days, settings):
    settings.KEEP_REFUSED_DAYS = 100 if days else 0
    comment = send(make_post())
    decide(services.reject_comment, comment)
    make_old(comment, days or 9999)
    erase()
    assert Comment.objects.get(pk=comment.pk).text


def test_what_waits_or_is_public_is_never_erased():
    waiting, public = send(make_post()), make_published(make_post())
    for comment in (waiting, public):
        make_old(comment, 9999)
    erase()
    assert Comment.objects.exclude(text="").count() == 2


def test_what_was_decided_anew_meanwhile_stays():
    comment = send(make_post())
    decide(services.reject_comment, comment)
    make_old(comment)
    decide(services.hold_comment, comment)
    with pytest.raises(Exception, match="changed meanwhile"):
        retention.erase_comment(comment.pk, timezone.now())
    assert Comment.objects.get(pk=comment.pk).text


def test_an_erased_comment_is_neither_shown_nor_judged_again():
    comment = make_published(make_post())
    decide(services.remove_comment, comment)
    make_old(comment)
    erase()
    for service in (services.restore_comment, services.hold_comment):
        with pytest.raises(NoLongerKept):
            decide(service, comment)
    comment = Comment.objects.get(pk=comment.pk)
    with pytest.raises(NotPossible, match="no longer kept"):
        own.appeal_decision(comment_id=comment.pk, version=comment.version, text="But why?")


def test_networks_go_earlier():
    recent, old = send(make_post()), send(make_post())
    Comment.objects.update(network="n1")
    Comment.objects.filter(pk=old.pk).update(submitted_at=timezone.now() - 11 * DAY)
    erase()
    assert Comment.objects.get(pk=recent.pk).network == "n1"
    assert Comment.objects.get(pk=old.pk).network == ""
