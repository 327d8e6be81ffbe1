"""What was erased is on no page that any worker gives from then on, whatever it keeps in memory."""

import gzip
from datetime import timedelta
from urllib.request import Request, urlopen

import pytest
from django.db import connection
from django.utils import timezone

from comments.models import Comment
from core.models import StoredPage
from moderation import retention, services
from tests.factories import make_user, publish, send

pytestmark = pytest.mark.server

NAME, WORDS = "Zenobia Canary", "Unmistakable words."
PAGES = ["", "?view=chronological", "?view=author", "?page=1", "c/1/", "c/1/branch/", "c/2/reply/",
         "comments.atom", "comments.json"]  # fmt: skip
AT_ONCE = 12  # requests for each page: of two workers, both are asked


@pytest.fixture
def thread(post):
    """Two conversations, each beginning with the words of one person; half answers them."""
    heads = [send(post, f"{WORDS} {n}", name=NAME) for n in range(2)]
    for head in heads:
        publish(head)
    for n in range(10):
        head = Comment.objects.get(pk=heads[n % 2].pk)
        publish(send(post, f"As #{head.number} says: {n}.", head, name=f"Reader {n}"))
    return [head.pk for head in heads]


def read_all(address):
    """Every page as each worker gives it, packed and plain: (path, body) of what was answered."""
    for path in PAGES:
        for n in range(AT_ONCE):
            asked = Request(f"{address}posts/a-post/{path}")  # noqa: S310 (our own address)
            asked.add_header("Accept-Encoding", "gzip" if n % 2 else "identity")
            asked.add_header("Connection", "close")
            with urlopen(asked) as answer:  # noqa: S310
                body = answer.read()
                packed = answer.headers.get("Content-Encoding") == "gzip"
                yield path, gzip.decompress(body) if packed else body


def stored():
    return b"".join(gzip.decompress(bytes(page.body)) for page in StoredPage.objects.all())


def canaries(body):
    return [one for one in (NAME, WORDS) if one.encode() in body]


def erase_by_its_time(thread, settings):
    settings.KEEP_REFUSED_DAYS = 10
    by = make_user()
    for pk in thread:
        version = Comment.objects.get(pk=pk).version
        services.remove_comment(comment_id=pk, version=version, by=by)
    Comment.objects.filter(pk__in=thread).update(changed_at=timezone.now() - timedelta(days=11))
    retention.erase(0)


def erase_by_hand(thread, settings):
    """As an operator who is asked to, before there is a button for it."""
    with connection.cursor() as cursor:
        nothing = "name = '', mail = '', text = '', html = ''"
        cursor.execute(f"UPDATE comments_comment SET {nothing} WHERE id = ANY(%s)", [thread])  # noqa: S608


@pytest.mark.parametrize("erase", [erase_by_its_time, erase_by_hand])
def test_no_worker_gives_what_was_erased(thread, serve, no_limits, settings, erase):
    with serve("tests.concurrency.small_parts") as address:
        shown = {path for path, body in read_all(address) if canaries(body)}
        assert {"", "?view=chronological", "c/1/branch/", "comments.atom"} <= shown
        erase(thread, settings)
        again = [(path, canaries(body)) for path, body in read_all(address)]
    assert [one for one in again if one[1]] == []


def test_no_page_of_before_is_kept_after_the_night(thread, serve, no_limits, settings):
    """Of a page that nobody asks for again, too."""
    with serve("tests.concurrency.small_parts") as address:
        list(read_all(address))
    assert canaries(stored()) == [NAME, WORDS]
    before = StoredPage.objects.count()
    retention.erase(0)
    assert StoredPage.objects.count() == before  # of what is so still
    erase_by_its_time(thread, settings)
    assert canaries(stored()) == []
