"""The queue's first page, 10,000 waiting of 100,000 comments, against 10 waiting.

`--comments N` stores another number of them, a tenth of which waits.
"""

import math
import os
import statistics
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, reset_queries  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from bench.data.stored import fill  # noqa: E402
from bench.report import argument, report  # noqa: E402
from core import site  # noqa: E402

ROUNDS = 15
AT_MOST_MS = 150
FEW = 10
PAGES = {"median": "/admin/queue/", "search": "/admin/queue/?status=all&q=argument"}

WAIT = """
    UPDATE comments_comment SET status = 'pending', status_before_removal = '', removed_by = ''
    WHERE id IN (
        SELECT id FROM comments_comment WHERE status IN ('pending', 'published', 'rejected')
        ORDER BY md5(id::text) LIMIT %s
    )
"""
WAIT_NO_MORE = "UPDATE comments_comment SET status = 'rejected' WHERE status = 'pending'"


def have_waiting(count):
    """Exactly so many wait."""
    with connection.cursor() as cursor:
        cursor.execute(WAIT_NO_MORE)
        cursor.execute(WAIT, [count])
        cursor.execute("VACUUM ANALYZE")


def measure(client, page):
    """The median time of a page in milliseconds, that of Python alone, and its queries."""
    client.get(page)  # templates are read once
    times, own = [], []
    for _ in range(ROUNDS):
        began, worked = time.perf_counter(), time.process_time()
        answer = client.get(page)
        times.append((time.perf_counter() - began) * 1000)
        own.append((time.process_time() - worked) * 1000)
        reset_queries()
        if answer.status_code != 200:
            sys.exit(f"{page}: {answer.status_code}")
    with CaptureQueriesContext(connection) as captured:
        client.get(page)
    if "--statements" in sys.argv:
        slowest = sorted(captured, key=lambda query: -float(query["time"]))[:6]
        print(*(f"{query['time']} s: {query['sql'][:700]}" for query in slowest), sep="\n")
    return statistics.median(times), statistics.median(own), len(captured)


def main():
    call_command("migrate", verbosity=0)
    site.FRESH_FOR = math.inf  # else a query more, once a second
    began = time.monotonic()
    count = int(argument("--comments", 100_000))
    fill(count)
    print(f"{count} comments stored in {time.monotonic() - began:.0f} s", flush=True)
    client = Client(HTTP_HOST="localhost")
    user = get_user_model().objects.create(username="m", is_staff=True, is_superuser=True)
    client.force_login(user)
    have_waiting(FEW)
    few_ms, _, few_queries = measure(client, PAGES["median"])
    have_waiting(count // 10)
    median, own, queries = measure(client, PAGES["median"])
    search, _, _ = measure(client, PAGES["search"])
    metrics = {
        "median_ms": median,
        "python_ms": own,
        "median_ms_at_10": few_ms,
        "search_ms": search,
        "queries": queries,
        "query_growth": queries - few_queries,
        "waiting": count // 10,
        "comments": count,
    }
    return report("queue", metrics, median <= AT_MOST_MS and queries == few_queries)


if __name__ == "__main__":
    sys.exit(main())
