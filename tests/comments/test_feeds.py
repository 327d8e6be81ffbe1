"""Feeds: what is in them, what never is, and when nothing needs to be sent."""

import json
from datetime import datetime, timedelta

import pytest
from defusedxml import ElementTree
from django.utils import timezone

from blog.models import Post
from comments.models import Comment
from moderation import services
from tests.factories import make_post, make_published, make_user, send

pytestmark = pytest.mark.django_db

ATOM = {"a": "http://www.w3.org/2005/Atom", "thr": "http://purl.org/syndication/thread/1.0"}
ADDRESSES = ["/comments", "/posts/a-post/comments", "/posts/a-post/c/1/branch"]
every_address = pytest.mark.parametrize("address", ADDRESSES)
FEEDS = [address + suffix for address in ADDRESSES for suffix in (".atom", ".json")]
every_feed = pytest.mark.parametrize("feed", FEEDS)


@pytest.fixture
def post(db):
    return make_post(slug="a-post", title="A post")


@pytest.fixture
def root(post):
    return make_published(post, name="Ada", text="The *root*")


def items(client, address):
    """The entries of the Atom and of the JSON feed at an address, as (title, text) each."""
    atom = ElementTree.fromstring(client.get(address + ".atom").content)
    from_atom = [
        (entry.findtext("a:title", None, ATOM), entry.findtext("a:content", None, ATOM))
        for entry in atom.iterfind("a:entry", ATOM)
    ]
    feed = client.get(address + ".json").json()
    assert from_atom == [(item["title"], item["content_html"]) for item in feed["items"]]
    return from_atom


def act(service, comment):
    comment.refresh_from_db()
    service(comment_id=comment.pk, version=comment.version, by=make_user())


@every_address
def test_a_feed_has_whole_texts_the_newest_first(client, post, root, address):
    make_published(post, parent=root, name="Ben", text="A reply")
    assert items(client, address) == [
        ("#1.1 by Ben on A post", "<p>A reply</p>"),
        ("#1 by Ada on A post", "<p>The <em>root</em></p>"),
    ]


def test_a_posts_feed_has_only_its_own_and_a_branchs_only_what_is_below(client, post, root):
    make_published(post, text="Another root")
    make_published(make_post(), text="Elsewhere")
    inner = make_published(post, parent=root)
    make_published(post, parent=inner)
    assert len(items(client, "/comments")) == 5
    assert len(items(client, "/posts/a-post/comments")) == 4
    assert [t[:4] for t, _ in items(client, "/posts/a-post/c/1.1/branch")] == ["#1.1", "#1.1"]
    assert len(items(client, "/posts/a-post/c/1/branch")) == 3


def test_pages_have_feeds_too(client):
    page = make_post(kind="page", slug="about-us")
    make_published(page)
    assert len(items(client, "/about-us/comments")) == 1
    assert len(items(client, "/about-us/c/1/branch")) == 1


def test_an_atom_entry_says_all_that_a_reader_needs(client, post, root):
    reply = make_published(post, parent=root, name="Ben")
    answer = client.get("/posts/a-post/comments.atom")
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(answer.content)
    assert feed.findtext("a:title", None, ATOM) == "Comments on A post"
    links = {link.get("rel"): link.get("href") for link in feed.iterfind("a:link", ATOM)}
    assert links == {
        "alternate": "http://testserver/posts/a-post/",
        "self": "http://testserver/posts/a-post/comments.atom",
    }
    entry, older = feed.iterfind("a:entry", ATOM)
    assert entry.find("a:link", ATOM).get("href") == "http://testserver/posts/a-post/c/1.1/"
    assert entry.findtext("a:author/a:name", None, ATOM) == "Ben"
    published = entry.findtext("a:published", None, ATOM)
    assert datetime.fromisoformat(published) == reply.published_at
    answers = entry.find("thr:in-reply-to", ATOM)
    assert answers.get("ref") == older.findtext("a:id", None, ATOM)
    assert answers.get("href") == "http://testserver/posts/a-post/c/1/"
    assert older.find("thr:in-reply-to", ATOM).get("ref") == "http://testserver/posts/a-post/"


def test_a_json_entry_says_the_same(client, post, root):
    make_published(post, parent=root, name="Ben")
    answer = client.get("/posts/a-post/comments.json")
    assert answer["Content-Type"] == "application/feed+json; charset=utf-8"
    feed = answer.json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["home_page_url"] == "http://testserver/posts/a-post/"
    assert feed["feed_url"] == "http://testserver/posts/a-post/comments.json"
    entry, older = feed["items"]
    assert entry["authors"] == [{"name": "Ben"}]
    assert entry["url"] == "http://testserver/posts/a-post/c/1.1/"
    assert entry["_colloquy"] == {
        "number": "1.1",
        "in_reply_to": {"id": older["id"], "url": "http://testserver/posts/a-post/c/1/"},
    }


def test_an_entrys_id_is_the_same_in_every_feed_and_under_every_name_of_the_host(client, root):
    ids = {
        client.get(address + ".json", headers={"Host": host}).json()["items"][0]["id"]
        for address in ADDRESSES
        for host in ("testserver", "localhost")
    }
    assert len(ids) == 1
    assert ids.pop().startswith("urn:uuid:")


def test_a_deep_reply_answers_what_it_was_attached_away_from(client, post, root):
    reply = make_published(post, parent=root)
    beside = make_published(post, parent=root)
    Comment.objects.filter(pk=beside.pk).update(answers=reply)
    newest = client.get("/comments.json").json()["items"][0]
    assert newest["_colloquy"]["in_reply_to"]["url"].endswith("/c/1.1/")


# What never stands in a feed


def waiting(post, root):
    return send(post, "canary", parent=root, name="canary")


def rejected(post, root):
    act(services.reject_comment, comment := waiting(post, root))
    return comment


def spam(post, root):
    act(services.mark_spam, comment := waiting(post, root))
    return comment


def removed(post, root):
    act(services.publish_comment, comment := waiting(post, root))
    act(services.remove_comment, comment)
    return comment


def taken_back(post, root):
    act(services.publish_comment, comment := waiting(post, root))
    act(services.hold_comment, comment)
    return comment


@every_feed
@pytest.mark.parametrize("make", [waiting, rejected, spam, removed, taken_back])
def test_what_is_not_public_is_in_no_feed(client, post, root, feed, make):
    make(post, root)
    content = client.get(feed).content.decode()
    assert "canary" not in content
    assert "Ada" in content


@every_feed
@pytest.mark.parametrize(
    "change",
    [
        {"status": "draft"},
        {"published_at": timezone.now() + timedelta(days=1)},
        {"comments_status": "hidden"},
    ],
    ids=["draft", "future", "hidden"],
)
def test_comments_of_a_post_that_is_not_public_are_in_no_feed(client, root, feed, change):
    Post.objects.update(title="Canary", **change)
    answer = client.get(feed)
    assert answer.status_code == (200 if "posts" not in feed else 404)
    for word in (b"Ada", b"root", b"Canary"):
        assert word not in answer.content


@every_feed
def test_the_mail_is_in_no_feed(client, root, feed):
    Comment.objects.update(mail="canary@mail.example")
    assert b"canary" not in client.get(feed).content


def test_a_reply_to_what_was_removed_names_its_number_only(client, post, root):
    make_published(post, parent=root, name="Ben")
    act(services.remove_comment, root)
    page = client.get("/comments.atom").content.decode()
    assert "/c/1/" in page
    assert "Ada" not in page


@pytest.mark.parametrize(
    "address",
    ["/posts/none/comments.atom", "/posts/a-post/c/9/branch.atom", "/posts/a-post/comments.rss"],
)
def test_what_is_not_there_is_not_found(client, root, address):
    assert client.get(address).status_code == 404


# What strangers can do to one


HOSTILE = "\x01\x08\x0b\x1f\ufffe\uffff \u2028 \u2029 ]]> <script>alert(1)</script> &amp; 😀"


@every_address
def test_no_text_breaks_a_feed(client, root, address):
    Comment.objects.update(name=HOSTILE[:80], html=f"<p>{HOSTILE}</p>")
    Post.objects.update(title=HOSTILE)
    atom = ElementTree.fromstring(client.get(address + ".atom").content)
    text = atom.findtext("a:entry/a:content", None, ATOM)
    assert text.startswith("<p>\ufffd\ufffd")
    assert "]]>" in text
    assert "\u2028" in text
    feed = json.loads(client.get(address + ".json").content)
    assert "\u2028" in feed["items"][0]["content_html"]


# When nothing needs to be sent


@every_feed
def test_an_unchanged_feed_is_not_sent_again(client, root, feed, django_assert_max_num_queries):
    first = client.get(feed)
    assert first["Cache-Control"] == "public, no-cache"
    with django_assert_max_num_queries(3):  # where it is (0 to 2), its state
        again = client.get(feed, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["Cache-Control"] == "public, no-cache"
    since = {"If-Modified-Since": first["Last-Modified"]}
    assert client.get(feed, headers=since).status_code == 304


def edit(comment):
    Comment.objects.filter(pk=comment.pk).update(text="x", html="x", version=9)


CHANGES = {
    "a reply": lambda post, root: make_published(post, parent=root),
    "a removal": lambda post, root: act(services.remove_comment, root),
    "an edit": lambda post, root: edit(root),
    "another rendering": lambda post, root: Comment.objects.update(html="y", html_version=9),
    "another title": lambda post, root: Post.objects.get(pk=post.pk).save(),
}


@every_feed
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_changed_feed_is_sent(client, post, root, feed, change):
    tag = client.get(feed)["ETag"]
    change(post, root)
    answer = client.get(feed, headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert answer["ETag"] != tag


@every_address
def test_a_removal_is_newer_than_what_was_removed(client, post, root, address):
    hour_ago = timezone.now() - timedelta(hours=1)
    Post.objects.update(updated_at=hour_ago)
    Comment.objects.update(changed_at=hour_ago, published_at=hour_ago)
    since = {"If-Modified-Since": client.get(address + ".atom")["Last-Modified"]}
    assert client.get(address + ".atom", headers=since).status_code == 304
    act(services.remove_comment, root)
    answer = client.get(address + ".atom", headers=since)
    assert answer.status_code == 200
    assert b"<entry>" not in answer.content


def test_the_two_formats_and_every_address_have_their_own_tags(client, root):
    tags = [client.get(feed)["ETag"] for feed in FEEDS]
    assert len(set(tags)) == 6


def test_a_waiting_comment_changes_no_feed(client, post, root):
    tag = client.get("/comments.atom")["ETag"]
    send(post)
    assert client.get("/comments.atom", headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize("address", ["/comments", "/posts/a-post/comments"])
def test_a_feed_without_comments_is_one(client, post, address):
    assert items(client, address) == []
    first = client.get(address + ".atom")
    assert (
        client.get(address + ".atom", headers={"If-None-Match": first["ETag"]}).status_code == 304
    )


def test_a_site_without_posts_has_a_feed(client):
    assert items(client, "/comments") == []


# How much


def test_a_feed_has_fifty_entries_and_no_more(client, post, root, monkeypatch):
    monkeypatch.setattr("comments.feeds.ENTRIES", 3)
    for _ in range(4):
        make_published(post, parent=root)
    assert [title[:4] for title, _ in items(client, "/comments")] == ["#1.4", "#1.3", "#1.2"]


@pytest.mark.parametrize("many", [1, 30])
def test_a_feed_takes_the_same_queries_for_any_number_of_comments(
    client, post, root, many, django_assert_num_queries
):
    for _ in range(many):
        make_published(post, parent=root)
    # Where it is (none, the post, the post and the place), its state, its entries.
    for address, queries in zip(ADDRESSES, [2, 3, 3], strict=True):
        with django_assert_num_queries(queries):
            assert client.get(address + ".atom").status_code == 200


def test_a_feed_sets_no_cookie_and_takes_only_reading(client, root):
    assert not client.get("/comments.atom").cookies
    assert client.post("/comments.atom").status_code == 405
    assert client.head("/comments.atom").content == b""


# Where it is found


def test_pages_lead_to_their_feeds(client, post, root):
    for page, feed in [("/", "/comments"), ("/posts/a-post/", "/posts/a-post/comments")]:
        content = client.get(page).content.decode()
        assert f'href="{feed}.atom"' in content
        assert f'href="{feed}.json"' in content


def test_a_branchs_page_leads_to_the_feed_of_that_branch(client, post, root):
    make_published(post, parent=root)
    page = client.get("/posts/a-post/c/1/branch/").content.decode()
    assert 'href="/posts/a-post/c/1/branch.atom"' in page


def test_a_post_that_hides_its_comments_leads_to_no_feed(client, root):
    Post.objects.update(comments_status="hidden")
    assert "comments.atom" not in client.get("/posts/a-post/").content.decode()
