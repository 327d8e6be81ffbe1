"""Mail stops for an address where it can't arrive or is not wanted; nobody else can stop it."""

import json
import mailbox
import time
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.core import mail as outbox
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from core import bounces
from core.mail import enqueue_mail, forget
from core.message import message_id
from core.models import Mail, MailFailure, StoppedAddress
from core.signatures import sign
from core.stopping import is_stopped, lift_stop, note_failure
from tests.core.conftest import mail_server, worker
from tests.factories import make_user

__all__ = ["mail_server", "worker"]
pytestmark = pytest.mark.django_db
SECRET = "a secret of forty letters, more or less."
READER = "Reader@example.org"


@pytest.fixture
def sent(run_jobs):
    """Have mails sent; the Message-IDs under which they went."""

    def send(*keys, to=READER):
        for key in keys:
            enqueue_mail(to=to, subject="Hello", text="A text.", key=key)
        run_jobs()
        return [message_id(key) for key in keys]

    return send


def report(message_id, *, status="5.1.1", action="failed", recipient=READER, headers_only=False):
    """What a mail server sends back: RFC 3464."""
    original = f"From: colloquy@example.org\r\nTo: {READER}\r\nMessage-ID: {message_id}\r\n\r\n"
    returned = "text/rfc822-headers" if headers_only else "message/rfc822"
    return build(
        "delivery-status",
        "message/delivery-status",
        "Reporting-MTA: dns; mx.example.org\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; 550 {status} unknown\r\n\r\n",
        returned,
        original,
    )


def complaint(message_id, *, kind="abuse"):
    """What a provider sends when somebody presses "spam": RFC 5965."""
    return build(
        "feedback-report",
        "message/feedback-report",
        f"Feedback-Type: {kind}\r\nUser-Agent: Some/1.0\r\nVersion: 1\r\n\r\n",
        "message/rfc822",
        f"From: colloquy@example.org\r\nMessage-ID: {message_id}\r\n\r\nWords.\r\n",
    )


def build(report_type, kind, fields, returned, original):
    return (
        "From: mailer-daemon@mx.example.org\r\nTo: colloquy@example.org\r\nSubject: Back\r\n"
        f"MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type={report_type};"
        ' boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nIt came back.\r\n"
        f"--b\r\nContent-Type: {kind}\r\n\r\n{fields}\r\n"
        f"--b\r\nContent-Type: {returned}\r\n\r\n{original}\r\n--b--\r\n"
    ).encode()


def test_a_hard_bounce_stops_mail_at_once(sent):
    [one] = sent("1")
    assert bounces.take_in(report(one)) == bounces.STOPPED
    assert is_stopped("reader@EXAMPLE.org")
    assert "5.1.1" in StoppedAddress.objects.get().reason
    sent("2")
    assert len(outbox.outbox) == 1
    last = Mail.objects.get(key="2")
    assert last.refused_at
    assert "stopped" in last.trouble


def test_returned_headers_are_enough(sent):
    [one] = sent("1")
    assert bounces.take_in(report(one, headers_only=True)) == bounces.STOPPED


def test_a_complaint_stops_mail_at_once(sent):
    [one] = sent("1")
    assert bounces.take_in(complaint(one)) == bounces.STOPPED
    assert StoppedAddress.objects.get().address == READER.lower()
    assert MailFailure.objects.get().kind == "complaint"


@pytest.mark.parametrize("status", ["4.2.2", "4.4.7", "5.2.2", "5.7.1", "5.3.4", "", "nonsense"])
def test_soft_bounces_stop_after_five_mails(sent, status):
    ids = sent(*"12345")
    for one in ids[:4]:
        bounces.take_in(report(one, status=status))
        bounces.take_in(report(one, status=status))
    assert not is_stopped(READER)
    bounces.take_in(report(ids[4], status=status))
    assert is_stopped(READER)


def test_soft_bounces_of_long_ago_do_not_count(sent, time_machine):
    for number in range(8):
        [one] = sent(str(number))
        bounces.take_in(report(one, status="4.2.2"))
        time_machine.move_to(timezone.now() + timedelta(days=8))
    assert not is_stopped(READER)


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded", ""])
def test_what_is_no_failure_counts_nothing(sent, action):
    [one] = sent("1")
    assert bounces.take_in(report(one, action=action, status="4.0.0")) == bounces.NO_REPORT
    assert not MailFailure.objects.exists()


def test_not_spam_is_no_complaint(sent):
    [one] = sent("1")
    assert bounces.take_in(complaint(one, kind="not-spam")) == bounces.NO_REPORT


@pytest.mark.parametrize(
    "forged",
    ["", "<x@y>", f"<{'0' * 32}@127.0.0.1>", "<%>", "\udcff", "=?utf-8?q?x?=", f"<{'0' * 32}@"],
)
@pytest.mark.parametrize("make", [report, complaint])
def test_a_forged_report_stops_nobody(sent, make, forged):
    sent("1")
    raw = make("ID").replace(b"ID\r\n", forged.encode(errors="surrogateescape") + b"\r\n")
    assert bounces.take_in(raw) in {bounces.NOT_OURS, bounces.NO_REPORT}
    assert not StoppedAddress.objects.exists()


def test_a_report_can_only_be_held_against_whom_the_mail_went_to(sent):
    """The recipient of one mail can't name somebody else's address."""
    [one] = sent("1", to="mallory@example.org")
    sent("2")
    bounces.take_in(report(one, recipient=READER))
    assert not is_stopped(READER)
    assert is_stopped("mallory@example.org")


def test_a_mail_that_has_not_gone_yet_can_not_come_back(db):
    enqueue_mail(to=READER, subject="Hello", text="A text.", key="1")
    assert bounces.take_in(report(message_id("1"))) == bounces.NOT_OURS


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\x00",
        b"Content-Type: multipart/report\r\n\r\nno parts",
        b'Content-Type: multipart/report; boundary="b"\r\n\r\n--b\r\n',
        b'Content-Type: multipart/report; boundary="b"\r\n\r\n' + b"--b\r\n\r\n" * 20_000,
        b'Content-Type: multipart/report; boundary="b"\r\n\r\n--b\r\n'
        + b"Content-Type: message/rfc822\r\n\r\n" * 300,
        b'Content-Type: multipart/report; boundary="b"\r\n\r\n--b\r\n'
        + b"Content-Type: message/rfc822\r\n\r\n" * 20_000,
        b"Content-Type: message/delivery-status\r\n\r\nAction: failed\r\n",
        b"A: " + b"x" * 2_000_000,
    ],
)
def test_nonsense_is_no_report(raw):
    began = time.monotonic()
    assert bounces.take_in(raw) in {bounces.NO_REPORT, bounces.NOT_OURS}
    assert time.monotonic() - began < 5


def fill(kind, folder, mails):
    path = folder / kind
    box = mailbox.mbox(path) if kind == "mbox" else mailbox.Maildir(path)
    for raw in mails:
        box.add(raw.decode("utf-8", "surrogateescape").encode("utf-8", "surrogateescape"))
    box.close()
    return path


@pytest.mark.parametrize("kind", ["mbox", "maildir"])
def test_a_mailbox_is_read_and_read_again_and_stays_as_it_is(sent, tmp_path, kind, capsys):
    one, two = sent("1", "2")
    letter = EmailMessage()
    letter["Subject"] = "Hello"
    letter.set_content(f"From somebody, about {one}.")
    mails = [report(one), complaint(two), report("<x@y>"), letter.as_bytes()]
    path = fill(kind, tmp_path, mails)
    before = {file: file.read_bytes() for file in Path(path).rglob("*") if file.is_file()}
    call_command("read_bounces", str(path))
    assert capsys.readouterr().out == (
        "4 mails: 2 counted against an address, 0 known already, 1 of mails that this site did not"
        " send or has forgotten, 1 no reports of a failure.\n"
    )
    call_command("read_bounces", str(path))
    assert "0 counted against an address, 2 known already" in capsys.readouterr().out
    after = {file: file.read_bytes() for file in Path(path).rglob("*") if file.is_file()}
    assert after == before
    assert StoppedAddress.objects.count() == 1
    assert MailFailure.objects.count() == 2


def test_what_is_no_mailbox_is_said(tmp_path):
    (tmp_path / "file").write_text("no mailbox")
    for path, sentence in [
        (tmp_path / "none", "can't be read"),
        (tmp_path, "no maildir"),
        (tmp_path / "file", "no mbox"),
    ]:
        with pytest.raises(CommandError, match=sentence):
            call_command("read_bounces", str(path))


def test_an_empty_mailbox_is_one(tmp_path, capsys):
    (tmp_path / "empty").touch()
    call_command("read_bounces", str(tmp_path / "empty"))
    assert capsys.readouterr().out.startswith("0 mails:")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("answer", "stops"), [("550 5.1.1 no such user", True), ("550 5.7.1 we like you not", False)]
)
def test_a_server_that_says_so_at_once_stops_it_too(worker, mail_server, answer, stops):
    enqueue_mail(to=READER, subject="Hello", text="A text.", key="1")
    mail_server.answers = [answer]
    with mail_server.up():
        worker.run()
    assert is_stopped(READER) is stops


def test_a_lifted_stop_is_lifted_and_old_news_does_not_bring_it_back(sent, admin_client):
    [one] = sent("1")
    bounces.take_in(report(one))
    stop = StoppedAddress.objects.get()
    stops = reverse("admin:core_stoppedaddress_changelist")
    assert READER.lower() in admin_client.get(stops).content.decode()
    admin_client.post(stops, {"action": "lift", "_selected_action": [stop.pk]})
    assert not is_stopped(READER)
    bounces.take_in(report(one))
    assert not is_stopped(READER)
    sent("2")
    assert len(outbox.outbox) == 2
    bounces.take_in(report(message_id("2")))
    assert is_stopped(READER)


def test_lifting_forgives_soft_bounces():
    for number in range(5):
        soft(number)
    assert is_stopped(READER)
    lift_stop(READER)
    soft(6)
    assert not is_stopped(READER)


def soft(number):
    note_failure(event=str(number), address=READER, kind=MailFailure.Kind.SOFT)


def test_what_was_heard_is_forgotten_and_a_stop_is_not(time_machine):
    note_failure(event="1", address=READER, kind=MailFailure.Kind.HARD)
    time_machine.move_to(timezone.now() + timedelta(days=91))
    forget(0)
    assert not MailFailure.objects.exists()
    assert is_stopped(READER)


@pytest.mark.parametrize("name", ["mail", "mailfailure", "stoppedaddress"])
def test_other_staff_see_none_of_it(client, name):
    client.force_login(make_user("moderator"))
    assert client.get(reverse(f"admin:core_{name}_changelist")).status_code == 403


# The provider's webhook


@pytest.fixture
def secret(settings):
    settings.MAIL_EVENTS_SECRET = SECRET


def event(**changes):
    return {"id": "e1", "kind": "hard", "address": READER, "detail": "550 gone", **changes}


def call(client, *events, body=None, secret=SECRET, at=None, **headers):
    body = json.dumps({"events": events}).encode() if body is None else body
    at = int(time.time()) if at is None else at
    signed = {"colloquy-timestamp": str(at), "colloquy-signature": sign(secret, at, body)}
    address = reverse("core:mail-events")
    return client.post(address, body, "application/json", headers={**signed, **headers})


def test_a_providers_event_stops_mail_once(secret, client):
    answer = call(client, event(), event(id="e2", kind="complaint", address="b@example.org"))
    assert answer.json() == {"taken": 2, "known": 0}
    assert is_stopped(READER)
    assert is_stopped("b@example.org")
    assert call(client, event()).json() == {"taken": 0, "known": 1}
    assert MailFailure.objects.count() == 2


def test_soft_ones_stop_at_the_fifth(secret, client):
    call(client, *(event(id=str(number), kind="soft") for number in range(4)))
    assert not is_stopped(READER)
    call(client, event(id="5", kind="soft"))
    assert is_stopped(READER)


@pytest.mark.parametrize(
    "forged",
    [
        {"secret": "another secret"},
        {"at": 1_000_000},
        {"colloquy-signature": ""},
        {"colloquy-timestamp": "x"},
        {"colloquy-signature": "v1=" + "0" * 64},
    ],
)
def test_what_is_not_signed_is_refused(secret, client, forged):
    assert call(client, event(), **forged).status_code == 403
    assert not MailFailure.objects.exists()


def test_without_a_secret_there_is_no_such_page(client, settings):
    settings.MAIL_EVENTS_SECRET = ""
    assert call(client, event(), secret="").status_code == 404


def test_it_is_for_post_alone(secret, client):
    assert client.get(reverse("core:mail-events")).status_code == 405


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b'{"events": {}}',
        b'{"events": [1]}',
        b"[" * 100_000,
        json.dumps({"events": [event()] * 1_001}).encode(),
        json.dumps({"events": [event(), event(id="")]}).encode(),
        json.dumps({"events": [event(), event(kind="gone")]}).encode(),
        json.dumps({"events": [event(), event(address="nobody")]}).encode(),
        json.dumps({"events": [event(), event(detail=7)]}).encode(),
        json.dumps({"events": [event(), event(detail="\0")]}).encode(),
        json.dumps({"events": [event(), event(detail="\ud800")]}).encode(),
        json.dumps({"events": [event(), event(id="\udfff")]}).encode(),
        json.dumps({"events": [event(), event(id="x" * 151)]}).encode(),
    ],
)
def test_of_a_wrong_body_nothing_is_taken(secret, client, body):
    answer = call(client, body=body)
    assert answer.status_code == 400
    assert answer.json()["problem"]
    assert not MailFailure.objects.exists()


def test_a_body_that_is_too_big_is_refused(secret, client):
    assert call(client, body=b"x" * 3_000_000).status_code == 413


def test_the_answer_sets_no_cookie(secret, client):
    assert not call(client, event()).cookies
