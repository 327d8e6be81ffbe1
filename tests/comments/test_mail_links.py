"""What the links of mails do: nothing by being opened, and for good by a press."""

import re

import pytest
from django.apps import apps
from django.core import signing
from django.db import connection
from django.test import Client
from django.urls import reverse

from comments import subscriptions
from comments.commenters import COOKIE, SALT
from comments.digests import send_digests
from comments.mail_kinds import MailKind
from comments.models import Comment, Commenter
from comments.private_links import (
    ALL,
    CONVERSATION,
    DAILY,
    preferences_address,
    unsubscribe_address,
)
from moderation import services
from tests.comments.mailing import Post, act, links, make_commenter, parsed, path_of, remove, say
from tests.factories import make_post

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def mails(run_jobs, time_machine):
    return Post(run_jobs, time_machine)


@pytest.fixture
def post(db):
    return make_post(title="On premises")


@pytest.fixture
def hanna(db):
    return make_commenter("hanna@mail.example")


@pytest.fixture
def asked(post, hanna, mails):
    comment = say(post, by=hanna)
    mails.later()
    return comment


def everything():
    """A digest of every row there is."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models():
            table = model._meta.db_table
            rows = "string_agg(t::text, chr(10) ORDER BY t::text)"
            cursor.execute(f"SELECT md5({rows}) FROM {table} t")  # noqa: S608
            found[table] = cursor.fetchone()[0]
    return found


def chosen(commenter):
    commenter.refresh_from_db()
    return (commenter.decisions, commenter.answers, commenter.followed)


def signed_in(commenter):
    browser = Client()
    browser.cookies[COOKIE] = signing.TimestampSigner(salt=SALT).sign(str(commenter.pk))
    return browser


def stamp_of(page):
    return re.search(r'name="stamp" value="([^"]+)"', page.content.decode())[1]


def test_a_scanner_that_opens_every_link_of_every_mail_changes_nothing(mails, asked, post, hanna):
    vera = make_commenter("vera@mail.example", followed="daily", decisions="daily")
    subscriptions.follow(by=vera, post=post)
    say(post, "See https://elsewhere.example/x?a=1.", parent=asked)
    say(post, by=vera)
    act(services.reject_comment, say(post, by=hanna, is_public=False), note="No.")
    sent = mails.later()
    remove(asked)
    sent += mails.later()
    mails.wait(days=1)
    send_digests(0)
    sent += mails.later()
    assert len(sent) == 4  # an answer, a rejection, a removal, a daily mail
    here = {path_of(link) for mail in sent for link in links(mail) if "elsewhere" not in link}
    assert len(here) > 12
    before = everything()
    for browser in (Client(), signed_in(hanna)):
        for path in sorted(here):
            for method in ("get", "head"):
                answer = getattr(browser, method)(path, follow=True)
                assert answer.status_code == 200, path
    assert everything() == before


@pytest.mark.parametrize(
    ("scope", "left"),
    [
        (ALL, ("off", "off", "off")),
        (DAILY, ("instant", "instant", "off")),
        ("answers", ("instant", "off", "daily")),
        ("decisions", ("off", "instant", "daily")),
    ],
)
def test_one_press_stops_what_it_names_and_nothing_else(hanna, scope, left):
    subscriptions.set_frequencies(hanna, {"followed": "daily"})
    address = unsubscribe_address(hanna, scope)
    for _ in range(2):
        answer = Client(enforce_csrf_checks=True).post(
            address,
            "List-Unsubscribe=One-Click",
            content_type="application/x-www-form-urlencoded",
            headers={"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"},
        )
        assert answer.status_code == 200
        assert not answer.cookies
        assert chosen(hanna) == left


def test_the_header_of_an_answer_stops_its_conversation(mails, asked, post, hanna):
    subscriptions.follow(by=hanna, post=post)
    subscriptions.follow(by=hanna, post=post, branch=asked)
    say(post, parent=asked)
    [mail] = mails.later()
    head = parsed(mail)
    assert head["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = re.fullmatch(r"<(https?://[^>]+)>", head["List-Unsubscribe"])[1]
    assert Client().post(path_of(address), ONE_CLICK).status_code == 200
    assert not hanna.subscriptions.exists()
    say(post, parent=asked)
    assert mails.later() == []
    assert chosen(hanna) == ("instant", "instant", "instant")


def test_a_link_works_after_comment_post_and_commenter_are_gone(hanna, post):
    one = unsubscribe_address(hanna, CONVERSATION, post.pk)
    post.delete()
    assert Client().post(one).status_code == 200
    hanna.delete()
    assert Client().post(one).status_code == 200
    assert Client().get(one).status_code == 200


def test_an_old_key_still_counts(hanna, settings):
    settings.SECRET_KEY, key = "another", settings.SECRET_KEY
    settings.SECRET_KEY_FALLBACKS = []
    settings.SECRET_KEY, other = key, "another"
    address = unsubscribe_address(hanna, ALL)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = other, [key]
    assert Client().post(address).status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert Client().post(address).status_code == 404


@pytest.mark.parametrize("kind", ["unsubscribe", "preferences"])
def test_a_link_can_not_be_guessed_or_bent(hanna, kind):
    other = make_commenter()
    for address in (unsubscribe_address(other, ALL), preferences_address(other)):
        signature = address.rstrip("/").rpartition(":")[2]
        for token in ("x", "1", f"{hanna.pk}:{signature}", f"{hanna.pk}.all:{signature}", "%00"):
            assert Client().get(f"/comments/{kind}/{token}/").status_code == 404
            assert Client().post(f"/comments/{kind}/{token}/").status_code == 404
    assert chosen(hanna) == ("instant", "instant", "instant")


def test_a_link_of_one_sort_is_none_of_another(hanna, asked):
    preferences = preferences_address(hanna).split("/")[-2]
    assert Client().get(reverse("comments:unsubscribe", args=[preferences])).status_code == 404
    assert Client().get(reverse("comments:status", args=[preferences])).status_code == 404


def test_preferences_are_seen_and_changed_by_the_link_alone(mails, asked, post, hanna):
    subscriptions.follow(by=hanna, post=post)
    subscriptions.follow(by=hanna, post=post, branch=asked)
    muted = make_post(title="Quarrel")
    subscriptions.mute(by=hanna, post_id=muted.pk)
    address = preferences_address(hanna)
    browser = Client(enforce_csrf_checks=True)
    page = browser.get(address)
    assert "no-store" in page["Cache-Control"]
    assert page["X-Robots-Tag"] == "noindex"
    assert not page.cookies
    text = page.content.decode()
    assert "On premises: below 1" in text
    assert "Quarrel" in text
    form = {
        "decisions": "off",
        "answers": "daily",
        "followed": "instant",
        "unfollow": [hanna.subscriptions.get(branch=asked).pk],
        "unmute": [hanna.mutes.get().pk],
        "stamp": stamp_of(page),
    }
    saved = browser.post(address, form)
    assert saved.status_code == 302
    assert "Saved" in browser.get(saved.url).content.decode()
    assert chosen(hanna) == ("off", "daily", "instant")
    assert hanna.subscriptions.get().post == post
    assert not hanna.mutes.exists()


def test_preferences_from_elsewhere_or_of_somebody_else_are_refused(hanna, post):
    other = make_commenter()
    subscriptions.follow(by=other, post=post)
    address = preferences_address(hanna)
    form = {"decisions": "off", "answers": "off", "followed": "off"}
    page = Client().get(address)
    away = {"Origin": "https://evil.example"}
    assert (
        Client().post(address, {**form, "stamp": stamp_of(page)}, headers=away).status_code == 403
    )
    assert Client().post(address, {**form, "stamp": "x"}).status_code == 403
    theirs = {**form, "stamp": stamp_of(page), "unfollow": [other.subscriptions.get().pk]}
    Client().post(address, theirs)
    assert other.subscriptions.exists()
    wrong = {**form, "stamp": stamp_of(page), "answers": "hourly"}
    assert Client().post(address, wrong).status_code == 400


def test_who_has_a_confirmed_address_follows_by_a_button(mails, asked, post, hanna):
    browser = signed_in(hanna)
    here = post.get_absolute_url()
    assert "Follow this post" in browser.get(here).content.decode()
    assert browser.post(f"/comments/follow/{post.pk}/").url == f"{here}#comments"
    assert "Stop following" in browser.get(here).content.decode()
    branch = f"{here}c/1/branch/"
    page = browser.get(branch)
    assert "Follow this branch" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert browser.post(f"/comments/follow/{post.pk}/", {"branch": "1"}).url == branch
    assert hanna.subscriptions.count() == 2
    browser.post(f"/comments/follow/{post.pk}/", {"branch": "1", "stop": "1"})
    browser.post(f"/comments/follow/{post.pk}/", {"stop": "1"})
    assert not hanna.subscriptions.exists()


def test_nobody_else_is_offered_to_follow_or_can(asked, post):
    typed = Commenter.objects.create(name="Eve", mail="eve@mail.example")
    for browser in (Client(), signed_in(typed)):
        for page in (post.get_absolute_url(), f"{post.get_absolute_url()}c/1/branch/"):
            assert "/comments/follow/" not in browser.get(page).content.decode()
        assert browser.post(f"/comments/follow/{post.pk}/").status_code == 403
    foreign = {"Origin": "https://evil.example"}
    assert Client().post(f"/comments/follow/{post.pk}/", headers=foreign).status_code == 403


def test_to_follow_is_a_later_wish_than_silence(hanna, post):
    subscriptions.mute(by=hanna, post_id=post.pk)
    subscriptions.set_frequencies(hanna, {"followed": "off"})
    subscriptions.follow(by=hanna, post=post)
    assert chosen(hanna) == ("instant", "instant", "instant")
    assert not hanna.mutes.exists()


def test_a_number_that_leads_nowhere_is_not_followed(hanna, post):
    say(post, is_public=False)
    assert Comment.objects.get().number is None
    answer = signed_in(hanna).post(f"/comments/follow/{post.pk}/", {"branch": "1"})
    assert answer.status_code == 404


def test_a_kind_of_mail_is_named_within_a_sentence_with_a_capital_i():
    assert MailKind.FOLLOWED.in_a_sentence == "new comments in what I follow"
