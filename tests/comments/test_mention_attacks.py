"""Mentions as a stranger with a server of his own would send them."""

import time

import pytest
from django.test import Client

from comments import mentions
from comments.models import Comment, ReceivedMention
from core import jobs, outbound
from core.mail import send as send_mail
from core.this_site import path_here
from tests.comments.test_mentions import page_with, post, say, whole
from tests.core.test_outbound import names
from tests.factories import make_post
from tests.other_sites import elsewhere, moved, serving

__all__ = ["elsewhere", "names", "post", "say"]

pytestmark = pytest.mark.django_db(transaction=True)

HERE = "https://here.example"


@pytest.mark.parametrize(
    ("address", "path"),
    [
        (f"{HERE}/a/", "/a/"),
        ("http://here.example/a/", "/a/"),
        ("https://here.example:443/a/", "/a/"),
        ("https://HERE.example./%61/?x#y", "/a/"),
        ("https://here.example:8443/a/", None),
        ("https://here.example.evil.example/a/", None),
        ("https://x@other.example/a/", None),
        ("//here.example/a/", None),
        ("javascript://here.example/a/", None),
        ("https://here.example:x/", None),
        ("https://here.example/\0", None),
        ("https://[/", None),
    ],
)
def test_what_is_this_site_however_it_is_written(settings, address, path):
    settings.SITE_URL = HERE
    assert path_here(address) == path


@pytest.mark.parametrize("written", ["{}", "{}?x", "{}#y", "http://here.example:80{path}",
                                     "https://HERE.EXAMPLE.{path}"])  # fmt: skip
def test_a_post_does_not_mention_itself(post, settings, written):
    settings.SITE_URL = HERE
    target = whole(post, settings)
    source = written.format(target, path=post.get_absolute_url())
    answer = Client().post("/webmention/", {"source": source, "target": target})
    assert answer.status_code == 400
    assert "this site" in answer.content.decode()


def test_a_page_that_leads_back_here_is_none_of_another_site(say, post, settings, elsewhere):
    """Its links to itself would be the proof."""
    with serving() as here:
        settings.SITE_URL = here.url("")
        target = whole(post, settings)
        here.pages = {post.get_absolute_url(): page_with(target)}
        elsewhere.pages = {"/": moved(target)}
        say(elsewhere.url("/"), target)
    one = ReceivedMention.objects.get()
    assert (one.state, one.answer) == ("refused", "The page leads to this site itself.")
    assert not Comment.objects.exists()


def test_where_it_was_found_is_what_is_shown(say, post, settings, elsewhere):
    """Else a moderator would let through an address whose redirect its owner can turn later."""
    elsewhere.pages = {"/turned-later": moved("/true"), "/true": page_with(whole(post, settings))}
    say(elsewhere.url("/turned-later"))
    text = Comment.objects.get().text
    assert elsewhere.url("/true") in text
    assert "turned-later" not in text


def test_a_redirect_to_an_endless_address_is_refused(say, post, settings, elsewhere):
    long = "/" + "x" * 2_000
    elsewhere.pages = {"/": moved(long), long: page_with(whole(post, settings))}
    say(elsewhere.url("/"))
    assert ReceivedMention.objects.get().answer == "The page leads to too long an address."


def test_a_name_that_resolves_into_this_network_is_not_asked(say, post, names):
    """Also one of two addresses, and whatever it resolves to at the second asking."""
    with serving() as site:
        port = site.url().rpartition(":")[2].strip("/")
        say(f"http://named.example:{port}/")
        assert site.asked == []
    assert "private network" in ReceivedMention.objects.get().answer


@pytest.mark.parametrize("page", ["", "<a href='{target}'>x</a>"])
def test_of_a_huge_page_only_the_beginning_counts(say, post, settings, elsewhere, page):
    page = page.format(target=whole(post, settings))
    elsewhere.pages = {"/": page + "x" * 5_000_000 + f"<a href='{whole(post, settings)}'>"}
    say(elsewhere.url("/"))
    assert Comment.objects.count() == bool(page)


def test_a_page_that_drips_is_cut(say, post, elsewhere, monkeypatch):
    monkeypatch.setattr(outbound, "TIMEOUT", 0.5)

    def drip(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        for _ in range(100):
            handler.wfile.write(b"x")
            time.sleep(0.1)

    elsewhere.pages = {"/": drip}
    began = time.monotonic()
    with pytest.raises(mentions.PageWaits):
        say(elsewhere.url("/"))
    assert time.monotonic() - began < 5
    assert ReceivedMention.objects.get().answer == outbound.TOO_LATE


def test_no_mail_waits_behind_what_strangers_ask_for():
    assert mentions.verify_mention.priority == jobs.LAST < send_mail.priority


def test_moderators_are_not_buried(client, post, settings, monkeypatch):
    monkeypatch.setattr(mentions, "OF_A_HOST", 3)
    monkeypatch.setattr(mentions, "WAITING_AT_MOST", 5)
    target = whole(post, settings)

    def status(source):
        return client.post("/webmention/", {"source": source, "target": target}).status_code

    assert [status(f"https://a.example/{n}") for n in range(4)] == [202, 202, 202, 429]
    assert status("https://a.example/0") == 202  # known: looked at again
    assert status("https://A.example.:443/0x") == 429
    assert [status(f"https://{n}.example/") for n in range(3)] == [202, 202, 429]
    assert ReceivedMention.objects.count() == 5
    ReceivedMention.objects.update(state="refused")
    answer = client.post("/webmention/", {"source": "https://a.example/9", "target": target})
    assert answer.status_code == 202


def test_of_ten_thousand_of_one_host_a_few_are_kept(client, post, settings):
    """One row, one job and one page asked for again and again is what repeating leaves."""
    target = whole(post, settings)
    answers = {}
    for number in range(300):  # it is the same from the 61st on
        sent = {"source": f"https://x.example/{number % 150}", "target": target}
        status = client.post("/webmention/", sent, REMOTE_ADDR=f"192.0.2.{number % 250}")
        answers[status.status_code] = answers.get(status.status_code, 0) + 1
    assert answers[202] <= mentions.OF_A_HOST
    assert ReceivedMention.objects.count() <= mentions.OF_A_HOST


@pytest.mark.parametrize(
    "written",
    ["{site}/posts/%61rgued/", "{site}/posts/argued", "{site}//posts/argued/", "//evil.example/x",
     "{site}/posts/argued/%2e%2e/other/", "{site}\\posts\\argued"],
)  # fmt: skip
def test_a_target_that_is_written_otherwise_needs_that_very_link(
    say, post, settings, elsewhere, written
):
    make_post(slug="other")
    target = written.format(site=settings.SITE_URL)
    elsewhere.pages = {"/": page_with(whole(post, settings))}
    say(elsewhere.url("/"), target)
    assert not Comment.objects.exists()
