"""No page reads a table that grows from end to end: there is an index for each of its questions.

In a small database Postgres would read tables whole, since that is quickest; so it is told not to
unless it must.
"""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.data.plans import scanned
from blog.models import Post, Tag
from comments.private_links import status_address
from moderation.models import Source
from tests.factories import make_post, make_published, make_user, send

pytestmark = pytest.mark.django_db

GROWING = {
    "blog_post", "blog_post_tags", "comments_comment", "comments_commenter", "comments_place",
    "comments_recordedreason", "comments_submission", "comments_indexedcomment", "blog_indexedpost",
    "comments_reference", "comments_openreference", "moderation_logentry",
    "moderation_fingerprint", "moderation_source", "moderation_sourceuse", "moderation_report",
    "moderation_claim", "core_storedpage",
}  # fmt: skip


@pytest.fixture
def addresses():
    """Of every kind of page, with whether staff asks."""
    post = make_post(slug="a-post")
    post.tags.add(Tag.objects.create(name="Logic", slug="logic"))
    make_post(kind=Post.Kind.PAGE, slug="about", in_menu=True)
    root = make_published(post, text="As #1 says: reason.")
    make_published(post, parent=root, text="And #9.")
    waiting = send(post, "Waits.")
    anybody = [
        "/", "/?page=1", "/archive/", f"/{post.published_at.year}/", "/tags/", "/tags/logic/",
        "/search/?q=reason", "/feed.atom", "/feed.rss", "/comments.atom", "/sitemap.xml",
        "/sitemap-posts-1.xml", "/posts/a-post/", "/posts/a-post/?view=chronological",
        "/posts/a-post/?view=author", "/posts/a-post/?by=1", "/posts/a-post/?page=1",
        "/posts/a-post/c/1/", "/posts/a-post/c/1/branch/", "/posts/a-post/c/1/reply/",
        "/posts/a-post/comments.atom", "/posts/a-post/c/1/report/", "/about/",
        status_address(waiting),
    ]  # fmt: skip
    return anybody


def test_no_page_of_readers_reads_a_growing_table_whole(addresses):
    assert read_whole(Client, addresses) == {}


QUEUE = "/admin/queue/"
DESK = [
    QUEUE, f"{QUEUE}?status=reported", f"{QUEUE}?status=appeals", f"{QUEUE}?status=edited",
    f"{QUEUE}?status=owed", f"{QUEUE}?status=published", f"{QUEUE}?status=all&q=reason",
    f"{QUEUE}sources/", f"{QUEUE}sources/?after=999", f"{QUEUE}sources/?q=example+a",
    f"{QUEUE}sources/?host=a.example", f"{QUEUE}sources/?by=host",
    f"{QUEUE}sources/?by=host&after=a",
]  # fmt: skip


@pytest.mark.parametrize("role", ["moderator", "author"])
def test_no_page_of_the_desk_does_either(addresses, role):
    user = make_user(role)
    post = make_post(author=user)
    sent = send(post, "See https://a.example/x and https://b.example/y.")
    source = Source.objects.get(host="a.example")
    pages = [*DESK, f"{QUEUE}{sent.pk}/", f"{QUEUE}sources/{source.pk}/"]

    def signed_in():
        client = Client()
        client.force_login(user)
        return client

    assert read_whole(signed_in, pages) == {}


def read_whole(new_client, pages):
    """By page and statement the growing tables that are read whole."""
    whole = {}
    for address in pages:
        client = new_client()
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code in {200, 301, 302, 404}, address
        for query in list(captured):
            if tables := tables_read_whole(query["sql"]) & GROWING:
                whole[address, query["sql"][:300]] = tables
    return whole


def tables_read_whole(sql):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    return scanned(sql)


def test_a_table_without_an_index_for_it_is_noticed(addresses):
    make_user()
    assert tables_read_whole("SELECT 1 FROM comments_comment WHERE text = 'x'") == {
        "comments_comment"
    }
