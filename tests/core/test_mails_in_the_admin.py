"""The mails that are only printed, as the admin shows them to superusers."""

import pytest
from django.urls import reverse

from core.mail import CONSOLE, SHOWN, enqueue_mail, forget
from core.models import Mail
from tests.factories import make_user

pytestmark = pytest.mark.django_db
LIST = "admin:core_mail_changelist"


@pytest.fixture
def printed(settings, run_jobs):
    """Mails by the console, as in the embedded default."""
    settings.MAILERS = {"default": {"BACKEND": CONSOLE}}

    def send(*keys, **content):
        given = {"to": "reader@example.org", "subject": "Hello", "text": "Some words."}
        for key in keys:
            enqueue_mail(key=key, **{**given, **content})
        run_jobs()
        return Mail.objects.order_by("-pk").first()

    return send


def page(client, one):
    return client.get(reverse("admin:core_mail_change", args=[one.pk])).content.decode()


def test_what_was_printed_can_be_read(printed, admin_client):
    one = printed("1")
    assert "printed, not sent" in admin_client.get(reverse(LIST)).content.decode()
    shown = page(admin_client, one)
    for words in ("Some words.", "Auto-Submitted: auto-generated", "Subject: Hello", "Message-ID:"):
        assert words in shown


def test_hostile_words_are_shown_as_text(printed, admin_client):
    one = printed("1", text="<script>alert(1)</script>", subject="<b>x</b>")
    for shown in (page(admin_client, one), admin_client.get(reverse(LIST)).content.decode()):
        assert "<script>alert" not in shown
        assert "<b>x</b>" not in shown


def test_the_html_part_is_in_a_sandbox(printed, admin_client):
    one = printed("1", html="<p>Words</p><script>alert(1)</script>")
    address = reverse("admin:core_mail_html", args=[one.pk])
    assert address in page(admin_client, one)
    answer = admin_client.get(address)
    policy = answer["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'; style-src 'unsafe-inline'")
    assert "allow-" not in policy
    assert "no-store" in answer["Cache-Control"]


def test_where_mail_is_sent_no_words_are_kept(run_jobs, admin_client):
    enqueue_mail(to="reader@example.org", subject="Hello", text="Words.", html="<p>x</p>", key="1")
    run_jobs()
    one = Mail.objects.get()
    assert (one.text, one.html, one.headers) == ("", "", {})
    assert "Not kept" in page(admin_client, one)
    html = admin_client.get(reverse("admin:core_mail_html", args=[one.pk]))
    assert html.status_code == 404


def test_of_the_last_hundred_words_are_kept(printed):
    printed(*(str(number) for number in range(SHOWN + 5)))
    forget(0)
    assert Mail.objects.exclude(text="").count() == SHOWN
    assert Mail.objects.get(key="4").text == ""
    assert Mail.objects.get(key="5").text


def test_once_a_server_is_set_they_are_forgotten(printed, settings):
    printed("1")
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend"}}
    enqueue_mail(to="reader@example.org", subject="Hello", text="Waits.", key="2")
    forget(0)
    assert Mail.objects.get(key="1").text == ""
    assert Mail.objects.get(key="2").text == "Waits."


@pytest.mark.parametrize("role", ["moderator", "author"])
def test_other_staff_see_none(printed, client, role):
    one = printed("1", html="<p>x</p>")
    client.force_login(make_user(role))
    assert client.get(reverse(LIST)).status_code == 403
    assert client.get(reverse("admin:core_mail_change", args=[one.pk])).status_code == 403
    assert client.get(reverse("admin:core_mail_html", args=[one.pk])).status_code == 404


def test_nobody_writes_or_deletes_one(printed, admin_client):
    one = printed("1")
    assert admin_client.get(reverse("admin:core_mail_add")).status_code == 403
    assert admin_client.post(reverse("admin:core_mail_delete", args=[one.pk])).status_code == 403
    assert admin_client.post(reverse("admin:core_mail_change", args=[one.pk])).status_code == 403
