"""What can be known before sending is said at preview and above the form; later, why it waits."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from comments import waiting
from comments.models import Comment
from comments.private_links import make_token
from core import ratelimit
from moderation.models import Rule
from moderation.screening.kind import Finding, Kind, Limit, NoParameters, kinds
from moderation.screening.screener import Screener
from tests.factories import make_post, make_user, publish, send

pytestmark = pytest.mark.django_db


class Place(Kind[NoParameters]):
    """Speaks of the post."""

    name = "place"
    label = "Place"
    help_text = "For tests."
    takes = NoParameters
    known_from = "place"

    def judge(self, facts, parameters):
        """See Kind."""
        return Finding(sentence="Secret.", advice=f"{self.name} of {facts.draft.post.title}.")


class Writer(Place):
    """Speaks of who writes."""

    name = "writer"
    known_from = "writer"


class Text(Place):
    """Speaks of the words."""

    name = "text"
    known_from = "text"


class Tries(Place):
    """Two tries in an hour."""

    name = "tries"

    def judge(self, facts, parameters):
        """See Kind."""

    def limits(self, facts, parameters):
        """See Kind."""
        return [
            Limit(
                facts.draft.network,
                2,
                timedelta(hours=1),
                lambda wait: Finding(sentence="Over.", advice=f"Not for {waiting.in_words(wait)}."),
            )
        ]


@pytest.fixture
def rule(monkeypatch):
    """Makes rules of the kinds above; no other is on."""
    mine = {one.name: one() for one in (Place, Writer, Text, Tries)}
    known = {**kinds(), **mine}
    monkeypatch.setattr("moderation.screening.running.kinds", lambda: known)
    Rule.objects.all().delete()
    return lambda name, effect="hold": Rule.objects.create(kind=name, effect=effect)


@pytest.fixture
def post():
    return make_post(title="Freedom", slug="freedom")


def form_of(client, **headers):
    return client.get("/posts/freedom/comment/", **headers)


def warnings_in(response):
    html = response.content.decode()
    found = re.findall(r'class="notice warnings">.*?<ul>(.*?)</ul>', html, re.DOTALL)
    return [sentence for part in found for sentence in re.findall(r"<li>(.*?)</li>", part)]


def filled(client, **fields):
    page = form_of(client).content.decode()
    stamp = re.search(r'name="stamp" value="([^"]+)"', page)[1]
    return {"name": "Hanna", "text": "Some words.", "stamp": stamp, **fields}


def preview(client, **fields):
    return client.post("/posts/freedom/comment/", filled(client, preview="1", **fields))


def test_above_an_empty_form_nothing_is_said_of_words_that_are_not_there(client, post, rule):
    for name in ("place", "writer", "text"):
        rule(name)
    assert warnings_in(form_of(client)) == ["place of Freedom.", "writer of Freedom."]


def test_the_public_page_says_only_what_is_the_same_for_everybody(client, post, rule):
    for name in ("place", "writer", "text"):
        rule(name)
    public = client.get("/posts/freedom/")
    assert warnings_in(public) == ["place of Freedom."]
    assert "no-store" not in public.headers.get("Cache-Control", "")


def test_under_the_post_a_known_reader_is_told_what_is_theirs(client, post, rule):
    rule("writer")
    client.post("/posts/freedom/comment/", filled(client, remember="on"))
    private = client.get("/posts/freedom/")
    assert warnings_in(private) == ["writer of Freedom."]
    assert "no-store" in private.headers["Cache-Control"]


def test_a_form_with_a_mistake_comes_back_with_what_is_known_before_the_words(client, post, rule):
    for name in ("place", "writer", "text"):
        rule(name)
    came_back = client.post("/posts/freedom/comment/", filled(client, text=""))
    assert came_back.status_code == 400
    assert warnings_in(came_back) == ["place of Freedom.", "writer of Freedom."]


def test_a_sent_form_is_asked_nothing_that_only_warns(client, post, rule, monkeypatch):
    asked = []
    monkeypatch.setattr(Screener, "advise", lambda *_: asked.append(1))
    form = filled(client)
    asked.clear()
    assert client.post("/posts/freedom/comment/", form).status_code == 302
    assert asked == []


def test_the_preview_lists_what_is_known_of_the_words_and_stores_nothing(client, post, rule):
    rule("text")
    shown = preview(client)
    assert warnings_in(shown) == ["text of Freedom."]
    section = re.search(r'<section class="preview".*?</section>', shown.content.decode(), re.DOTALL)
    assert "text of Freedom." in section[0]
    assert "Secret." not in shown.content.decode()
    assert not Comment.objects.exists()


def test_a_refusal_is_told_before_and_the_button_stays(client, post, rule):
    rule("place", effect="refuse")
    html = form_of(client).content.decode()
    assert 'class="problem" role="alert">place of Freedom. You can write meanwhile' in html
    assert '<button type="submit">Send</button>' in html


def test_a_refusal_at_sending_is_said_once(client, post, rule):
    rule("text", effect="refuse")
    sent = client.post("/posts/freedom/comment/", filled(client))
    assert (sent.status_code, sent.content.decode().count("text of Freedom.")) == (403, 1)


def test_a_limit_is_counted_live_and_never_by_looking(client, post, rule):
    rule("tries", effect="refuse")
    for _ in range(5):
        assert warnings_in(form_of(client)) == []
    client.post("/posts/freedom/comment/", filled(client, text="One"))
    [count] = warnings_in(form_of(client))
    assert count == (
        "1 of 2 comments that you, or your network, can send in 60 minutes are sent; the count"
        " begins anew in 60 minutes."
    )
    client.post("/posts/freedom/comment/", filled(client, text="Two"))
    assert warnings_in(form_of(client)) == []
    assert "Not for 60 minutes." in form_of(client).content.decode()
    assert warnings_in(client.get("/posts/freedom/")) == []


def test_where_one_stands_is_told_without_counting():
    ratelimit.hit("here", "me", limit=3, per=timedelta(hours=1))
    for _ in range(2):
        mine, others = ratelimit.standings([("here", "me"), ("here", "you")])
        assert (mine.hits, others.hits) == (1, 0)
    assert timedelta(minutes=59) < mine.wait <= timedelta(hours=1)
    ratelimit.hit("past", "me", limit=3, per=timedelta(0))
    assert ratelimit.standings([("past", "me")])[0].hits == 0


def test_staff_are_warned_of_nothing(client, post, rule):
    rule("place", effect="refuse")
    client.force_login(make_user())
    page = form_of(client).content.decode()
    assert "place of Freedom" not in page


def status_page(client, comment):
    return client.get(reverse("comments:status", args=[make_token(comment)])).content.decode()


def test_the_status_page_says_why_it_waits_and_no_moderators_sentence(client, post, rule):
    rule("text")
    comment = send(post)
    page = status_page(client, comment)
    assert "<li>text of Freedom.</li>" in page
    assert "Secret." not in page
    assert "something more" not in page


def test_what_is_for_moderators_alone_is_only_hinted_at(client, post, rule):
    rule("text")
    rule("no such kind")
    assert "something more that a moderator has to look at" in status_page(client, send(post))


def test_what_was_only_noted_is_no_reason_to_wait(client, post, rule):
    rule("text", effect="note")
    rule("no such kind")
    assert waiting.why_it_waits(send(post)) == ((), True)


def test_old_reasons_are_not_given_for_a_later_wait(post, rule):
    rule("text")
    comment = publish(send(post))
    assert waiting.why_it_waits(comment) == ((), False)
    comment.change_status("pending", at=comment.changed_at + timedelta(minutes=1))
    assert waiting.why_it_waits(Comment.objects.get(pk=comment.pk)) == ((), False)
