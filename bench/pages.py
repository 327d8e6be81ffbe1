"""Every page but the thread itself, where 100,000 comments stand under 5,000 posts.

Medians in this process, through the whole stack; queries; tables that grow and are read from end to
end. `--comments N`, `--posts N` store others.
"""

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
from bench.data.plans import scanned  # noqa: E402
from bench.report import argument, report  # noqa: E402
from blog.models import Post, Tag  # noqa: E402
from comments.models import Comment  # noqa: E402
from comments.private_links import status_address  # noqa: E402
from core.models import StoredPage  # noqa: E402

ROUNDS = 9
AT_MOST_MS = {"search": 100, "queue": 100}
AT_MOST = 50
GROWING = {
    "blog_post", "blog_post_tags", "comments_comment", "comments_commenter", "comments_place",
    "comments_recordedreason", "comments_submission", "comments_indexedcomment", "blog_indexedpost",
    "moderation_logentry", "moderation_fingerprint", "moderation_sourceuse", "moderation_report",
}  # fmt: skip


def tag_posts():
    """Every post has two of a hundred tags."""
    tags = Tag.objects.bulk_create(Tag(name=f"Tag {n}", slug=f"tag-{n}") for n in range(100))
    through = Post.tags.through
    posts = Post.objects.values_list("pk", flat=True)
    through.objects.bulk_create(
        through(post_id=pk, tag_id=tags[(n * 7 + one * 13) % 100].pk)
        for n, pk in enumerate(posts)
        for one in range(2)
    )


def pages():
    """Addresses by name, with who asks: anybody, or a moderator."""
    word = Comment.objects.filter(status="published").first().text.split()[3].strip(".").lower()
    waiting = Comment.objects.filter(status="pending").first()
    year = Post.objects.order_by("published_at").first().published_at.year + 1
    return {
        "list": ("/", False),
        "list_later": ("/?page=50", False),
        "archive": ("/archive/", False),
        "year": (f"/{year}/", False),
        "tags": ("/tags/", False),
        "tag": ("/tags/tag-0/", False),
        "search": (f"/search/?q={word}", False),
        "feed": ("/feed.atom", False),
        "comments_feed": ("/comments.atom", False),
        "post_feed": ("/posts/post-0/comments.atom", False),
        "sitemap": ("/sitemap.xml", False),
        "status": (status_address(waiting), False),
        "queue": ("/admin/queue/", True),
        "log": ("/admin/moderation/logentry/", True),
    }


def look(client, address):
    answer = client.get(address)
    if answer.status_code not in {200, 304}:
        sys.exit(f"{address}: {answer.status_code}")


def milliseconds(client, address):
    found = []
    for _ in range(ROUNDS):
        StoredPage.objects.all().delete()  # what is measured is the building
        began = time.perf_counter()
        look(client, address)
        found.append(1000 * (time.perf_counter() - began))
    return statistics.median(found)


def main():
    call_command("migrate", verbosity=0)
    began = time.monotonic()
    comments, posts = int(argument("--comments", 100_000)), int(argument("--posts", 5_000))
    stored.fill(comments, posts=posts, with_traces=False)
    tag_posts()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    print(f"stored in {time.monotonic() - began:.0f} s", flush=True)
    anybody, moderator = (Client(HTTP_HOST="127.0.0.1") for _ in range(2))
    moderator.force_login(
        get_user_model().objects.create(username="mo", is_staff=True, is_superuser=True)
    )
    metrics, held = {}, True
    for name, (address, is_staff) in pages().items():
        client = moderator if is_staff else anybody
        look(client, address)
        StoredPage.objects.all().delete()
        with CaptureQueriesContext(connection) as captured:
            look(client, address)
        metrics[f"{name}_queries"] = len(captured)
        whole = {table for query in captured for table in scanned(query["sql"])} & GROWING
        metrics[f"{name}_ms"] = milliseconds(client, address)
        held = held and metrics[f"{name}_ms"] <= AT_MOST_MS.get(name, AT_MOST)
        for table in sorted(whole):
            print(f"{name} reads {table} from end to end", flush=True)
        metrics[f"{name}_scans"] = len(whole)
    return report("pages", metrics, held)


if __name__ == "__main__":
    sys.exit(main())
