"""Other sites are told: pages that a post links to, and the hub of the feeds. Over real sockets."""

import json

import pytest
from django.urls import reverse

from blog import hub, mentions
from blog.jobs import tell_others
from blog.mentions import MentionWaits, pages_linked
from blog.models import HubPing, Post, SentMention
from core.outbound import NotReachable
from tests.core.test_site import make_site
from tests.factories import make_post
from tests.other_sites import elsewhere, moved

__all__ = ["elsewhere"]

pytestmark = pytest.mark.django_db

TAKES = '<link rel="webmention" href="/take">'


@pytest.fixture
def tells(run_jobs):
    """A minute of the worker."""
    make_site(sends_webmentions=True)

    def tell():
        tell_others(0)
        run_jobs()

    return tell


def link_to(*addresses):
    return " ".join(f"[here]({address})" for address in addresses)


def state_of(address):
    return SentMention.objects.get(target=address).state


def test_a_page_that_a_post_links_to_is_told_once(tells, elsewhere, settings):
    elsewhere.pages = {"/their": TAKES}
    post = make_post(body=link_to(elsewhere.url("/their"), elsewhere.url("/their"), "/about/"))
    for _ in range(3):
        tells()
    source = settings.SITE_URL + post.get_absolute_url()
    assert elsewhere.told == [("/take", {"source": source, "target": elsewhere.url("/their")})]
    assert state_of(elsewhere.url("/their")) == "sent"


def test_it_is_told_again_when_the_text_changes_and_when_the_link_is_gone(tells, elsewhere):
    elsewhere.pages = {"/their": TAKES}
    post = make_post(body=link_to(elsewhere.url("/their")))
    tells()
    post.save()  # nothing of it is another
    tells()
    assert len(elsewhere.told) == 1
    for body in (post.body + " More.", "No link any more."):
        post.body = body
        post.save()
        tells()
    assert len(elsewhere.told) == 3


@pytest.mark.parametrize(
    "fields",
    [{"status": "draft", "published_at": None}, {"status": "unlisted"},
     {"published_at": "2999-01-01T00:00Z"}],
)  # fmt: skip
def test_of_what_is_not_public_nobody_hears(tells, elsewhere, fields):
    elsewhere.pages = {"/their": TAKES}
    make_post(body=link_to(elsewhere.url("/their")), **fields)
    tells()
    assert (elsewhere.asked, elsewhere.told) == ([], [])


def test_a_post_that_is_taken_back_before_the_job_runs_is_not_told_of(tells, elsewhere):
    elsewhere.pages = {"/their": TAKES}
    post = make_post(body=link_to(elsewhere.url("/their")))
    mentions.note_links(post=post)
    Post.objects.update(status="draft")
    tells()
    assert elsewhere.asked == []
    assert state_of(elsewhere.url("/their")) == "dropped"
    post.save()  # public again
    tells()
    assert len(elsewhere.told) == 1


def test_a_scheduled_post_is_told_of_when_its_time_has_come(tells, elsewhere, time_machine):
    time_machine.move_to("2026-01-01T00:00Z")
    elsewhere.pages = {"/their": TAKES}
    make_post(body=link_to(elsewhere.url("/their")), published_at="2026-01-20T00:00Z")
    tells()
    assert elsewhere.told == []
    time_machine.move_to("2026-01-20T00:01Z")
    tells()
    assert len(elsewhere.told) == 1


def test_what_was_written_long_ago_is_not_told_of(tells, elsewhere, time_machine):
    time_machine.move_to("2026-01-01T00:00Z")
    elsewhere.pages = {"/their": TAKES}
    make_post(body=link_to(elsewhere.url("/their")))
    time_machine.move_to("2026-01-09T00:00Z")
    tells()
    assert elsewhere.told == []


@pytest.mark.parametrize("setting", [{}, {"sends_webmentions": True}])
def test_switched_off_nothing_is_sent(elsewhere, run_jobs, setting):
    make_site(**setting)
    elsewhere.pages = {"/their": TAKES}
    make_post(body=link_to(elsewhere.url("/their")))
    tell_others(0)
    make_site(sends_webmentions=False)
    run_jobs()
    assert (elsewhere.asked, elsewhere.told) == ([], [])


@pytest.mark.parametrize(
    ("page", "header", "endpoint"),
    [
        ("<a href='/a' rel=x>", '</h>; rel="next", <h>; rel="y webmention"', "/dir/h"),
        ("<a href='/a' rel='x webmention'><link rel=webmention href=/b>", "", "/a"),
        ("<link rel=WebMention href=/b><a href='/a' rel=webmention>", "", "/b"),
        ("<base href=/base/><link rel=webmention href=b?x=1>", "", "/base/b?x=1"),
        ("<link rel=webmention href=''>", "", "/dir/page"),
        ("<!-- <link rel=webmention href=/no> --><link rel=webmention href=/b>", "", "/b"),
        ("<link rel=not-webmention href=/no><link rel=webmention><a rel=webmention href=/b>",
         "", "/b"),
    ],
)  # fmt: skip
def test_where_mentions_are_taken_is_found_as_the_standard_says(
    tells, elsewhere, page, header, endpoint
):
    elsewhere.pages = {"/": moved("/dir/page"), "/dir/page": page}
    elsewhere.headers = {"/dir/page": {"Link": header} if header else {}}
    make_post(body=link_to(elsewhere.url("/")))
    tells()
    assert [path for path, _ in elsewhere.told] == [endpoint]


@pytest.mark.parametrize(
    "href", ["http://10.0.0.1/x", "http://localhost/x", "ftp://x/", "http://["]
)
def test_an_endpoint_in_a_private_network_is_not_told(tells, elsewhere, monkeypatch, href):
    monkeypatch.setattr("core.outbound.is_public", lambda one: one == "127.0.0.1")
    monkeypatch.setattr("core.outbound.PORTS", {"http": 9, "https": 9})
    elsewhere.pages = {"/": f'<link rel=webmention href="{href}">'}
    make_post(body=link_to(elsewhere.url("/")))
    try:
        tells()
    except MentionWaits:
        assert "localhost" in href  # nothing listens there
    assert elsewhere.told == []


def test_a_page_that_takes_none_is_asked_once(tells, elsewhere):
    elsewhere.pages = {"/their": "<p>Hello"}
    make_post(body=link_to(elsewhere.url("/their")))
    tells()
    tells()
    assert elsewhere.asked == ["/their"]
    assert state_of(elsewhere.url("/their")) == "not taken"


@pytest.mark.parametrize(
    ("status", "state"), [(500, "waiting"), (429, "waiting"), (400, "given up")]
)
def test_who_is_busy_is_told_later_and_who_refuses_is_not(tells, elsewhere, status, state):
    elsewhere.pages, elsewhere.answer = {"/their": TAKES}, status
    make_post(body=link_to(elsewhere.url("/their")))
    try:
        tells()
    except MentionWaits:
        assert state == "waiting"
    mention = SentMention.objects.get()
    assert (mention.state, mention.attempts) == (state, 1)
    assert mention.answer.startswith(str(status))


def test_what_never_answers_is_given_up(tells):
    make_post(body=link_to("http://10.0.0.1/"))
    tells()
    mention = SentMention.objects.get()
    assert (mention.state, mention.attempts) == ("given up", 1)


def test_pages_of_this_site_and_what_is_no_page_are_not_told(settings):
    post = make_post(
        body=link_to("/about/", settings.SITE_URL + "/x/", "mailto:a@b.example", "#here",
                     "https://other.example/ä", "//third.example/", "https://" + "x" * 1000)
    )  # fmt: skip
    found = [one.partition("://")[2] for one in pages_linked(post)]
    assert found == ["other.example/%C3%A4", "third.example/"]


def test_a_post_full_of_links_does_not_write_to_everybody():
    post = make_post(body=link_to(*(f"https://x{n}.example/" for n in range(500))))
    assert len(pages_linked(post)) == 100


@pytest.fixture
def at_hub(elsewhere, run_jobs):
    make_site(websub_hub=elsewhere.url("/hub"))

    def told():
        elsewhere.told.clear()
        tell_others(0)
        run_jobs()
        return [fields["hub.url"] for _, fields in elsewhere.told]

    return told


def test_the_hub_hears_of_each_change_once(at_hub, elsewhere, settings):
    post = make_post()
    assert at_hub() == hub.topics()
    assert elsewhere.told[0] == (
        "/hub",
        {"hub.mode": "publish", "hub.topic": hub.topics()[0], "hub.url": hub.topics()[0]},
    )
    assert hub.topics()[0].startswith(settings.SITE_URL)
    assert at_hub() == []
    post.title = "Another"
    post.save()
    assert len(at_hub()) == 3
    post.status = "draft"
    post.save()
    assert len(at_hub()) == 3
    make_post(status="unlisted")
    assert at_hub() == []


def test_the_hub_hears_of_what_appears_by_the_clock(at_hub, time_machine):
    time_machine.move_to("2026-01-01T00:00Z")
    make_post(published_at="2026-01-02T00:00Z")
    at_hub()
    assert at_hub() == []
    time_machine.move_to("2026-01-02T00:00Z")
    assert len(at_hub()) == 3


def test_a_hub_that_fails_is_told_again(at_hub, elsewhere, run_jobs):
    make_post()
    elsewhere.answer = 503
    with pytest.raises(hub.HubRefuses, match="503"):
        at_hub()
    elsewhere.answer = 204
    elsewhere.told.clear()
    run_jobs()
    assert len(elsewhere.told) == 3


def test_a_hub_that_is_switched_off_meanwhile_hears_nothing(elsewhere, run_jobs):
    make_site(websub_hub=elsewhere.url("/hub"))
    tell_others(0)
    make_site(websub_hub="")
    run_jobs()
    tell_others(0)
    run_jobs()
    assert elsewhere.told == []
    assert HubPing.objects.count() == 1


def test_a_hub_that_is_not_there_is_an_error_that_waits(at_hub, run_jobs):
    make_site(websub_hub="http://10.0.0.1/")
    with pytest.raises(NotReachable):
        at_hub()


@pytest.mark.parametrize("suffix", ["atom", "rss", "json"])
def test_the_feeds_name_the_hub(client, suffix):
    make_post()
    address = reverse("blog:feed", args=[suffix])
    without = client.get(address)
    make_site(websub_hub="https://hub.example/?a=1&b=2")
    seen = {"If-None-Match": without["ETag"]}
    response = client.get(address, headers=seen)
    assert response.status_code == 200
    links = response["Link"]
    assert '<https://hub.example/?a=1&b=2>; rel="hub"' in links
    assert f'<http://testserver{address}>; rel="self"' in links
    assert "Link" not in without
    text = response.content.decode()
    if suffix == "json":
        assert json.loads(text)["hubs"] == [
            {"type": "WebSub", "url": "https://hub.example/?a=1&b=2"}
        ]
    else:
        assert 'rel="hub"' in text
        assert "https://hub.example/?a=1&amp;b=2" in text


def test_a_minute_without_these_settings_costs_nothing(django_assert_num_queries):
    make_post()
    with django_assert_num_queries(0):
        tell_others(0)
