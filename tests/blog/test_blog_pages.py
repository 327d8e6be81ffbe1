"""Posts on the site: what is public, and what is not."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone

from blog.models import Post, Tag
from tests.factories import make_post, make_user

pytestmark = pytest.mark.django_db

STATES = {
    "published": ({}, True),
    "draft": ({"status": "draft"}, False),
    "draft with a date": ({"status": "draft", "published_at": timezone.now()}, False),
    "future": ({"published_at": timezone.now() + timedelta(days=900)}, False),
}


@pytest.mark.parametrize(("fields", "public"), STATES.values(), ids=STATES)
def test_the_published_rule_and_its_twin_agree_on_every_surface(client, fields, public):
    post = make_post(slug="canary", title="Canary", **fields)
    tag = Tag.objects.create(name="t", slug="t")
    post.tags.add(tag)
    assert post.is_published is public
    assert Post.objects.published().exists() is public
    assert post.accepts_comments is public
    assert (client.get("/posts/canary/").status_code == 200) is public
    for address in ("/", "/tags/t/"):
        assert ("Canary" in client.get(address).content.decode()) is public


def test_a_scheduled_post_appears_by_the_clock(client, time_machine):
    time_machine.move_to("2026-01-01T00:00Z", tick=False)
    make_post(slug="later", published_at="2026-01-02T00:00Z")
    assert client.get("/posts/later/").status_code == 404
    time_machine.move_to("2026-01-02T00:00Z", tick=False)
    assert client.get("/posts/later/").status_code == 200


def test_its_author_sees_a_draft_and_another_author_does_not(client):
    author = make_user("author")
    make_post(slug="mine", status="draft", author=author)
    client.force_login(author)
    answer = client.get("/posts/mine/")
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    client.force_login(make_user("author"))
    assert client.get("/posts/mine/").status_code == 404


def test_a_page_is_at_the_top_and_in_the_menu_and_in_no_list(client):
    make_post(kind="page", slug="about", title="About us", in_menu=True)
    make_post(kind="page", slug="hidden", title="Elsewhere")
    assert client.get("/about/").status_code == 200
    assert client.get("/posts/about/").status_code == 404
    home = client.get("/").content.decode()
    assert 'href="/about/"' in home
    assert "Elsewhere" not in home
    assert "Nothing has been published" in home


def test_posts_are_listed_newest_first_and_paged(client, settings):
    for day in range(1, 13):
        make_post(title=f"Day {day:02}", published_at=f"2026-01-{day:02}T00:00Z")
    first = client.get("/").content.decode()
    assert first.index("Day 12") < first.index("Day 03")
    assert "Day 02" not in first
    assert "Day 02" in client.get("/?page=2").content.decode()


def test_the_body_is_rendered_when_it_is_saved():
    post = make_post(
        body="A *word*\n\n# Heading\n\n<script>alert(1)</script>\n\n| a |\n|---|\n| b |"
    )
    assert "<em>word</em>" in post.body_html
    assert "<h2>Heading</h2>" in post.body_html
    assert "<td>b</td>" in post.body_html
    assert "<script" not in post.body_html
    post.body = "Other"
    post.save(update_fields=["body"])
    assert Post.objects.get().body_html == "<p>Other</p>\n"


@pytest.mark.parametrize(
    "attack",
    [
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "<p style='x'>y</p>",
        "<iframe src=x></iframe>",
        "<form action=x><button>y</button></form>",
    ],
)
@pytest.mark.parametrize("body_format", ["html", "markdown"])
def test_an_authors_html_is_cleaned(attack, body_format):
    html = make_post(body=attack, body_format=body_format).body_html
    for word in ("onerror", "javascript", "style", "<iframe", "<form", "<button"):
        assert word not in html


def test_publishing_without_a_time_takes_the_present():
    post = make_post(status="draft", published_at=None)
    post.status = "published"
    post.full_clean()
    assert post.is_published


def test_the_database_refuses_a_published_post_without_time():
    with pytest.raises(IntegrityError, match="published_post_has_a_time"):
        make_post(published_at=None)


def test_a_page_may_not_take_an_address_of_the_site():
    page = make_post(kind="page", slug="about")
    page.slug = "admin"
    with pytest.raises(ValidationError, match="address of the site itself"):
        page.full_clean()


def test_the_list_takes_the_same_queries_for_one_post_and_ten(client, django_assert_num_queries):
    for _ in range(10):
        make_post()
    # versions, what appears next, count, posts with authors, tags, menu
    with django_assert_num_queries(6):
        client.get("/")


def test_an_unknown_address_is_not_found_in_our_own_words(client):
    answer = client.get("/no/such/thing/")
    assert answer.status_code == 404
    assert "nothing at this address" in answer.content.decode()
