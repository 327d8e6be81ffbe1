"""The thread for a reader who is known: the stored one, or with what only they may see."""

import gzip
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments import thread_parts
from comments.models import Comment
from comments.views.reading import ConversationView
from core import stored_pages
from core.guards import make_stamp
from core.models import StoredPage
from moderation import services
from tests.comments.test_stored_pages import ADDRESS, act, shift, shipped  # noqa: F401
from tests.factories import make_post, make_published, make_user, publish, remembered

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("nothing_kept"),
]
STAMP = re.compile(r'name="stamp" value="[^"]+"')
THREAD = re.compile(r'<ol class="thread">.*</ol>', re.DOTALL)


@pytest.fixture
def hanna(post):
    """A browser that is remembered as Hanna, by a comment under another post."""
    return remembered(Client(), make_post(slug="elsewhere"))


def visited(client, post):
    """The same browser after the button."""
    stamp = {"stamp": make_stamp("visit", post.pk)}
    assert client.post(f"/comments/visit/{post.pk}/", stamp).status_code == 302
    return client


def put_out(post, seconds=-60, **fields):
    """A comment, published so long from now: visits are counted by the second."""
    comment = make_published(post, **fields)
    at = timezone.now() + timedelta(seconds=seconds)
    Comment.objects.filter(pk=comment.pk).update(published_at=at)
    comment.refresh_from_db()
    return comment


def read(client, query="", **headers):
    answer = client.get(f"{ADDRESS}{query}", **headers)
    assert answer.status_code == 200
    return answer


def thread(client, query=""):
    found = THREAD.search(read(client, query).content.decode())
    return found[0] if found else ""


def reads_rows(captured):
    """Whether comments were read to be shown: only then their HTML is."""
    return any('"comments_comment"."html"' in query["sql"] for query in captured)


@pytest.mark.parametrize("query", ["", "?view=chronological", "?view=author"])
def test_it_is_the_stored_one_where_nothing_is_of_ones_own(post, hanna, query):
    by_author = {"user": post.author} if query == "?view=author" else {}
    for n in range(5):
        put_out(post, text=f"Words {n}.", **by_author)
    for known in (hanna, visited(Client(), post), visited(hanna, post)):
        expected = thread(Client(), query)
        assert "Words 4." in expected
        with CaptureQueriesContext(connection) as captured:
            assert thread(known, query) == expected
        assert not reads_rows(captured)
        assert "Forget me" in read(known, query).content.decode()


def test_staff_read_the_stored_one_too(post):
    put_out(post, text="Words.")
    staff = Client()
    staff.force_login(make_user())
    expected = thread(Client())
    with CaptureQueriesContext(connection) as captured:
        assert thread(staff) == expected
    assert not reads_rows(captured)


def test_who_is_known_reads_it_in_as_many_queries_whatever_its_size(post, hanna):
    counts = []
    for _ in range(2):
        put_out(post)
        for _ in range(2):
            with CaptureQueriesContext(connection) as captured:
                read(hanna)
        counts.append(len(captured))
        for _ in range(9):
            put_out(post)
    assert counts[0] == counts[1]


def test_each_change_is_on_the_next_page_of_who_is_known(post, hanna):
    comment = put_out(post, text="Canary.")
    visited(hanna, post)
    for _ in range(2):  # the page that was just made, and the one stored in place of another
        assert "Canary." in thread(hanna)
    act(services.remove_comment, comment)
    for _ in range(2):
        assert "Removed by a moderator" in thread(hanna)
        assert "Canary." not in thread(hanna)
    act(services.restore_comment, comment)
    for _ in range(2):
        assert "Canary." in thread(hanna)


@pytest.mark.parametrize("query", ["", "?view=chronological"])
def test_each_change_is_on_the_next_page_of_a_long_conversation(post, hanna, monkeypatch, query):
    monkeypatch.setattr(thread_parts, "LONG", 2)
    monkeypatch.setattr(thread_parts, "ONE_IN", 1)
    comment = put_out(post, text="Canary.")
    put_out(post, text="Words.")
    for known in (Client(), hanna):
        assert "Canary." in thread(known, query)
    act(services.remove_comment, comment)
    for known in (Client(), hanna):
        assert "Canary." not in thread(known, query)


def test_what_is_new_is_marked_for_who_was_here_and_for_nobody_else(post, monkeypatch):
    monkeypatch.setattr(thread_parts, "LONG", 2)
    monkeypatch.setattr(thread_parts, "ONE_IN", 2)
    for n in range(6):
        put_out(post, text=f"Words {n}.")
    known = visited(Client(), post)
    assert "new-mark" not in thread(known)
    put_out(post, 2, text="Later.")
    assert thread(known).count("new-mark") == 1
    assert_nowhere("new-mark")
    assert "new-mark" not in thread(Client())
    assert "new-mark" not in thread(Client(), "?view=chronological")
    assert thread(known, "?view=chronological").count("new-mark") == 1


@pytest.mark.parametrize("long", [2, 999])
def test_what_waits_is_in_the_page_of_its_writer_alone(post, monkeypatch, long):
    monkeypatch.setattr(thread_parts, "LONG", long)
    monkeypatch.setattr(thread_parts, "ONE_IN", 2)
    for n in range(6):
        put_out(post, text=f"Words {n}.")
    writer = remembered(Client(), post, text="Only mine.")
    other = visited(Client(), post)
    for _ in range(2):
        assert "Only mine." in thread(writer)
        assert "Only mine." in thread(writer, "?view=chronological")
        for anybody in (Client(), other):
            assert "Only mine." not in thread(anybody)
            assert "Only mine." not in thread(anybody, "?view=chronological")
    assert_nowhere("Only mine.")


def test_the_page_of_one_takes_nothing_from_what_is_kept_for_all(post, monkeypatch):
    monkeypatch.setattr(thread_parts, "LONG", 2)
    monkeypatch.setattr(thread_parts, "ONE_IN", 1)
    first = put_out(post, text="Words.")
    put_out(post, text="More words.")
    thread(Client())
    kept = dict(thread_parts.memory._parts)
    assert len(kept) == 2
    writer = remembered(Client(), post, f"{ADDRESS}c/{first.number}/reply/", text="Only mine.")
    assert "Only mine." in thread(writer)
    assert thread_parts.memory._parts == kept


@pytest.mark.parametrize("long", [2, 999])
def test_what_waits_again_is_read_by_its_writer_alone(post, monkeypatch, shipped, long):  # noqa: F811
    monkeypatch.setattr(thread_parts, "LONG", long)
    monkeypatch.setattr(thread_parts, "ONE_IN", 2)
    writer = remembered(Client(), post, text="Mine again.")
    comment = Comment.objects.get(text="Mine again.")
    publish(comment)
    for n in range(6):
        put_out(post, text=f"Words {n}.")
    assert "Mine again." in thread(Client())
    act(services.hold_comment, comment)
    for _ in range(2):
        assert "Mine again." not in thread(Client())
        assert "Mine again." in thread(writer)
    assert_nowhere("Mine again.")


def assert_nowhere(words):
    """Neither stored for everybody nor kept by the worker."""
    for page in StoredPage.objects.all():
        assert words not in gzip.decompress(page.body).decode()
    kept = [kept.part.raw().decode() for kept in thread_parts.memory._parts.values()]
    assert not [part for part in kept if words in part]


@pytest.mark.parametrize("query", ["", "?view=chronological", "?page=1"])
def test_what_is_stored_when_one_who_is_known_asks_first_says_nothing_of_them(post, query):
    put_out(post, text="Words.")
    known = visited(remembered(Client(), post), post)
    publish(Comment.objects.get(name="Hanna"))
    Comment.objects.update(published_at=timezone.now() - timedelta(seconds=60))
    known.force_login(make_user(username="mo"))
    StoredPage.objects.all().delete()
    assert "Forget me" in read(known, query).content.decode()
    first = stored_pages.find_page(f"{ADDRESS}{query or '?'}")
    StoredPage.objects.all().delete()
    read(Client(), query)
    second = stored_pages.find_page(f"{ADDRESS}{query or '?'}")
    assert STAMP.sub("", first.body.decode()) == STAMP.sub("", second.body.decode())
    assert (first.key, first.key_version) == (second.key, second.key_version)


def test_it_is_packed_for_who_takes_it_and_what_is_private_is_not(post, hanna):
    for n in range(9):
        put_out(post, text=f"Words {n}. " * 50)
    visited(hanna, post)
    plain = read(hanna)
    assert "Content-Encoding" not in plain
    packed = read(hanna, HTTP_ACCEPT_ENCODING="gzip")
    assert packed["Content-Encoding"] == "gzip"
    assert {"Cookie", "Accept-Encoding"} <= set(packed["Vary"].split(", "))
    assert "no-store" in packed["Cache-Control"]
    one, other = (
        THREAD.search(some.decode())[0] for some in (plain.content, gzip.decompress(packed.content))
    )
    assert one == other
    assert b'value="Hanna"' in packed.content
    assert len(packed.content) < len(plain.content) * 0.8


def test_words_that_wait_are_not_packed_with_a_strangers(post):
    put_out(post, text="A stranger's guess. " * 50)
    writer = remembered(Client(), post, text="Only mine.")
    packed = read(writer, HTTP_ACCEPT_ENCODING="gzip").content
    assert b"Only mine." in packed
    assert b"stranger" in packed  # beside it, in the same part
    assert "Only mine." in gzip.decompress(packed).decode()


def test_an_empty_conversation_a_hidden_one_and_a_page_that_is_not_there(post, hanna):
    assert "No comments yet" in read(hanna).content.decode()
    assert hanna.get(f"{ADDRESS}?page=2").status_code == 404
    assert hanna.get(f"{ADDRESS}?view=never").status_code == 404
    assert "There are none" in read(hanna, "?view=author").content.decode()
    put_out(post, text="Words.")
    post.comments_status = post.Comments.HIDDEN
    post.save()
    assert "Words." not in read(hanna).content.decode()


def test_pages_of_a_long_one_have_their_links(post, hanna, settings):
    settings.COMMENTS_PER_PAGE = 2
    for n in range(5):
        put_out(post, text=f"Words {n}.")
    for query in ("?page=2", "?view=chronological&page=2"):
        found = read(hanna, query).content.decode()
        assert "Page 2 of 3" in found
        assert "Words 2." in found
        assert "Words 0." not in found
    assert hanna.get(f"{ADDRESS}?page=4").status_code == 404
    assert hanna.get(f"{ADDRESS}?view=chronological&page=4").status_code == 404


def test_a_draft_is_nobodys_but_its_authors(post):
    put_out(post, text="Words.")
    post.status = post.Status.DRAFT
    post.save()
    author = Client()
    author.force_login(post.author)
    assert Client().get(ADDRESS).status_code == 404
    assert "Words." in thread(author)
    assert not StoredPage.objects.filter(path__startswith=ADDRESS).exists()


def test_only_the_head_of_a_private_page(post, hanna):
    put_out(post)
    answer = hanna.head(ADDRESS)
    assert answer.status_code == 200
    assert answer.content == b""


QUERIES = [
    "",
    "?view=chronological",
    "?view=author",
    "?page=2",
    "?view=chronological&page=2",
    "?by=1",
    "?view=new",
]


@pytest.fixture
def of_pages(post, settings):
    """The post with a conversation of some pages in each view."""
    settings.COMMENTS_PER_PAGE = 3
    for n in range(4):
        put_out(post, text=f"Words {n}, see #1.")
        put_out(post, text=f"The author's {n}.", user=post.author)
    return post


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("who", ["remembered", "visitor", "staff"])
def test_the_page_is_to_the_letter_the_one_that_is_made_without(
    of_pages, hanna, monkeypatch, who, query
):
    """Where the thread stands, with which numbers of pages, and what ends the page."""
    client = {"remembered": hanna, "visitor": visited(Client(), of_pages), "staff": Client()}[who]
    if who == "staff":
        client.force_login(make_user())
    with_it = read(client, query).content.decode()
    monkeypatch.setattr(ConversationView, "_stored_thread", lambda *_: None)
    without = read(client, query).content.decode()
    assert STAMP.sub("", with_it) == STAMP.sub("", without)
    assert with_it.endswith("</html>\n")


def test_a_hidden_conversation_is_in_no_page(post, hanna):
    """Neither what one's own waits nor where a branch went stands behind the end of the page."""
    writer = remembered(Client(), post, text="Only mine.")
    shift(put_out(post), make_post(slug="there"))
    assert "was moved to" in read(Client()).content.decode()
    post.comments_status = post.Comments.HIDDEN
    post.save()
    for anybody in (writer, hanna, Client()):
        found = read(anybody).content.decode()
        assert found.endswith("</html>\n")
        assert "Only mine." not in found
        assert "was moved to" not in found
