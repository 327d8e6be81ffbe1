"""Lists, archive and map: "unchanged" for who has the page, and never of an older state."""

import re
import time
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLResolver, get_resolver
from django.utils import timezone

from blog.models import Blogroll, Post, Tag
from blog.old_addresses import leave_redirect
from core.models import SiteSettings, StoredPage
from core.site import save_site
from tests.comments.test_stored_pages import WITHOUT_TRIGGERS, triggers
from tests.core.test_short_way import Site
from tests.core.test_site import make_site
from tests.factories import make_post, make_user

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = (
    "/", "/archive/", "/2026/", "/2026/05/", "/tags/", "/tags/logic/", "/author/ada/", "/blogroll/",
    "/blogroll.opml", "/sitemap.xml", "/sitemap-posts-1.xml", "/sitemap-pages-1.xml",
    "/sitemap-front-1.xml", "/sitemap-tags-1.xml", "/sitemap-authors-1.xml", "/about/",
    "/posts/a-post/",
)  # fmt: skip
LISTS = ("/", "/2026/", "/2026/05/", "/tags/logic/")
FEEDS = ("/feed.atom", "/feed.rss", "/feed.json", "/tags/logic/feed.atom",
         "/author/ada/feed.atom")  # fmt: skip


@pytest.fixture
def post(transactional_db):
    make_site()
    make_post(slug="about", kind="page", title="About", published_at="2026-05-01T12:00Z")
    Blogroll.objects.create(
        title="Theirs", address="https://b.example/", feed="https://b.example/f"
    )
    post = make_post(
        slug="a-post",
        title="A post",
        published_at="2026-05-01T12:00Z",
        author=make_user("author", username="ada"),
    )
    post.tags.add(Tag.objects.create(name="Logic", slug="logic"))
    return post


class Reader:
    """Keeps what it was given, and asks with its tag, as a feed reader does."""

    def __init__(self):
        self.kept = {}

    def ask(self, address, **headers):
        """The status, and the page as the reader then has it."""
        _, etag, text = self.kept.get(address, ("", "", ""))
        asked = {"If-None-Match": etag} if etag else {}
        answer = Client().get(address, headers={**asked, **headers})
        if answer.status_code == 200:
            text = answer.content.decode()
            self.kept[address] = (address, answer["ETag"], text)
        return answer.status_code, text

    def all(self, addresses):
        return {address: self.ask(address)[0] for address in addresses}


@pytest.fixture
def reader(post):
    """Who has every page as it is now, and is told so."""
    reader = Reader()
    assert set(reader.all(PAGES).values()) == {200}
    assert set(reader.all(PAGES).values()) == {304}
    return reader


def test_who_has_a_page_is_told_that_it_is_unchanged_by_one_query(reader):
    for address in PAGES:
        with CaptureQueriesContext(connection) as captured:
            assert reader.ask(address)[0] == 304
        assert len(captured) == 1, (address, [query["sql"] for query in captured])


def test_every_page_of_the_blog_has_an_entity_tag_or_says_how_long_it_holds(post):
    """So that a new list can't be forgotten: of what the URLconf names, for each a reason."""
    private_or_asked_for = {"search", "preview"}
    for_ever = {"picture", "picture-size", "card"}
    leads_on = {"day", *(name for name in names() if name.startswith("old-"))}
    seldom_changed = {"robots"}  # an hour
    has_a_tag = {
        *(
            "index",
            "archive",
            "year",
            "month",
            "author",
            "tags",
            "tag",
            "feed",
            "tag-feed",
            "author-feed",
            "blogroll",
        ),
        *("blogroll-opml", "sitemap-index", "sitemap", "post", "page"),
    }
    assert names() == private_or_asked_for | for_ever | leads_on | seldom_changed | has_a_tag
    for address in (*PAGES, *FEEDS):
        assert Client().get(address)["ETag"], address


def names():
    blog = [one for one in get_resolver().url_patterns if isinstance(one, URLResolver)]
    lists = next(one for one in blog if one.namespace == "blog")
    return {pattern.name for pattern in lists.url_patterns}


def changed(reader, change, addresses=LISTS):
    """What a change leaves of these pages, each of which has to be another than it was."""
    change()
    asked = {address: reader.ask(address) for address in addresses}
    assert {address: status for address, (status, _) in asked.items()} == dict.fromkeys(
        addresses, 200
    )
    return " ".join(text for _, text in asked.values())


def test_a_post_that_is_published_or_taken_back(reader, post):
    lists = (*LISTS, "/archive/", "/tags/", "/sitemap-posts-1.xml")

    def publish():
        new = make_post(title="The new one", published_at="2026-05-03T12:00Z")
        new.tags.add(Tag.objects.get())

    assert changed(reader, publish, lists).count("The new one") == 4
    new = Post.objects.filter(title="The new one")
    assert "The new one" not in changed(reader, lambda: new.update(status="draft"), lists)
    assert "The new one" in changed(reader, lambda: new.update(status="published"), lists)
    assert "The new one" not in changed(reader, lambda: new.update(status="unlisted"), lists)
    changed(reader, lambda: new.update(status="published"), lists)
    changed(reader, lambda: new.get().delete(), lists)


def test_the_map_says_when_something_last_changed(reader, post):
    """To the second: what is changed within one leaves its first page as it was."""
    later = "2027-01-01T00:00:00+00:00"
    again = Post.objects.filter(pk=post.pk)
    told = ("front", "posts", "tags", "authors")
    maps = ("/sitemap.xml", *(f"/sitemap-{section}-1.xml" for section in told))
    assert changed(reader, lambda: again.update(updated_at=later), maps).count(later) == 2 * len(
        told
    )


def test_a_list_that_becomes_empty_is_gone(reader, post):
    Post.objects.filter(pk=post.pk).update(status="draft")
    gone = ("/2026/", "/2026/05/", "/tags/logic/", "/sitemap-posts-1.xml")
    assert reader.all(gone) == dict.fromkeys(gone, 404)


def test_title_summary_text_and_address(reader, post):
    for name, value in {"title": "Another", "summary": "In short.", "slug": "elsewhere"}.items():
        assert value in changed(reader, lambda n=name, v=value: edit(post, n, v))
    edit(post, "summary", "")
    assert "Other words." in changed(reader, lambda: edit(post, "body", "Other words."))


def edit(post, name, value):
    setattr(post, name, value)
    post.save()


def test_tags_and_blogroll(reader, post):
    both = ("/archive/", "/tags/", "/tags/logic/")
    assert "Dialectic" in changed(reader, lambda: Tag.objects.update(name="Dialectic"), both)
    rolls = ("/blogroll/", "/blogroll.opml")
    assert "Ours" in changed(reader, lambda: Blogroll.objects.update(title="Ours"), rolls)
    gone = changed(reader, lambda: Blogroll.objects.all().delete(), ("/archive/", "/blogroll/"))
    assert "Blogs we read" in gone  # as the heading of an empty page
    assert reader.ask("/blogroll.opml")[0] == 404


def test_settings_menu_and_names(reader, post):
    pages = (*LISTS, "/archive/", "/tags/", "/blogroll/", "/about/", "/posts/a-post/")
    site = SiteSettings.objects.get()
    site.title = "Another site"
    assert changed(reader, lambda: save_site(site), pages).count("Another site") >= len(pages)
    site.time_zone = "Pacific/Kiritimati"
    site.posts_per_page = 1
    make_post(title="More", published_at="2026-05-31T12:00Z")
    assert "Page 1 of 2" in changed(reader, lambda: save_site(site), ("/",))
    assert "/2026/06/" in reader.ask("/archive/")[1]
    about = Post.objects.filter(kind="page")
    assert "About" in changed(reader, lambda: about.update(in_menu=True), ("/archive/",))
    users = get_user_model().objects.filter(pk=post.author_id)
    ada = changed(reader, lambda: users.update(first_name="Ada", last_name="L."), ("/tags/logic/",))
    assert "Ada L." in ada


def test_a_feed_follows_names_and_settings_by_its_tag_and_by_its_date(post):
    site = SiteSettings.objects.get()
    users = get_user_model().objects.filter(pk=post.author_id)

    def speak(language):
        site.language = language
        save_site(site)

    changes = {
        "name": lambda: users.update(first_name="Ada"),  # its address stays
        "language": lambda: speak("de"),
        "tag": lambda: Tag.objects.update(name="Dialectic"),
        "html": lambda: Post.objects.filter(pk=post.pk).update(html_version=1),
    }
    for name, change in changes.items():
        before = {address: Client().get(address) for address in FEEDS}
        time.sleep(1.1)  # a date tells seconds
        change()
        for address, answer in before.items():
            for header, kept in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")):
                again = Client().get(address, headers={header: answer[kept]})
                assert again.status_code == 200, (name, address, header)


def test_a_feed_says_nothing_of_what_was_withdrawn(post):
    withdrawn = make_post(title="Canary", published_at="2026-05-02T12:00Z")
    edit(withdrawn, "status", "draft")
    before = Client().get("/feed.atom").content
    edit(withdrawn, "body", "Still at it.")
    assert Client().get("/feed.atom").content == before


@pytest.mark.parametrize(
    ("query", "row"),
    [("p=77", "/?p=77"), ("tag=geist", "/tags/geist/"), ("author_name=x", "/author/x/")],
)
def test_an_old_address_that_is_not_known_yet_is_asked_anew(post, query, row):
    site = Site()
    for _ in range(3):
        assert site.ask(site.short, path="/", query=query)[0].startswith("200")
    leave_redirect(old_path=row, new_path=post.get_absolute_url())
    assert site.ask(site.short, path="/", query=query)[0].startswith("301")


def test_what_the_clock_lets_appear(post):
    now = timezone.now()
    soon = now + timedelta(hours=1)
    tag = Tag.objects.get()
    make_post(title="By the clock", published_at=soon).tags.add(tag)
    make_post(title="A page by the clock", kind="page", in_menu=True, published_at=soon)
    months = (f"/{soon:%Y}/", f"/{soon:%Y}/{soon:%m}/")
    Post.objects.filter(pk=post.pk).update(published_at=now)
    reader = Reader()
    pages = ("/", "/archive/", *months, "/tags/logic/", "/tags/", "/sitemap.xml",
             "/sitemap-posts-1.xml")  # fmt: skip
    reader.all(pages)
    assert set(reader.all(pages).values()) == {304}
    with time_machine.travel(soon - timedelta(seconds=2)):
        assert set(reader.all(pages).values()) == {304}
    with time_machine.travel(soon + timedelta(seconds=1)):
        text = changed(reader, lambda: None, pages)
    assert text.count("<a href") > 0
    assert text.count("By the clock") == 4
    assert "A page by the clock" in text


def test_pages_of_a_list_are_told_apart_and_what_is_no_page_is_not_kept(reader, post):
    make_site(posts_per_page=1)
    make_post(title="Newer", published_at="2026-05-02T12:00Z")
    assert "Newer" in reader.ask("/?page=1")[1]
    assert "A post" in reader.ask("/?page=2")[1]
    StoredPage.objects.all().delete()
    for number in ("0", "x", "3", "01", "1" * 400):
        assert Client().get("/", {"page": number}).status_code in {200, 404}
    assert Client().get("/", {"page": "last"}).status_code == 200
    assert not StoredPage.objects.exists()
    Client().get("/?utm_source=x&page=2")
    assert StoredPage.objects.get().path == "/?page=2"


def test_a_map_names_the_host_that_was_asked(post, settings):
    settings.ALLOWED_HOSTS = ["one.example", "two.example"]
    for host in ("one.example", "two.example", "one.example"):
        text = Client().get("/sitemap-posts-1.xml", headers={"host": host}).content.decode()
        assert f"http://{host}/posts/a-post/" in text
        assert text.count(".example") == 1


def test_what_kind_each_is_stays_said(reader, post):
    kinds = {"/": "text/html", "/sitemap.xml": "application/xml", "/blogroll.opml": "text/x-opml"}
    for _ in range(2):
        for address, kind in kinds.items():
            answer = Client().get(address)
            assert answer["Content-Type"] == f"{kind}; charset=utf-8"
            assert answer["Cache-Control"] == "public, no-cache"
            assert "Cookie" in answer["Vary"]
            assert "Last-Modified" not in answer


def test_staff_get_the_same_lists(reader, post):
    staff = Client()
    staff.force_login(make_user())
    for address in (*LISTS, "/archive/"):
        assert staff.get(address).content.decode() == reader.ask(address)[1]


def test_nothing_but_reading_is_allowed(post):
    for address in (*LISTS, "/archive/", "/sitemap.xml"):
        assert Client().post(address).status_code == 405
        head = Client().head(address)
        assert (head.status_code, head.content) == (200, b"")
        assert head["ETag"]


def test_they_take_the_short_way(post):
    site = Site()
    for address in ("/", "/archive/", "/sitemap.xml", "/2026/05/"):
        assert site.takes_the_short_way(path=address)
        assert site.ask(site.short, path=address)[1:] == site.ask(site.long, path=address)[1:]
    make_post(title="The new one")
    assert b"The new one" in site.ask(site.short, path="/")[2]


def test_every_table_that_they_read_has_a_trigger(post):
    with CaptureQueriesContext(connection) as captured:
        for address in PAGES:
            assert Client().get(address).status_code == 200
    tables = set(connection.introspection.table_names())
    read = {word for one in captured for word in re.findall(r"\w+", one["sql"])} & tables
    assert {"blog_post", "blog_tag", "blog_blogroll"} <= read
    assert read - {table for table, _, _ in triggers()} <= WITHOUT_TRIGGERS.keys()
