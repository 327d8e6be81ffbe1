"""Feeds of posts: read by a reader that is not ours, asked for again, and never saying too much."""

import json
import warnings
from pathlib import Path

import jsonschema
import pytest

from blog.absolute import with_whole_addresses
from blog.models import Post, Tag
from core.models import Version
from tests.factories import make_post, make_user

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its own, on import
    import feedparser

pytestmark = pytest.mark.django_db

FORMATS = {"rss": "rss20", "atom": "atom10", "json": ""}
SCHEMA = json.loads((Path(__file__).parent / "schemas" / "jsonfeed.json").read_text())
HOSTILE = "\x01\x08\ufffe \u2028 ]]> &amp; 😀"


def read(client, address):
    """A feed as a reader understands it."""
    answer = client.get(address)
    assert answer.status_code == 200
    if address.endswith("json"):
        found = json.loads(answer.content)
        jsonschema.validate(found, SCHEMA, jsonschema.Draft202012Validator)
        return [(item["title"], item["url"], item["content_html"]) for item in found["items"]]
    parsed = feedparser.parse(
        answer.content, response_headers={"content-type": answer["Content-Type"]}
    )
    assert not parsed.bozo, parsed.bozo_exception
    assert parsed.version == FORMATS[address.rpartition(".")[2]]
    return [(entry.title, entry.link, entry.content[0].value) for entry in parsed.entries]


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("base", ["/feed.", "/tags/freedom/feed.", "/author/ada-bergman/feed."])
def test_a_reader_gets_the_whole_text_newest_first(client, suffix, base):
    tag = Tag.objects.create(name="Freedom", slug="freedom")
    author = make_user("author", first_name="Ada", last_name="Bergman")
    body = "A *word*.\n\n[here](/about/) ![x](/pictures/x.webp)"
    old = make_post(title="Old", body=body, published_at="2026-01-01T00:00Z", author=author)
    new = make_post(
        title="New & <b>", summary="In short", published_at="2026-01-02T00:00Z", author=author
    )
    make_post(kind="page", title="A page", author=author)
    for post in (old, new):
        post.tags.add(tag)
    entries = read(client, base + suffix)
    assert [entry[0].replace("&amp;", "&").replace("&lt;", "<") for entry in entries] == [
        "New & <b>", "Old",
    ]  # fmt: skip
    assert entries[1][1] == f"http://testserver{old.get_absolute_url()}"
    text = entries[1][2]
    assert "<em>word</em>" in text
    assert 'href="http://testserver/about/"' in text
    assert 'src="http://testserver/pictures/x.webp"' in text


@pytest.mark.parametrize("suffix", FORMATS)
def test_what_xml_can_not_hold_breaks_no_feed(client, suffix):
    make_post(title=f"T {HOSTILE}".replace("\x00", ""), summary=HOSTILE, body=HOSTILE)
    assert len(read(client, f"/feed.{suffix}")) == 1


@pytest.mark.parametrize("suffix", FORMATS)
def test_an_empty_feed_is_one(client, suffix):
    assert read(client, f"/feed.{suffix}") == []


@pytest.mark.parametrize("suffix", FORMATS)
def test_an_unchanged_feed_is_not_sent_again(client, suffix, django_assert_num_queries):
    post = make_post()
    address = f"/feed.{suffix}"
    first = client.get(address)
    assert first["Cache-Control"] == "public, no-cache"
    with django_assert_num_queries(2):
        again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    since = {"If-Modified-Since": first["Last-Modified"]}
    assert client.get(address, headers=since).status_code == 304
    post.tags.add(Tag.objects.create(name="New", slug="new"))
    changed = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200


def test_a_post_taken_back_changes_the_feed_by_date_too(client, time_machine):
    Version.objects.all().delete()  # counted by the database's own clock
    time_machine.move_to("2026-01-01T00:00Z", tick=False)
    post = make_post(title="Canary")
    first = client.get("/feed.atom")
    time_machine.shift(60)
    post.status = "draft"
    post.save()
    again = client.get("/feed.atom", headers={"If-Modified-Since": first["Last-Modified"]})
    assert again.status_code == 200
    assert b"Canary" not in again.content


def test_a_scheduled_post_comes_by_the_clock(client, time_machine):
    time_machine.move_to("2026-01-01T00:00Z", tick=False)
    make_post(title="Canary", published_at="2026-01-02T00:00Z")
    first = client.get("/feed.rss")
    assert b"Canary" not in first.content
    time_machine.move_to("2026-01-02T00:00Z", tick=False)
    seen = {"If-None-Match": first["ETag"]}
    assert b"Canary" in client.get("/feed.rss", headers=seen).content


def test_an_entry_keeps_its_id_when_its_address_changes(client):
    post = make_post()
    before = json.loads(client.get("/feed.json").content)["items"][0]["id"]
    Post.objects.filter(pk=post.pk).update(slug="another")
    assert json.loads(client.get("/feed.json").content)["items"][0]["id"] == before


@pytest.mark.parametrize("many", [1, 10])
@pytest.mark.parametrize("suffix", FORMATS)
def test_a_feed_takes_four_queries(client, many, suffix, django_assert_num_queries):
    for _ in range(many):
        make_post()
    with django_assert_num_queries(4):  # state twice, posts with authors, tags
        client.get(f"/feed.{suffix}")


def test_every_page_says_where_the_feeds_are(client):
    tag = Tag.objects.create(name="Freedom", slug="freedom")
    post = make_post()
    post.tags.add(tag)
    for address in ("/", post.get_absolute_url(), "/search/"):
        page = client.get(address).content.decode()
        for suffix in FORMATS:
            assert f'href="/feed.{suffix}"' in page
    assert 'href="/tags/freedom/feed.atom"' in client.get("/tags/freedom/").content.decode()


def test_an_author_has_feeds_of_the_own_posts_and_the_list_says_so(client):
    ada = make_user("author", first_name="Ada", last_name="Bergman")
    make_post(title="Hers", author=ada)
    make_post(title="Not hers")
    make_post(title="Draft", author=ada, status="draft")
    page = client.get("/author/ada-bergman/").content.decode()
    for suffix in FORMATS:
        address = f"/author/ada-bergman/feed.{suffix}"
        assert [entry[0] for entry in read(client, address)] == ["Hers"]
        assert page.count(f'href="{address}"') == 1 + (suffix == "rss")
    feed = feedparser.parse(client.get("/author/ada-bergman/feed.atom").content).feed
    assert "Ada Bergman" in feed.title
    make_post(title="By another of that name", author=make_user("author", username="ada-bergman"))
    assert len(read(client, "/author/ada-bergman/feed.atom")) == 2
    again = feedparser.parse(client.get("/author/ada-bergman/feed.atom").content).feed
    assert (again.title, again.id) == (feed.title, feed.id)
    Post.objects.filter(author=ada).update(status="unlisted")
    assert len(read(client, "/author/ada-bergman/feed.atom")) == 1
    Post.objects.update(status="draft")
    assert client.get("/author/ada-bergman/feed.atom").status_code == 404


def test_an_unchanged_feed_of_an_author_is_not_sent_again(client, django_assert_num_queries):
    make_post(author=make_user("author", username="ada"))
    address = "/author/ada/feed.json"
    first = client.get(address)
    with django_assert_num_queries(3):  # who is called so, and the state
        again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304


def test_a_tag_that_is_not_there_has_no_feed(client):
    assert client.get("/tags/nothing/feed.rss").status_code == 404
    assert client.get("/feed.xml").status_code == 404


def test_a_real_reader_that_asks_again_is_told_unchanged(live_server):
    """feedparser over a real connection: it sends what it was given, and gets 304."""
    make_post(title="Over the wire")
    address = f"{live_server.url}/feed.atom"
    first = feedparser.parse(address)
    again = feedparser.parse(address, etag=first.etag, modified=first.modified)
    assert (first.status, first.bozo, first.entries[0].title) == (200, False, "Over the wire")
    assert (again.status, again.entries) == (304, [])


@pytest.mark.parametrize(
    ("html", "whole"),
    [
        ('<a href="#fn1">1</a>', '<a href="https://a.example/posts/x/#fn1">1</a>'),
        ('<a href="https://b.example/">b</a>', '<a href="https://b.example/">b</a>'),
        (
            '<img src="/p/1.webp" srcset="/p/1.webp 640w, /p/2.webp 1280w" alt="a > b">',
            '<img src="https://a.example/p/1.webp" srcset="https://a.example/p/1.webp 640w,'
            ' https://a.example/p/2.webp 1280w" alt="a > b">',
        ),
        ('<code>href="/x"</code>', '<code>href="/x"</code>'),
        ('<a href="http://[">x</a>', '<a href="http://[">x</a>'),
    ],
)
def test_addresses_in_a_feed_are_whole(html, whole):
    assert with_whole_addresses(html, "https://a.example/posts/x/") == whole
