"""A comment comes in once, with one verdict, and is never lost to a failing screener."""

import pytest
from django.core.checks import run_checks
from django.db import connection
from django.utils import timezone

from blog.models import Post
from comments import intake
from comments.errors import NotOpen
from comments.intake import Reason, Verdict
from comments.models import Comment
from comments.status import Status
from moderation import services
from moderation.models import LogEntry
from tests.factories import make_post, make_published, make_user, send

pytestmark = pytest.mark.django_db


class Publishes:
    def count(self, draft):
        return ()

    def screen(self, draft, counted=()):
        return Verdict(Status.PUBLISHED, (Reason(rule="all", effect="publish", sentence="Yes."),))

    def record(self, comment, verdict, at):
        pass


class Fails(Publishes):
    def screen(self, draft, counted=()):
        raise RuntimeError("no")


class FailsInTheDatabase(Publishes):
    def screen(self, draft, counted=()):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")


class FailsToRecord(Publishes):
    def record(self, comment, verdict, at):
        raise RuntimeError("no")


def use(settings, screener):
    settings.COMMENT_SCREENER = f"{__name__}.{screener.__name__}" if screener else ""
    intake.load_screener.cache_clear()


@pytest.fixture(autouse=True)
def _loaded(monkeypatch):
    """Screeners of this file, which has no import path of its own."""
    here = {cls.__name__: cls for cls in (Publishes, Fails, FailsInTheDatabase, FailsToRecord)}
    ordinary = intake.import_string

    def find(path):
        return here.get(path.rpartition(".")[2]) or ordinary(path)

    monkeypatch.setattr(intake, "import_string", find)
    yield
    intake.load_screener.cache_clear()


def test_the_screeners_verdict_is_the_first_status(settings):
    use(settings, Publishes)
    comment = send(make_post())
    assert (comment.status, comment.number) == ("published", "1")


def test_without_screener_a_comment_waits_and_the_reason_says_so(settings):
    use(settings, None)
    comment = send(make_post())
    assert comment.status == "pending"
    assert "No screener" in comment.reasons.get().sentence


@pytest.mark.parametrize("screener", [Fails, FailsInTheDatabase])
def test_a_failing_screener_holds_and_the_reason_says_so(settings, screener, caplog):
    use(settings, screener)
    comment = send(make_post())
    assert comment.status == "pending"
    assert "could not run" in comment.reasons.get().sentence
    assert "could not run" in caplog.text


def test_a_screener_that_can_not_record_stores_nothing(settings):
    use(settings, FailsToRecord)
    with pytest.raises(RuntimeError):
        send(make_post())
    assert not Comment.objects.exists()


def test_the_same_form_within_an_hour_is_the_same_comment():
    post = make_post()
    assert send(post, "Twice").pk == send(post, "Twice").pk


@pytest.mark.parametrize("other", [{"name": "Other"}, {"sender": "elsewhere"}])
def test_another_name_or_sender_is_another_comment(other):
    post = make_post()
    assert send(post, "Twice").pk != send(post, "Twice", **other).pk


def test_the_same_text_is_a_new_comment_after_an_hour(time_machine):
    time_machine.move_to(timezone.now())
    post = make_post()
    first = send(post, "Twice")
    time_machine.shift(3601)
    assert send(post, "Twice").pk != first.pk


def test_every_reason_is_kept_with_its_evidence():
    comment = send(make_post(), "http://a.example http://b.example")
    reasons = {reason.rule: reason for reason in comment.reasons.all()}
    assert set(reasons) == {"first comments", "links"}
    assert reasons["links"].evidence["links"] == ["http://a.example", "http://b.example"]


def test_intake_writes_one_log_row():
    comment = send(make_post())
    entry = LogEntry.objects.get()
    assert (entry.act, entry.comment_id, entry.status_after) == ("received", comment.pk, "pending")


def test_staffs_own_comment_is_public_at_once():
    comment = send(make_post(), user=make_user("author"))
    assert (comment.status, comment.number) == ("published", "1")


@pytest.mark.parametrize(
    "state",
    [
        {"comments_status": "closed"},
        {"status": "draft"},
        {"published_at": timezone.now().replace(year=2100)},
    ],
)
def test_a_post_that_takes_no_comments_takes_none(state):
    post = make_post(**state)
    with pytest.raises(NotOpen):
        send(post)
    assert not Comment.objects.exists()


def test_a_post_closed_after_the_form_was_made_takes_none():
    post = make_post()
    Post.objects.update(comments_status="closed")
    with pytest.raises(NotOpen):
        send(post)


def test_a_refused_form_can_be_sent_again():
    post = make_post(comments_status="closed")
    with pytest.raises(NotOpen):
        send(post, "Again")
    Post.objects.update(comments_status="open")
    assert send(post, "Again").status == "pending"


def test_a_removed_comment_takes_no_reply():
    parent = make_published(make_post())
    services.remove_comment(comment_id=parent.pk, version=parent.version, by=make_user())
    with pytest.raises(NotOpen):
        send(parent.post, parent=parent)


def test_a_reply_under_another_post_is_refused():
    parent = make_published(make_post())
    with pytest.raises(NotOpen):
        send(make_post(), parent=parent)


def test_a_wrong_screener_is_a_system_check(settings):
    for path, found in [("nowhere.At.all", "comments.E001"), ("builtins.dict", "comments.E002")]:
        settings.COMMENT_SCREENER = path
        assert found in {message.id for message in run_checks()}


def test_an_empty_screener_is_a_warning(settings):
    settings.COMMENT_SCREENER = ""
    assert "comments.W001" in {message.id for message in run_checks()}
