"""A confirmed mail: double opt-in, nothing typed in the mail, nothing learnt by who asks."""

import re
from datetime import timedelta
from email import message_from_bytes, policy
from socket import socket

import pytest
from aiosmtpd.controller import Controller
from django.test import Client
from django.utils import timezone

from comments import confirmations, tree
from comments.models import Comment, Commenter, Confirmation
from comments.retention import forget_addresses
from core import mail
from core.guards import make_stamp
from core.models import Mail, RateWindow
from moderation import services
from tests.factories import make_post, make_user, publish, send

pytestmark = pytest.mark.django_db
HERE = "/posts/a-post/"


@pytest.fixture
def post(db):
    return make_post(slug="a-post", title="On premises")


@pytest.fixture
def other():
    """A second browser."""
    return Client()


def write(client, post, **changed):
    """Send a comment that asks for a confirmation."""
    form = {
        "name": "Hanna",
        "mail": "h@mail.example",
        "text": "Hello.",
        "tell_me": "on",
        "stamp": make_stamp("comment", post.pk),
    }
    headers = {"REMOTE_ADDR": changed.pop("network")} if "network" in changed else {}
    return client.post(f"{HERE}comment/", {**form, **changed}, **headers)


def link():
    """The path of the link in the last mail."""
    return re.search(r"https?://[^/]+(/comments/confirm/\S+/)", Mail.objects.last().text)[1]


def press(client, path=None, **wishes):
    path = path or link()
    page = client.get(path).content.decode()
    found = re.search(r'name="stamp" value="([^"]+)"', page)
    return client.post(path, {"stamp": found[1] if found else "", **wishes})


def allow_another_mail():
    """As if the day of the limits were over."""
    RateWindow.objects.all().delete()


def test_without_the_tick_there_is_no_mail(client, post):
    write(client, post, tell_me="")
    assert not Mail.objects.exists()


def test_the_tick_needs_an_address(client, post):
    answer = write(client, post, mail="")
    assert answer.status_code == 400
    assert "give the address" in answer.content.decode()


def test_the_mail_holds_nothing_that_was_typed(client, post):
    write(client, post, name="CANARY spam.example", text="CANARY buy now")
    sent = Mail.objects.get()
    assert sent.to == "h@mail.example"
    for part in (sent.subject, sent.text, sent.html):
        assert "canary" not in part.lower()
        assert "spam" not in part
    assert "On premises" in sent.text


def test_the_mail_arrives_at_a_mail_server(client, post, settings):
    class Inbox:
        def __init__(self):
            self.received = []

        async def handle_DATA(self, server, session, envelope):
            self.received.append(message_from_bytes(envelope.content, policy=policy.default))
            return "250 OK"

    inbox = Inbox()
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        settings.MAILERS = {
            "default": {
                "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
                "OPTIONS": {"host": "127.0.0.1", "port": port},
            }
        }
        write(client, post, name="Canary")
        mail.send(mail_id=Mail.objects.get().pk)
    finally:
        controller.stop()
    [received] = inbox.received
    assert received["To"] == "h@mail.example"
    assert "Canary" not in received.as_string()
    path = re.search(r"(/comments/confirm/\S+/)", received.get_content())[1]
    assert press(client, path).url == "/comments/confirmed/"


def test_a_look_at_the_link_confirms_nothing_and_the_button_does_once(client, post):
    write(client, post)
    path = link()
    page = client.get(path)
    assert "h@mail.example" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert not Commenter.objects.exists()
    assert press(client, path).url == "/comments/confirmed/"
    commenter = Commenter.objects.get()
    assert (commenter.mail, commenter.name) == ("h@mail.example", "Hanna")
    assert commenter.is_confirmed
    assert Comment.objects.get().commenter == commenter
    assert press(client, path).status_code == 410


def test_the_button_needs_no_csrf_cookie(post):
    browser = Client(enforce_csrf_checks=True)
    write(browser, post)
    assert press(browser).url == "/comments/confirmed/"


@pytest.mark.parametrize("token", ["x", "canary", "%00", "a" * 500])
def test_a_link_can_not_be_guessed(client, post, token):
    write(client, post)
    assert client.get(f"/comments/confirm/{token}/").status_code == 410
    assert client.post(f"/comments/confirm/{token}/").status_code in {403, 410}
    assert not Commenter.objects.exists()


def test_a_link_holds_for_seven_days(client, post, time_machine):
    write(client, post)
    path = link()
    now = timezone.now()
    time_machine.move_to(now + timedelta(days=6, hours=23))
    assert client.get(path).status_code == 200
    time_machine.move_to(now + timedelta(days=7, minutes=1))
    assert client.get(path).status_code == 410
    assert press(client, path).status_code in {403, 410}
    assert not Commenter.objects.exists()


def test_another_sites_button_confirms_nothing(client, post):
    write(client, post)
    stamp = re.search(r'"stamp" value="([^"]+)"', client.get(link()).content.decode())[1]
    headers = {"Origin": "https://evil.example"}
    assert client.post(link(), {"stamp": stamp}, headers=headers).status_code == 403
    assert not Commenter.objects.exists()


def test_a_thousand_tries_send_one_mail(post):
    comment = send(post)
    Comment.objects.filter(pk=comment.pk).update(mail="victim@mail.example")
    comment.refresh_from_db()
    sent = [confirmations.ask(comment, remember=False, network=str(n)) for n in range(1000)]
    assert sum(sent) == Mail.objects.count() == 1


def test_a_thousand_comments_with_one_address_send_one_mail(post, run_jobs, mailoutbox):
    """Each from a network of its own."""
    first = send(post)
    comments = [
        Comment(
            post=post,
            name=f"Eve {number}",
            mail=["victim@mail.example", "Victim+9@MAIL.example"][number % 2],
            text="x",
            html="<p>x</p>",
            html_version=first.html_version,
        )
        for number in range(1000)
    ]
    tree.plant([(comment, None) for comment in comments])
    for comment in comments:
        confirmations.ask(comment, remember=False, network=f"network {comment.pk}")
    run_jobs()
    assert [mail.to for mail in mailoutbox] == [["victim@mail.example"]]


@pytest.mark.parametrize(
    "written",
    [
        ["john.doe@gmail.com", "j.ohndoe@Gmail.com", "johndoe+x@googlemail.com"],
        ["a@bücher.example", "a@BÜCHER.example", "a@xn--bcher-kva.example"],
    ],
)
def test_an_address_written_otherwise_gets_no_second_mail(post, run_jobs, mailoutbox, written):
    for number, address in enumerate(written):
        comment = send(post)
        Comment.objects.filter(pk=comment.pk).update(mail=address)
        comment.refresh_from_db()
        confirmations.ask(comment, remember=False, network=f"network {number}")
    run_jobs()
    assert len(mailoutbox) == 1


def test_every_form_counts_against_the_one_mail(client, post, run_jobs, mailoutbox):
    page = make_post(kind="page", slug="a-page")
    publish(send(post))
    places = [(f"{HERE}comment/", post), (f"{HERE}c/1/reply/", post), ("/a-page/comment/", page)]
    for number, (where, on) in enumerate(places * 3):
        typed = {"name": f"Eve {number}", "mail": "victim@mail.example", "text": f"No. {number}."}
        stamp = make_stamp("comment", on.pk)
        answer = Client().post(
            where, {**typed, "tell_me": "on", "stamp": stamp}, REMOTE_ADDR=f"10.1.0.{number}"
        )
        assert answer.status_code == 302
    run_jobs()
    assert [mail.to for mail in mailoutbox] == [["victim@mail.example"]]


@pytest.mark.parametrize(
    "address", ["H@mail.example", "h@MAIL.example", "h+more@mail.example", "h+@Mail.Example"]
)
def test_another_way_to_write_an_address_is_no_second_mail(client, other, post, address):
    write(client, post)
    write(other, post, mail=address, text="More")
    assert Mail.objects.count() == 1


def test_one_network_asks_for_ten_mails_a_day(post):
    for number in range(12):
        write(Client(), post, name=f"R{number}", mail=f"r{number}@mail.example", text="Hello.")
    assert Mail.objects.count() == 10
    write(Client(), post, mail="n@mail.example", text="n", network="192.0.2.7")
    assert Mail.objects.count() == 11
    assert Comment.objects.count() == 13


def test_a_network_at_its_limit_uses_up_nobodys_address(client, post):
    for number in range(11):
        write(client, post, name=f"R{number}", mail=f"r{number}@mail.example")
    write(client, post, mail="h@mail.example", text="h", network="192.0.2.7")
    assert Mail.objects.filter(to="h@mail.example").exists()


def test_the_answer_does_not_tell_whether_an_address_is_known(post, time_machine):
    time_machine.move_to("2026-03-01", tick=False)
    post.published_at = timezone.now()
    post.save()
    Commenter.objects.create(name="H", mail="known@mail.example", confirmed_at=timezone.now())
    pages = []
    for host, address in enumerate(["known@mail.example", "unknown@mail.example"]):
        browser = Client()
        answer = write(browser, post, mail=address, network=f"192.0.2.{host}")
        page = browser.get(answer.url).content.decode()
        pages.append((answer.status_code, answer.headers.keys(), page.replace(answer.url, "")))
    assert pages[0] == pages[1]
    assert set(Mail.objects.values_list("to", flat=True)) == {
        "known@mail.example",
        "unknown@mail.example",
    }


def test_who_types_anothers_address_gains_nothing_by_its_confirmation(client, other, post):
    """S5: trust follows the browser that confirmed, not the one that typed."""
    write(client, post, remember="on")
    typed = Commenter.objects.get()
    press(other)
    typed.refresh_from_db()
    assert not typed.is_confirmed
    assert "Hello." not in client.get(HERE).content.decode()
    assert "Hello." in other.get(HERE).content.decode()  # the comment is the holder's by now
    write(client, post, text="Second", mail="h@mail.example", tell_me="")
    assert Comment.objects.get(text="Second").commenter == typed


def test_the_browser_that_wrote_and_confirmed_keeps_all_its_comments(client, post):
    write(client, post, remember="on")
    write(client, post, text="Another", tell_me="")
    press(client)
    commenter = Commenter.objects.get()
    assert commenter.is_confirmed
    assert set(Comment.objects.values_list("commenter", flat=True)) == {commenter.pk}
    page = client.get(HERE).content.decode()
    assert "Another" in page
    assert 'name="tell_me"' not in page


def test_the_cookie_is_set_only_if_the_sender_asked_to_be_remembered(client, other, post):
    write(client, post)
    assert not press(other).cookies
    allow_another_mail()
    write(client, post, text="More", remember="on")
    assert "commenter" in press(other).cookies


def test_a_second_confirmation_joins_the_same_commenter(client, other, post):
    write(client, post, remember="on")
    press(client)
    allow_another_mail()
    write(other, post, text="From the telephone", mail="h@MAIL.example", remember="on")
    press(other)
    commenter = Commenter.objects.get()
    assert commenter.comments.count() == 2
    assert "Hello." in other.get(HERE).content.decode()


def test_nobody_is_asked_to_confirm_for_spam(post):
    comment = send(post)
    services.mark_spam(comment_id=comment.pk, version=comment.version, by=make_user())
    comment.refresh_from_db()
    comment.mail = "h@mail.example"
    assert not confirmations.ask(comment, remember=False, network="n")


def test_a_name_belongs_to_the_first_who_confirms_it(client, other, post):
    write(client, post)
    press(client)
    write(other, post, mail="other@mail.example", name="Hаnna", text="An imitator")  # noqa: RUF001
    press(other)
    assert set(Commenter.objects.values_list("mail", "skeleton")) == {
        ("h@mail.example", "hanna"),
        ("other@mail.example", ""),
    }


def test_links_that_ran_out_are_deleted_with_their_addresses(client, other, post, time_machine):
    write(client, post)
    time_machine.move_to(timezone.now() + timedelta(days=8))
    write(other, post, mail="later@mail.example", text="Later")
    forget_addresses(0)
    assert set(Comment.objects.values_list("mail", flat=True)) == {"", "later@mail.example"}
    assert [one.mail for one in Confirmation.objects.all()] == ["later@mail.example"]


def test_no_address_and_no_digest_of_one_is_on_a_page(client, other, post):
    import hashlib

    write(client, post, remember="on")
    press(client)
    Comment.objects.update(status="pending")
    comment = Comment.objects.get()
    services.publish_comment(comment_id=comment.pk, version=comment.version, by=make_user())
    page = other.get(HERE).content.decode()
    assert "mail.example" not in page
    for algorithm in ("md5", "sha1", "sha256"):
        assert hashlib.new(algorithm, b"h@mail.example").hexdigest()[:12] not in page


def test_the_page_asks_how_often_and_what_to_follow(client, post):
    write(client, post)
    assert press(client, often="daily", follow="branch").url == "/comments/confirmed/"
    commenter = Commenter.objects.get()
    assert {commenter.answers, commenter.decisions, commenter.followed} == {"daily"}
    assert commenter.subscriptions.get().branch == Comment.objects.get()


def test_a_second_confirmation_keeps_what_was_chosen(client, other, post):
    write(client, post)
    press(client, often="off")
    allow_another_mail()
    write(other, post, text="More")
    page = other.get(link()).content.decode()
    assert re.search(r'value="off"[^>]* checked', page)
    press(other)
    assert Commenter.objects.get().answers == "off"


@pytest.mark.parametrize("wishes", [{"often": "hourly"}, {"follow": "everything"}])
def test_a_wish_that_is_not_offered_confirms_nothing(client, post, wishes):
    write(client, post)
    assert press(client, **wishes).status_code == 400
    assert not Commenter.objects.exists()
