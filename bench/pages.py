"""Every page but the thread itself, where 100,000 comments stand under 5,000 posts.

Medians in this process, through the whole stack, each page built anew: `_ms` on the clock,
`_cpu_ms` of processors (this process and its one of Postgres's), which other work on the machine
lengthens less. Queries; tables that grow and are read from end to end. `python -m bench.pages`
takes `--comments N` and `--posts N`, and measures a database of DATABASE_URL that is filled as it
is.
"""

import math
import os
import statistics
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
os.environ.setdefault("COLLOQUY_SECRET_KEY", "bench")
django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from bench.data import stored  # noqa: E402
from bench.data.clock import processor_time  # noqa: E402
from bench.data.plans import scanned  # noqa: E402
from bench.report import argument, report  # noqa: E402
from blog.models import Post, Tag  # noqa: E402
from comments.models import Comment  # noqa: E402
from comments.private_links import status_address  # noqa: E402
from core import site  # noqa: E402
from core.models import StoredPage  # noqa: E402
from moderation.models import Sanction, Source, SourceUse  # noqa: E402

ROUNDS = 15
SOURCES, SANCTIONS = 6_000, 2_000
AT_MOST = 50
# The queue has a benchmark of its own. The rest is not among the pages that were promised in 50.
AT_MOST_MS = dict.fromkeys(("search", "queue"), 100)
NOT_JUDGED = {"ledger", "statistics", "sources", "sanctions", "posts_admin", "card", "admin"}
GROWING = {
    "blog_post", "blog_post_tags", "comments_comment", "comments_commenter", "comments_place",
    "comments_recordedreason", "comments_submission", "comments_indexedcomment", "blog_indexedpost",
    "moderation_logentry", "moderation_fingerprint", "moderation_source", "moderation_sourceuse",
    "moderation_report", "moderation_sanction", "moderation_deskwords",
}  # fmt: skip


def fill():
    """As bench.data.stored does it; two of a hundred tags for every post, sources and sanctions."""
    comments, posts = int(argument("--comments", 100_000)), int(argument("--posts", 5_000))
    stored.fill(comments, posts=posts, with_traces=False)
    tags = Tag.objects.bulk_create(Tag(name=f"Tag {n}", slug=f"tag-{n}") for n in range(100))
    through = Post.tags.through
    through.objects.bulk_create(
        through(post_id=pk, tag_id=tags[(n * 7 + one * 13) % 100].pk)
        for n, pk in enumerate(Post.objects.values_list("pk", flat=True))
        for one in range(2)
    )
    fill_lists(comments)


def fill_lists(comments):
    """Sources of every fourth comment, and sanctions."""
    sources = Source.objects.bulk_create(
        Source(digest=f"{n:032x}", address=f"https://site.example/{n}", host="site.example")
        for n in range(SOURCES)
    )
    SourceUse.objects.bulk_create(
        SourceUse(source=sources[pk * 31 % SOURCES], comment_id=pk, address="", is_quoted=False)
        for pk in range(1, comments + 1, 4)
    )
    Sanction.objects.bulk_create(
        Sanction(effect="hold", target="name", pattern=f"Somebody {n}") for n in range(SANCTIONS)
    )


def pages():
    """Addresses by name, with whether a moderator asks."""
    word = Comment.objects.filter(status="published").first().text.split()[3].strip(".").lower()
    waiting = Comment.objects.filter(status="pending").first()
    rejected = Comment.objects.filter(status="rejected").first()
    year = Post.objects.order_by("published_at").first().published_at.year + 1
    anybody = {
        "list": "/",
        "list_later": "/?page=50",
        "archive": "/archive/",
        "year": f"/{year}/",
        "tags": "/tags/",
        "tag": "/tags/tag-0/",
        "search": f"/search/?q={word}",
        "feed": "/feed.atom",
        "tag_feed": "/tags/tag-0/feed.atom",
        "comments_feed": "/comments.atom",
        "post_feed": "/posts/post-0/comments.atom",
        "sitemap": "/sitemap.xml",
        "sitemap_part": "/sitemap-posts-1.xml",
        "status": status_address(waiting),
        "status_rejected": status_address(rejected),
        "ledger": "/ledger/",
        "post_ledger": "/posts/post-0/ledger/",
    }
    moderator = {
        "queue": "/admin/queue/",
        "card": f"/admin/queue/{waiting.pk}/",
        "log": "/admin/queue/record/",
        "log_later": f"/admin/queue/record/?before={Comment.objects.count()}",
        "log_of_an_act": "/admin/queue/record/?act=reported",
        "log_of_a_post": "/admin/queue/record/?post=post-0",
        "statistics": "/admin/queue/statistics/",
        "sources": "/admin/queue/sources/",
        "sanctions": "/admin/moderation/sanction/",
        "posts_admin": "/admin/blog/post/",
        "admin": "/admin/",
    }
    return anybody, moderator


def look(client, address):
    answer = client.get(address)
    if answer.status_code != 200:
        sys.exit(f"{address}: {answer.status_code}")


def measure(client, address):
    """(milliseconds on the clock, milliseconds of processors), medians."""
    clock, worked = [], []
    for _ in range(ROUNDS):
        StoredPage.objects.all().delete()  # what is measured is the building
        before, began = processor_time(), time.perf_counter()
        look(client, address)
        clock.append(1000 * (time.perf_counter() - began))
        worked.append(1000 * (processor_time() - before))
    return statistics.median(clock), statistics.median(worked)


def examine(name, client, address):
    """The metrics of one page; says which tables it reads whole."""
    look(client, address)  # templates are read once
    StoredPage.objects.all().delete()
    with CaptureQueriesContext(connection) as captured:
        look(client, address)
        queries = len(captured)  # the next request begins the count again
    whole = {table for query in captured for table in scanned(query["sql"])} & GROWING
    for table in sorted(whole):
        print(f"{name} reads {table} from end to end", flush=True)
    clock, worked = measure(client, address)
    return {
        f"{name}_ms": clock,
        f"{name}_cpu_ms": worked,
        f"{name}_queries": queries,
        f"{name}_scans": len(whole),
    }


def main():
    call_command("migrate", verbosity=0)
    site.FRESH_FOR = math.inf  # else a query more, once a second
    began = time.monotonic()
    if not Post.objects.exists():
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
        fill()
        print(f"stored in {time.monotonic() - began:.0f} s", flush=True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    anybody, moderator = (Client(HTTP_HOST="127.0.0.1") for _ in range(2))
    moderator.force_login(
        get_user_model().objects.get_or_create(username="mo", is_staff=True, is_superuser=True)[0]
    )
    metrics, held = {}, True
    for client, addresses in zip((anybody, moderator), pages(), strict=True):
        for name, address in addresses.items():
            found = examine(name, client, address)
            metrics |= found
            if name not in NOT_JUDGED and found[f"{name}_ms"] > AT_MOST_MS.get(name, AT_MOST):
                print(f"{name} is over its limit", flush=True)
                held = False
    return report("pages", metrics, held)


if __name__ == "__main__":
    sys.exit(main())
