"""What a mail looks like, whatever somebody typed into it."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from core import jobs
from core.context import mail as context
from core.mail import NotAnAddress, enqueue_mail, forget, mail_trouble, message
from core.models import Mail

pytestmark = pytest.mark.django_db

HOSTILE_LINES = [
    "Bob\r\nBcc: x@example.org",
    "Bob\nBcc: x@example.org",
    "Bob\rBcc: x@example.org",
    "Bob\r\n\r\n<h1>x</h1>",
    "Bob\x0bBcc: x\x0cBcc: y\x1cBcc: z",
    "Bob\x85Bcc: x\u2028Bcc: y\u2029Bcc: z",
    "Bob\x00Bcc: x",
    "Bob\ud800Bcc: x",
    "=?utf-8?q?Bob=0D=0ABcc:_x?=",
    "Bob \u202eosla",
    "é" * 300 + "\r\nBcc: x",
]
HOSTILE_ADDRESSES = [
    "",
    "reader",
    "reader@example.org\nBcc: x@example.org",
    "reader@example.org\r\n",
    "reader@example.org, x@example.org",
    "reader@example.org;x@example.org",
    "Reader <reader@example.org>",
    '"a b"@example.org',
    '"a\r\nBcc: x"@example.org',
    '"\x01"@example.org',
    "reader@example.org\x00",
    "a" * 300 + "@example.org",
]


def write(**changes):
    content = {"to": "reader@example.org", "subject": "Hello", "text": "A text.", "key": "1"}
    return enqueue_mail(**{**content, **changes})


def sent(run_jobs):
    run_jobs()
    [one] = mail.outbox
    return one


@pytest.mark.parametrize("line", HOSTILE_LINES)
def test_a_subject_is_one_line_whatever_is_typed(run_jobs, line):
    write(subject=line)
    bare = sent(run_jobs).message().as_bytes()
    head, _, body = bare.partition(b"\n\n")
    names = re.findall(rb"^([A-Za-z-]+):", head, re.MULTILINE)
    assert sorted(names) == sorted(
        b"Content-Type MIME-Version Content-Transfer-Encoding Subject From To Message-ID Date"
        b" Auto-Submitted".split()
    )
    assert body.strip() == b"A text."


@pytest.mark.parametrize("address", HOSTILE_ADDRESSES)
def test_what_is_not_one_plain_address_is_refused(address):
    with pytest.raises(NotAnAddress):
        write(to=address)
    assert not Mail.objects.exists()


def test_the_headers_say_that_a_program_wrote_it_and_when(run_jobs, settings):
    settings.SITE_URL = "https://blog.example.org"
    write()
    one = sent(run_jobs)
    header = one.message()
    assert header["Auto-Submitted"] == "auto-generated"
    assert re.fullmatch(r"<[0-9a-f]{32}@blog\.example\.org>", header["Message-ID"])
    assert one.from_email == settings.DEFAULT_FROM_EMAIL
    assert one.recipients() == ["reader@example.org"]
    assert one.alternatives == []


def test_every_attempt_has_the_same_message_id_and_date_and_every_mail_its_own():
    write(key="1")
    write(key="2")
    first, other = (message(one).message() for one in Mail.objects.order_by("pk"))
    with time_machine.travel(timezone.now() + timedelta(hours=3)):
        again = message(Mail.objects.get(key="1")).message()
    assert (again["Message-ID"], again["Date"]) == (first["Message-ID"], first["Date"])
    assert other["Message-ID"] != first["Message-ID"]


def test_html_comes_beside_the_text(run_jobs):
    write(html="<p>A text.</p>")
    parts = [part.get_content_type() for part in sent(run_jobs).message().walk()]
    assert parts == ["multipart/alternative", "text/plain", "text/html"]


def test_text_that_neither_postgres_nor_a_mail_can_hold_is_made_harmless(run_jobs):
    write(text="a\x00b\ud800c", html="<p>\x00\ud800</p>")
    assert sent(run_jobs).body == "ab?c"


def test_of_one_key_there_is_one_mail(run_jobs):
    assert write() is True
    assert write(to="other@example.org") is False
    run_jobs()
    assert write() is False
    run_jobs()
    assert [one.to for one in mail.outbox] == [["reader@example.org"]]


def test_mails_are_forgotten_after_thirty_days():
    write()
    forget(0)
    assert Mail.objects.count() == 1
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        forget(0)
    assert Mail.objects.count() == 0


def test_without_a_worker_the_site_says_that_mail_waits(client, admin_client):
    assert mail_trouble() == "Mail waits: no worker has run yet."
    ready = client.get("/readyz")
    assert (ready.status_code, ready.content) == (200, b"ok\nMail waits: no worker has run yet.\n")
    assert "no worker has run yet" in admin_client.get(reverse("admin:index")).content.decode()


def test_a_dead_worker_is_missed_since_its_last_sign(client, a_worker):
    with time_machine.travel("2026-03-01 12:00:00+00:00", tick=False):
        a_worker(timezone.now())
    assert mail_trouble() == "Mail waits: no worker has run since 2026-03-01 12:00 UTC."


def test_with_a_worker_only_late_mail_is_worth_a_line(client, admin_client, a_worker):
    a_worker(timezone.now())
    write()
    assert mail_trouble() == ""
    assert client.get("/readyz").content == b"ok\n"
    assert "Mail waits" not in admin_client.get(reverse("admin:index")).content.decode()
    hour_ago = timezone.now() - timedelta(hours=1)
    Mail.objects.update(queued_at=hour_ago, trouble="451 greylisted")
    assert mail_trouble() == f"Mail waits since {hour_ago:%Y-%m-%d %H:%M} UTC: 451 greylisted."


def test_the_answer_costs_at_most_two_queries_and_none_unasked(a_worker, django_assert_num_queries):
    a_worker(timezone.now())
    with django_assert_num_queries(0):
        answer = context(RequestFactory().get("/"))["mail_trouble"]
    with django_assert_num_queries(2):
        answer()


def test_a_worker_seen_a_minute_ago_is_not_missing(a_worker):
    a_worker(timezone.now() - timedelta(seconds=40))
    assert jobs.worker_missing() == ""
    assert jobs.worker_seen_at()
