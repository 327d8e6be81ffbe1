"""No page reads a table that grows from end to end: there is an index for each of its questions.

In a small database Postgres would read tables whole, since that is quickest; so it is told not to
unless it must.
"""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench.data.plans import SETTINGS, scanned, scanned_when_prepared
from blog.author_names import path_of
from blog.models import Post, Tag
from comments.private_links import status_address
from core.prepared import numbered, prepared_on
from moderation.desk.queue import ORDERS, TABS
from moderation.models import Source
from moderation.screening.facts.history import BY_STRANGER
from tests.factories import filled_in, make_post, make_published, make_user, send

pytestmark = pytest.mark.django_db

GROWING = {
    "blog_post", "blog_post_tags", "comments_comment", "comments_commenter", "comments_place",
    "comments_recordedreason", "comments_submission", "comments_indexedcomment", "blog_indexedpost",
    "comments_reference", "comments_openreference", "moderation_logentry",
    "moderation_fingerprint", "moderation_sourceuse", "moderation_report", "core_storedpage",
    "moderation_source", "moderation_sanction", "moderation_delivery", "moderation_followup",
    "moderation_likeness", "moderation_decisionnote", "moderation_notice", "comments_revision",
    "comments_appeal", "comments_receivedmention", "blog_sentmention", "blog_picture",
    "blog_historicalpost", "core_mail", "core_mailfailure", "core_stoppedaddress",
    "moderation_claim",
}  # fmt: skip

CHANGE_LISTS = [
    "moderation_logentry", "moderation_sanction", "moderation_delivery",
    "comments_receivedmention", "blog_post", "blog_picture", "blog_sentmention", "core_mail",
    "core_mailfailure", "core_stoppedaddress",
]  # fmt: skip


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
        "/posts/a-post/comments.atom", "/posts/a-post/c/1/report/", "/about/", "/ledger/",
        "/posts/a-post/ledger/", "/policy/",
        status_address(waiting), path_of(post.author), f"{path_of(post.author)}feed.atom",
        f"/?author_name={post.author.username}", "/?author_name=nobody", "/?tag=nothing",
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


@pytest.fixture
def addresses_of_staff():
    """Of the desk, with each tab and filter, and of every list in the admin that grows."""
    post = make_post(slug="a-post")
    make_published(post, text="See https://example.org/1 for that.")
    waiting = send(post, "Waits.")
    queue, record = reverse("moderation:queue"), reverse("moderation:record")
    card = reverse("moderation:card", args=[waiting.pk])
    lists = [reverse(f"admin:{name}_changelist") for name in CHANGE_LISTS]
    return [
        *(f"{queue}?status={tab}" for tab in TABS),
        *(f"{queue}?order={order}" for order in ORDERS),
        f"{queue}?status=all&q=waits", f"{queue}?post={post.pk}", f"{queue}?person={waiting.pk}",
        f"{queue}?reason=links", card, f"{card}move/",
        record, f"{record}?act=received", f"{record}?comment={waiting.pk}",
        f"{record}?post=a-post", f"{record}?by={post.author_id}", f"{record}?clause=civil",
        f"{record}?since=2026-01-01&until=2026-12-31", f"{record}?format=csv",
        reverse("moderation:statistics"), reverse("admin:index"), *lists,
    ]  # fmt: skip


def test_no_page_of_staff_reads_a_growing_table_whole(addresses_of_staff):
    def staff():
        client = Client()
        client.force_login(user)
        return client

    user = make_user()
    assert read_whole(staff, addresses_of_staff) == {}


def read_whole(client, addresses):
    """(address, statement) with the growing tables that it reads from end to end."""
    whole = {}
    for address in addresses:
        asking = client()
        with CaptureQueriesContext(connection) as captured:
            assert asking.get(address).status_code in {200, 301, 302, 404}, address
        for query in list(captured):
            if tables := tables_read_whole(query["sql"]) & GROWING:
                whole[address, query["sql"][:300]] = tables
    return whole


def tables_read_whole(sql):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    return scanned(sql)


@pytest.fixture
def nothing_prepared():
    """By other tests on the same connection."""
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    prepared_on(connection.connection).clear()


@pytest.mark.usefixtures("nothing_prepared")
def test_nothing_prepared_reads_a_growing_table_whole(addresses):
    # A plan for any value knows less than one for a value: `network = $1` may ask for ''.
    for address in addresses:
        Client().get(address)
    post = make_post()
    for target in ("comment/", f"c/{make_published(post).number}/reply/"):
        form = filled_in(post, text="See https://a.example/x: as #1 says.")
        assert (
            Client(REMOTE_ADDR="192.0.2.1").post(f"/posts/{post.slug}/{target}", form).status_code
            == 302
        )
    sent = send(post)
    moderator = Client()
    moderator.force_login(make_user())
    for address in (QUEUE, f"{QUEUE}{sent.pk}/"):
        moderator.get(address)
    assert scanned_when_prepared(GROWING) == {}


def test_what_a_network_sent_is_looked_up_by_its_own_index():
    names = ("who", "since", "at", "replaces", "latest", "name")
    with connection.cursor() as cursor:
        cursor.execute(SETTINGS)  # else a table that is known to be small is read whole
        cursor.execute(f"PREPARE of_a_network AS {numbered(BY_STRANGER, names)}")
        cursor.execute("EXPLAIN EXECUTE of_a_network (NULL, NULL, NULL, NULL, NULL, NULL)")
        plan = "\n".join(line for (line,) in cursor.fetchall())
        cursor.execute("DEALLOCATE of_a_network")
    assert "comments_of_network" in plan


def test_a_table_without_an_index_for_it_is_noticed(addresses):
    make_user()
    assert tables_read_whole("SELECT 1 FROM comments_comment WHERE text = 'x'") == {
        "comments_comment"
    }
    with connection.cursor() as cursor:
        cursor.execute("PREPARE colloquy_x (text) AS SELECT 1 FROM blog_post WHERE body = $1")
        assert {"blog_post"} in scanned_when_prepared(GROWING).values()
        cursor.execute("DEALLOCATE colloquy_x")
