"""Building a page with a whole conversation on it: processor time, queries, memory.

The memory is that of this process and of the database's, by their proportional shares. `ms_N` is a
page of which nothing is kept, before it is packed; after a change of one comment, with the packing,
once all anew and once only the part that the comment stands in.
"""

import gzip
import os
import re
import statistics
import sys
import time
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
os.environ.setdefault("COLLOQUY_SECRET_KEY", "bench")
os.environ["COLLOQUY_COMMENTS_PER_PAGE"] = "100000"
django.setup()

from django.contrib.auth.models import AnonymousUser  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import RequestFactory  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from bench.data.threads import make_thread  # noqa: E402
from bench.report import report  # noqa: E402
from comments import page, thread_parts  # noqa: E402
from comments.models import Comment  # noqa: E402
from comments.thread_html import thread_html  # noqa: E402
from comments.views.reading import ConversationView  # noqa: E402
from core import site  # noqa: E402
from core.packing import Part, gzip_of  # noqa: E402

SIZES = {0: 15, 1_000: 9, 10_000: 5}  # with how often each is built
AT_MOST_MS = {1_000: 20, 10_000: 200}
AT_MOST_MB = 400


def build(post):
    request = RequestFactory().get(post.get_absolute_url())
    request.user = AnonymousUser()
    view = ConversationView()
    view.setup(request, slug=post.slug)
    return view._build().parts


def build_thread(post):
    """The part of it that grows."""
    totals = page.totals(post)
    return thread_html(page.threaded(post, 1, totals.top_level).entries, post)


def build_anew(post):
    """Of which no part is kept."""
    thread_parts.memory.forget()
    return build(post)


def packed_after_a_change(post, *, kept):
    """Milliseconds to build and pack the page when one comment is another; a change each time."""
    found = []
    for _ in range(7):
        one = Comment.objects.filter(post=post).order_by("?").first()
        Comment.objects.filter(pk=one.pk).update(name=f"{one.name[:60]}.")
        if not kept:
            thread_parts.memory.forget()
        found.append(milliseconds(lambda: gzip_of(build(post)), 1))
    return statistics.median(found[1:])


def build_after_a_publication(post):
    """With all parts kept but the one of a comment that is changed now; with the packing."""
    some = Comment.objects.filter(post=post).order_by("?").first()
    Comment.objects.filter(pk=some.pk).update(name=f"{some.name}.")
    return lambda: gzip_of(build(post))


def milliseconds(work, times):
    """The median of the processor time of this process."""
    found = []
    for _ in range(times):
        began = time.process_time()
        work()
        found.append(1000 * (time.process_time() - began))
    return statistics.median(found)


def megabytes():
    """What this process and all of its database's servers hold, each shared page once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        postmaster = _parent_of(cursor.fetchone()[0])
    kilobytes = 0
    for folder in Path("/proc").glob("[0-9]*"):
        pid = int(folder.name)
        try:
            if pid in {os.getpid(), postmaster} or _parent_of(pid) == postmaster:
                found = re.search(r"^Pss: +(\d+)", (folder / "smaps_rollup").read_text(), re.M)
                kilobytes += int(found[1])
        except OSError:
            continue  # ended meanwhile, or another account's
    return kilobytes / 1024


def _parent_of(pid):
    return int(re.search(r"^PPid:\s*(\d+)", Path(f"/proc/{pid}/status").read_text(), re.M)[1])


def main():
    call_command("migrate", verbosity=0)
    site.FRESH_FOR = float("inf")  # the look at the settings, once a second, is not the page's
    posts = {size: make_thread(f"of-{size}", size) for size in SIZES}
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    metrics, queries = {}, {}
    for size, times in SIZES.items():
        post = posts[size]
        with CaptureQueriesContext(connection) as captured:
            parts = build(post)
        queries[size] = len(captured)
        if "--statements" in sys.argv:
            print("\n".join(query["sql"][:150] for query in captured))
        packed = gzip_of(parts)
        raw = gzip.decompress(packed)
        metrics |= {
            f"ms_{size}": milliseconds(lambda post=post: build_anew(post), times),
            f"thread_ms_{size}": milliseconds(lambda post=post: build_thread(post), times),
            f"gzip_ms_{size}": milliseconds(lambda raw=raw: gzip_of([Part(raw)]), times),
            f"bytes_{size}": len(raw),
            f"gzip_bytes_{size}": len(packed),
            f"megabytes_after_{size}": megabytes(),
        }
        if size:
            metrics |= {
                f"all_ms_after_a_change_{size}": packed_after_a_change(post, kept=False),
                f"part_ms_after_a_change_{size}": packed_after_a_change(post, kept=True),
            }
    metrics["queries"] = queries[1_000]
    metrics["query_growth"] = queries[10_000] - queries[1_000]
    held = all(metrics[f"ms_{size}"] <= most for size, most in AT_MOST_MS.items())
    held = held and not metrics["query_growth"]
    held = held and metrics["megabytes_after_10000"] <= AT_MOST_MB
    return report("build", metrics, held)


if __name__ == "__main__":
    sys.exit(main())
