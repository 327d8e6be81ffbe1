"""The outside check, against a service on loopback that answers as it is told."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
from django.contrib.auth.models import User
from django.core import checks
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from comments import intake, own
from comments.models import Comment, RecordedReason
from comments.private_links import make_token
from core import outbound
from moderation import outside, services
from moderation.desk.locking import lock_branch
from moderation.models import LogEntry, Rule
from moderation.screening.kinds.outside_check import OutsideCheck
from tests.factories import make_facts, make_post, make_user, send

pytestmark = pytest.mark.django_db


class Service:
    """Answers (status, body, headers) one after the other, the last one again and again."""

    def __init__(self):
        self.asked = []
        self.answers = [(200, b"false", {})]
        self.pause = 0.0
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                service.asked.append({name: one for name, [one] in parse_qs(body).items()})
                time.sleep(service.pause)
                answers = service.answers
                status, said, headers = answers.pop(0) if len(answers) > 1 else answers[0]
                self.send_response(status)
                for name, value in {"Content-Length": str(len(said)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/1.1/comment-check"

    def says(self, *bodies, status=200, **headers):
        self.answers = [(status, body, headers) for body in bodies]


@pytest.fixture
def service(settings):
    """The service, with the key set and its rule the only one."""
    service = Service()
    thread = threading.Thread(target=service.server.serve_forever, daemon=True)
    thread.start()
    settings.AKISMET_KEY = "the-key"
    settings.AKISMET_ADDRESS = service.address
    Rule.objects.exclude(shipped_as="outside check").delete()
    Rule.objects.update(is_on=True)
    yield service
    service.server.shutdown()
    thread.join()
    service.server.server_close()


def reasons(comment):
    return [(one.effect, one.sentence) for one in comment.reasons.filter(revision=None)]


def asked_again(comment, run_jobs):
    run_jobs()
    return Comment.objects.get(pk=comment.pk)


def test_it_ships_switched_off():
    assert not Rule.objects.get(shipped_as="outside check").is_on


def test_a_comment_waits_first_and_appears_after_the_answer(service, run_jobs):
    comment = send(make_post())
    assert comment.status == "pending"
    assert reasons(comment) == [("hold", "The outside service has not answered yet.")]
    assert service.asked == []
    comment = asked_again(comment, run_jobs)
    assert (comment.status, comment.number) == ("published", "1")
    assert reasons(comment) == [("note", "The outside service finds nothing against it.")]
    last = LogEntry.objects.latest("pk")
    assert (last.act, last.actor_id, last.status_before) == ("published", None, "pending")


@pytest.mark.parametrize(
    ("effect", "status"), [("spam", "spam"), ("hold", "pending"), ("reject", "rejected")]
)
def test_spam_has_the_effect_of_the_rule(service, run_jobs, effect, status):
    Rule.objects.update(effect=effect)
    service.says(b"true", **{"X-akismet-pro-tip": "discard"})
    comment = asked_again(send(make_post()), run_jobs)
    assert comment.status == status
    assert reasons(comment) == [(effect, "The outside service calls it spam and is sure of it.")]


def test_its_writer_reads_that_a_rule_rejected_it_and_no_person(service, run_jobs):
    Rule.objects.update(effect="reject")
    service.says(b"true")
    comment = asked_again(send(make_post()), run_jobs)
    assert comment.status == "rejected"
    assert intake.explain(comment).by_rule


def test_what_else_holds_goes_on_holding(service, run_jobs):
    Rule.objects.create(kind="links", effect="hold")
    comment = asked_again(send(make_post(), "https://a.example/ https://b.example/"), run_jobs)
    assert comment.status == "pending"
    assert sorted(effect for effect, _ in reasons(comment)) == ["hold", "note"]


def test_no_answer_publishes_a_reply_in_a_branch_that_was_locked_since(service, run_jobs):
    post, by = make_post(), make_user()
    root = asked_again(send(post), run_jobs)
    reply = send(post, parent=root)
    lock_branch(comment_id=root.pk, version=root.version, by=by, reason="Enough of this.")
    reply = asked_again(reply, run_jobs)
    assert reply.status == "pending"
    assert reasons(reply) == [("note", "The outside service finds nothing against it.")]


def test_nothing_more_is_sent_than_is_documented(service, run_jobs):
    post = make_post()
    comment = send(post, "Some words.")
    Comment.objects.filter(pk=comment.pk).update(mail="hanna@a.example", network="digest")
    run_jobs()
    [asked] = service.asked
    assert asked == {
        "api_key": "the-key",
        "blog": "http://127.0.0.1:8000/",
        "user_ip": "0.0.0.0",  # noqa: S104
        "permalink": f"http://127.0.0.1:8000{post.get_absolute_url()}",
        "comment_type": "comment",
        "comment_author": "Reader",
        "comment_content": "Some words.",
        "comment_date_gmt": comment.submitted_at.isoformat(),
        "blog_lang": "en",
        "blog_charset": "UTF-8",
    }


def test_without_the_rule_nobody_is_asked(service):
    Rule.objects.create(kind="links", effect="hold")
    Rule.objects.filter(kind="outside check").update(is_on=False)
    assert send(make_post()).is_published
    assert not ProcrastinateJob.objects.filter(task_name="moderation.check_outside").exists()


def test_without_the_key_nothing_is_sent_and_everything_waits(service, settings, run_jobs):
    settings.AKISMET_KEY = ""
    comment = send(make_post())
    with pytest.raises(outside.Unavailable):
        run_jobs()
    assert reasons(comment)[0][1].endswith("COLLOQUY_AKISMET_KEY is not set. It is tried again.")
    assert service.asked == []
    settings.AKISMET_KEY = "the-key"
    assert asked_again(comment, run_jobs).is_published


def test_staff_are_not_sent_elsewhere(service, run_jobs):
    comment = send(make_post(), user=make_user())
    run_jobs()
    assert (comment.status, service.asked) == ("published", [])
    assert [effect for effect, _ in reasons(comment)] == ["publish"]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((500, b"oops", {}), "It answered with status 500."),
        ((200, b"", {}), "It answered neither yes nor no."),
        ((200, b"<html>" * 9999, {}), "It answered neither yes nor no."),
        ((302, b"true", {"Location": "http://elsewhere.example/"}), "It answered with status 302."),
        ((200, b"invalid", {"X-akismet-debug-help": "No \tkey"}), "neither yes nor no. No key"),
    ],
)
def test_without_an_answer_it_waits_and_is_asked_again(service, run_jobs, answer, why):
    service.answers = [answer, (200, b"false", {})]
    comment = send(make_post())
    with pytest.raises(outside.Unavailable):
        run_jobs()
    comment.refresh_from_db()
    [(effect, sentence)] = reasons(comment)
    assert (comment.status, effect) == ("pending", "hold")
    assert why in sentence
    assert "could not run" in comment.reasons.get().evidence
    assert asked_again(comment, run_jobs).status == "published"


def test_a_slow_service_is_not_waited_for(service, run_jobs, monkeypatch):
    monkeypatch.setattr(outbound, "TIMEOUT", 0.2)
    service.pause = 1
    comment = send(make_post())
    began = time.monotonic()
    with pytest.raises(outside.Unavailable, match="did not answer in time"):
        run_jobs()
    assert time.monotonic() - began < 0.9
    assert "did not answer in time" in reasons(comment)[0][1]


def test_no_service_at_all(service, settings, run_jobs):
    settings.AKISMET_ADDRESS = "http://127.0.0.1:9/"
    send(make_post())
    with pytest.raises(outside.Unavailable, match="Connection refused"):
        run_jobs()


def test_the_job_has_a_back_off():
    waits = outside.check_comment.retry_strategy
    assert waits.waits == (10, 60, 300, 900)
    assert waits.most > 100


@pytest.mark.parametrize(
    ("decide", "status"),
    [
        (services.reject_comment, "rejected"),
        (services.publish_comment, "published"),
        (services.remove_comment, "removed"),
    ],
)
@pytest.mark.parametrize("said", [b"true", b"false"])
def test_a_person_who_decided_meanwhile_is_never_overruled(service, run_jobs, decide, status, said):
    service.says(said)
    comment = send(make_post())
    decide(comment_id=comment.pk, version=comment.version, by=make_user())
    assert asked_again(comment, run_jobs).status == status


@pytest.mark.parametrize("said", [b"true", b"false"])
def test_what_a_person_put_back_waits_for_a_person(service, run_jobs, said):
    service.says(said)
    comment = send(make_post())
    for act in (services.publish_comment, services.hold_comment):
        comment.refresh_from_db()
        act(comment_id=comment.pk, version=comment.version, by=make_user())
    assert asked_again(comment, run_jobs).status == "pending"


def test_an_edited_text_is_asked_about_anew_and_waits_for_a_person(service, run_jobs):
    comment = send(make_post(), "The first text.")
    comment = own.edit_comment(comment_id=comment.pk, version=comment.version, text="Another.")
    comment = asked_again(comment, run_jobs)
    assert {asked["comment_content"] for asked in service.asked} == {"Another."}
    assert comment.status == "pending"


def test_an_answer_about_an_earlier_text_does_nothing(service, run_jobs, monkeypatch):
    comment = send(make_post(), "The first text.")
    asked = Comment.objects.select_related("post").get(pk=comment.pk)
    own.edit_comment(comment_id=comment.pk, version=comment.version, text="Another.")
    outside._settle(asked, outside.Answer(is_spam=True))
    comment.refresh_from_db()
    assert comment.status == "pending"
    assert reasons(comment) == [("hold", "The outside service has not answered yet.")]


def test_a_published_text_is_edited_without_asking(service, run_jobs):
    comment = asked_again(send(make_post(), "Some wrods."), run_jobs)
    comment = own.edit_comment(comment_id=comment.pk, version=comment.version, text="Some words.")
    run_jobs()
    assert (comment.status, len(service.asked)) == ("published", 1)


def test_what_is_decided_without_is_not_sent(service, run_jobs):
    Rule.objects.create(kind="links", effect="reject")
    comment = send(make_post(), "https://a.example/ https://b.example/")
    run_jobs()
    assert (comment.status, service.asked) == ("rejected", [])
    assert [effect for effect, _ in reasons(comment)] == ["reject"]


def test_switched_off_meanwhile_it_lets_go(service, run_jobs):
    Rule.objects.create(kind="links", effect="hold")
    comment = send(make_post())
    Rule.objects.filter(kind="outside check").update(is_on=False)
    assert asked_again(comment, run_jobs).status == "published"
    assert service.asked == []


def test_the_job_run_twice_asks_once(service, run_jobs):
    comment = send(make_post())
    run_jobs()
    outside.check_comment(comment_id=comment.pk)
    outside.check_comment(comment_id=comment.pk + 1000)
    assert len(service.asked) == 1
    assert RecordedReason.objects.count() == 1


def test_a_continuation_of_what_waits_stays_with_it(service, run_jobs):
    reply = continuation_of(send(make_post()))
    outside.check_comment(comment_id=reply.pk)
    assert len(service.asked) == 1
    reply.refresh_from_db()
    assert reply.status == "pending"


def continuation_of(comment):
    draft = intake.make_draft(
        post=comment.post, parent=comment, name="Reader", mail="", text="More.", continues=True
    )
    return intake.receive(draft, sender="somewhere")


def test_writers_are_told_on_every_page_and_while_it_waits(client, service):
    post = make_post(slug="freedom")
    told = "Every comment is checked for spam by an outside service (Akismet)"
    assert told in client.get("/posts/freedom/").content.decode()
    comment = send(post)
    status = client.get(reverse("comments:status", args=[make_token(comment)]))
    assert told in status.content.decode()


def test_the_admin_says_that_the_key_is_missing(client, settings):
    client.force_login(make_user())
    settings.AKISMET_KEY = ""
    assert (
        "COLLOQUY_AKISMET_KEY is not set" in client.get("/admin/moderation/rule/").content.decode()
    )
    settings.AKISMET_KEY = "key"
    page = client.get("/admin/moderation/rule/").content.decode()
    assert "COLLOQUY_AKISMET_KEY is not set" not in page


@pytest.mark.parametrize(
    ("key", "address", "found"),
    [
        ("", "nonsense", []),
        ("key", "nonsense", ["moderation.E001"]),
        ("key", "https:///path", ["moderation.E001"]),
        ("key", "http://spam.example/check", ["moderation.W002"]),
        ("key", "http://127.0.0.1:1/check", []),
        ("key", "https://spam.example/check", []),
    ],
)
def test_a_wrong_address_is_a_sentence_at_start(settings, key, address, found):
    settings.AKISMET_KEY, settings.AKISMET_ADDRESS = key, address
    messages = [one.id for one in checks.run_checks() if one.id.startswith("moderation.")]
    assert messages == found


def test_the_kind_asks_about_strangers_and_not_about_edits_of_what_is_public():
    kind = OutsideCheck()
    finding = kind.judge(make_facts(), None)
    assert (finding.effect, finding.evidence) == ("hold", {"outside": "asking"})
    assert kind.judge(make_facts(user=User(is_staff=True)), None) is None
    assert kind.judge(make_facts(replaces=Comment(status="published")), None) is None
    assert kind.judge(make_facts(replaces=Comment(status="pending")), None) is not None
