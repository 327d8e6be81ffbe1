"""Every act: right state, right actor, one log row in the same transaction, or nothing at all."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connection, transaction

from comments.errors import ParentWithoutNumber, StatusConflict
from comments.models import Comment
from moderation import services
from moderation.models import DecisionNote, LogEntry
from moderation.permissions import NotAllowed, may_moderate, moderatable
from tests.factories import make_post, make_published, make_user, send

pytestmark = pytest.mark.django_db

ACTS = {
    "publish": (services.publish_comment, "pending", "published"),
    "reject": (services.reject_comment, "pending", "rejected"),
    "spam": (services.mark_spam, "pending", "spam"),
    "remove": (services.remove_comment, "published", "removed"),
    "hold": (services.hold_comment, "published", "pending"),
}
every_act = pytest.mark.parametrize(("service", "before", "after"), ACTS.values(), ids=ACTS)


def make_in(status):
    post = make_post()
    return make_published(post) if status == "published" else send(post)


def call(service, comment, by=None, version=None):
    version = comment.version if version is None else version
    return service(comment_id=comment.pk, version=version, by=by or make_user())


@every_act
def test_an_act_changes_the_status_and_writes_one_log_row(service, before, after):
    comment, by = make_in(before), make_user()
    rows = LogEntry.objects.count()
    call(service, comment, by)
    comment.refresh_from_db()
    entry = LogEntry.objects.latest("pk")
    assert comment.status == after
    assert LogEntry.objects.count() == rows + 1
    assert (entry.comment_id, entry.actor_id) == (comment.pk, by.pk)
    assert (entry.status_before, entry.status_after) == (before, after)
    assert entry.number == (comment.number or "")


@every_act
def test_a_stale_actor_changes_and_logs_nothing(service, before, after):
    comment = make_in(before)
    rows = LogEntry.objects.count()
    with pytest.raises(StatusConflict):
        call(service, comment, version=comment.version - 1)
    assert Comment.objects.get(pk=comment.pk).status == before
    assert LogEntry.objects.count() == rows


@every_act
@pytest.mark.parametrize("who", ["nobody", "other author", "no role", "inactive", "not staff"])
def test_who_may_not_decide_decides_nothing(service, before, after, who):
    comment = make_in(before)
    actors = {
        "nobody": AnonymousUser,
        "other author": lambda: make_user("author"),
        "no role": lambda: make_user("author").groups.clear() or make_user("author"),
        "inactive": lambda: make_user(is_active=False),
        "not staff": lambda: _without_staff(make_user()),
    }
    with pytest.raises(NotAllowed):
        call(service, comment, actors[who]())
    assert Comment.objects.get(pk=comment.pk).status == before


def _without_staff(user):
    user.is_staff = False
    user.save()
    return user


@pytest.mark.parametrize("role", ["author", "moderator", ""])
def test_authors_decide_under_their_own_posts_and_moderators_everywhere(role):
    user = make_user(role)
    own, foreign = send(make_post(author=user)), send(make_post())
    everywhere = role != "author"
    assert may_moderate(user, own)
    assert may_moderate(user, foreign) is everywhere
    assert set(moderatable(user)) == ({own, foreign} if everywhere else {own})


def test_no_user_means_no():
    comment = send(make_post())
    assert not may_moderate(None, comment)
    assert not moderatable(None).exists()


def test_restoring_gives_back_what_was_before():
    comment = make_published(make_post())
    comment = call(services.remove_comment, comment)
    assert comment.removed_by == "moderator"
    comment = call(services.restore_comment, comment)
    assert (comment.status, comment.removed_by) == ("published", "")


def test_what_was_not_removed_is_not_restored():
    with pytest.raises(StatusConflict):
        call(services.restore_comment, make_published(make_post()))


def test_a_comment_is_not_published_twice():
    comment = make_published(make_post())
    with pytest.raises(StatusConflict):
        call(services.publish_comment, comment)


def test_a_refused_publication_takes_no_number():
    post = make_post()
    root = make_published(post)
    reply = send(post, parent=root)
    Comment.objects.filter(pk=root.pk).update(status="pending", number=None, ordinal=None)
    rows = LogEntry.objects.count()
    with pytest.raises(ParentWithoutNumber):
        call(services.publish_comment, reply)
    assert LogEntry.objects.count() == rows


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE moderation_logentry SET actor_id = 7",
        "DELETE FROM moderation_logentry",
        "UPDATE moderation_logentry SET act = act",
    ],
)
def test_the_database_refuses_to_change_the_log(statement):
    send(make_post())
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_the_database_refuses_to_empty_the_log():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE moderation_logentry ENABLE TRIGGER USER")
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("TRUNCATE moderation_logentry")


def test_the_log_holds_no_name_address_or_text():
    comment = make_published(make_post(), text="canarytext", name="canaryname")
    Comment.objects.filter(pk=comment.pk).update(mail="canary@mail.example")
    assert "canary" not in str(list(LogEntry.objects.values()))


@pytest.mark.django_db(transaction=True)
def test_an_act_that_can_not_be_logged_does_not_happen():
    comment = send(make_post())
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE moderation_logentry ADD CONSTRAINT no CHECK (act = 'received') NOT VALID"
        )
    try:
        with pytest.raises(Exception, match="rearranged"):
            call(services.reject_comment, comment)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE moderation_logentry DROP CONSTRAINT no")
    assert Comment.objects.get(pk=comment.pk).status == "pending"


def test_a_note_stands_beside_the_log_and_can_be_erased():
    comment = send(make_post())
    services.reject_comment(
        comment_id=comment.pk, version=comment.version, by=make_user(), note=" Off topic.\r\n"
    )
    note = DecisionNote.objects.get()
    assert (note.text, note.log_entry_id) == ("Off topic.", LogEntry.objects.latest("pk").pk)
    assert "Off topic" not in str(list(LogEntry.objects.values()))
    note.delete()


def test_a_rejection_without_a_note_keeps_none():
    call(services.reject_comment, send(make_post()))
    assert not DecisionNote.objects.exists()


def test_a_note_over_the_limit_changes_nothing_and_is_given_back():
    comment = send(make_post())
    with pytest.raises(services.NoteTooLong, match="Your note: xxx"):
        services.reject_comment(
            comment_id=comment.pk, version=comment.version, by=make_user(), note="x" * 1001
        )
    assert Comment.objects.get().status == "pending"
