"""Ways to posts: months, tags with counts, neighbours, related posts, the blogroll."""

import xml.etree.ElementTree as ET

import pytest

from blog.archive import months, neighbours, tags_in_use
from blog.models import Blogroll, IndexedPost, Post, RelatedPost, Tag
from blog.relating import relate_changed_posts
from tests.factories import make_post, make_user

pytestmark = pytest.mark.django_db

HIDDEN = [
    {"status": "draft", "published_at": "2026-01-15T00:00Z"},
    {"published_at": "2099-01-15T00:00Z"},
    {"status": "unlisted", "published_at": "2026-01-15T00:00Z"},
]


def on(day, **fields):
    return Post.objects.get(pk=make_post(published_at=f"{day}T12:00Z", **fields).pk)


def test_the_archive_counts_months_and_tags(client):
    tag = Tag.objects.create(name="Freedom", slug="freedom")
    Tag.objects.create(name="Unused", slug="unused")
    for day in ("2025-12-31", "2026-01-01", "2026-01-31"):
        on(day).tags.add(tag)
    on("2026-01-02", kind="page").tags.add(tag)
    for fields in HIDDEN:
        make_post(**fields).tags.add(tag)
    assert [(str(month.first_day), month.posts) for month in months()] == [
        ("2026-01-01", 2),
        ("2025-12-01", 1),
    ]
    assert [(found.name, found.count) for found in tags_in_use()] == [("Freedom", 3)]
    for address in ("/archive/", "/tags/"):
        page = client.get(address).content.decode()
        assert "Freedom</a> <span>3</span>" in page
        assert "Unused" not in page


def test_a_year_and_a_month_have_their_posts(client):
    on("2026-01-05", title="January")
    on("2026-03-05", title="March")
    year = client.get("/2026/").content.decode()
    assert "January" in year
    assert "March" in year
    month = client.get("/2026/03/").content.decode()
    assert ("January" in month, "March" in month) == (False, True)
    for address in ("/2025/", "/2026/02/", "/2026/13/", "/2026/00/"):
        assert client.get(address).status_code == 404


def test_an_author_has_a_list_and_each_post_leads_to_it(client):
    ada = make_user("author", first_name="Ada", last_name="Bergman")
    on("2026-01-05", title="Hers", author=ada)
    on("2026-01-06", title="Not hers", author=make_user("author", username="tomas"))
    for fields in HIDDEN:
        make_post(title="Canary", author=ada, **fields)
    page = client.get("/author/ada-bergman/").content.decode()
    assert "Posts by Ada Bergman" in page
    assert (">Hers<" in page, "Not hers" in page, "Canary" in page) == (True, False, False)
    assert 'href="/author/ada-bergman/" rel="author"' in client.get("/").content.decode()
    assert client.get("/author/tomas/").status_code == 200
    Post.objects.filter(author=ada).exclude(title="Canary").update(status="draft")
    for nobody in ("ada-bergman", ada.username, "nobody"):
        assert client.get(f"/author/{nobody}/").status_code == 404


def test_a_post_leads_to_the_ones_before_and_after(client, django_assert_num_queries):
    first, second, third = on("2026-01-01"), on("2026-01-02"), on("2026-01-03")
    on("2026-01-02", kind="page")
    make_post(status="draft", published_at="2026-01-02T13:00Z")
    with django_assert_num_queries(1):
        beside = neighbours(second)
    assert (beside.previous, beside.next) == (first, third)
    assert neighbours(first).previous is None
    assert neighbours(third).next is None
    page = client.get(second.get_absolute_url()).content.decode()
    assert f'rel="prev" href="{first.get_absolute_url()}"' in page
    assert f'rel="next" href="{third.get_absolute_url()}"' in page


def test_posts_of_the_same_moment_stand_in_one_order():
    posts = [on("2026-01-01") for _ in range(3)]
    assert neighbours(posts[1]).previous == posts[0]
    assert neighbours(posts[1]).next == posts[2]


TOPICS = {
    "Bees": "hives honey pollen swarm keeper",
    "More bees": "hives honey queen swarm winter",
    "Trains": "rails engine station timetable guard",
    "More trains": "rails engine signal timetable winter",
}


def make_topics():
    return {
        title: on(f"2026-01-0{day}", title=title, body=f"{words} and so on")
        for day, (title, words) in enumerate(TOPICS.items(), start=1)
    }


def test_posts_on_like_things_are_found_by_the_job(client):
    posts = make_topics()
    assert relate_changed_posts(at_most=10) == 4
    assert relate_changed_posts(at_most=10) == 0
    for one, other in (("Bees", "More bees"), ("Trains", "More trains")):
        assert [found.title for found in neighbours(posts[one]).related] == [other]
        assert [found.title for found in neighbours(posts[other]).related] == [one]
    page = client.get(posts["Bees"].get_absolute_url()).content.decode()
    assert "Related posts" in page


def test_a_changed_post_is_related_anew():
    posts = make_topics()
    relate_changed_posts(at_most=10)
    bees = posts["Bees"]
    bees.save()
    assert not IndexedPost.objects.filter(is_related=False).exists()
    bees.body = TOPICS["Trains"]
    bees.title = "Rails"
    bees.save()
    assert relate_changed_posts(at_most=10) == 1
    assert neighbours(posts["More bees"]).related == []
    assert posts["Trains"] in neighbours(bees).related


@pytest.mark.parametrize("fields", HIDDEN)
def test_a_hidden_post_is_beside_none(client, fields):
    posts = make_topics()
    relate_changed_posts(at_most=10)
    hidden = posts["More bees"]
    for name, value in fields.items():
        setattr(hidden, name, value)
    hidden.save()
    relate_changed_posts(at_most=10)
    assert RelatedPost.objects.filter(other=hidden).exists()
    for title in ("Bees", "Trains"):
        beside = neighbours(posts[title])
        assert hidden not in (beside.previous, beside.next, *beside.related)
        page = client.get(posts[title].get_absolute_url()).content.decode()
        assert "More bees" not in page


def test_the_blogroll_is_a_page_and_an_outline(client):
    assert client.get("/blogroll.opml").status_code == 404
    assert "None is listed" in client.get("/blogroll/").content.decode()
    Blogroll.objects.create(title="A & B", address="https://a.example/", feed="https://a.example/f")
    Blogroll.objects.create(title="No feed", address="https://b.example/", note="Rare")
    page = client.get("/blogroll/").content.decode()
    assert "A &amp; B" in page
    assert "No feed" in page
    answer = client.get("/blogroll.opml")
    assert answer["Content-Type"].startswith("text/x-opml")
    outlines = ET.fromstring(answer.content).findall("body/outline")  # noqa: S314 (our own)
    assert [(one.get("text"), one.get("xmlUrl"), one.get("type")) for one in outlines] == [
        ("A & B", "https://a.example/f", "rss")
    ]


@pytest.mark.parametrize(
    "state", [{"status": "draft"}, {"status": "unlisted"}, {"published_at": "2999-01-01T00:00Z"}]
)
def test_a_tag_of_nothing_public_is_at_no_address(client, state):
    post = make_post()
    post.tags.add(Tag.objects.create(name="Secret plan", slug="secret"))
    addresses = [
        "/tags/secret/",
        "/tags/secret/feed.atom",
        "/tag/secret/",
        "/category/Secret%20plan/",
    ]
    assert [client.get(one).status_code for one in addresses] == [200, 200, 301, 301]
    for name, value in state.items():
        setattr(post, name, value)
    post.save()
    assert [client.get(one).status_code for one in addresses] == [404] * 4
    assert "Secret plan" not in client.get("/tags/").content.decode()
