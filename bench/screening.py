"""Screening one comment, with every shipped rule on, where a hundred thousand are stored.

`--comments N` stores another number of them.
"""

import os
import random
import statistics
import sys
import time
from collections import Counter
from itertools import chain

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, reset_queries, transaction  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench.data import texts  # noqa: E402
from bench.data.stored import COMMENTERS, fill  # noqa: E402
from bench.report import argument, report  # noqa: E402
from comments import intake  # noqa: E402
from comments.models import Comment, Commenter  # noqa: E402
from moderation import traces  # noqa: E402
from moderation.models import Rule  # noqa: E402
from moderation.screening.running import rules_on  # noqa: E402
from moderation.screening.screener import Screener  # noqa: E402

ROUNDS = 7
DRAFTS = 60
AT_MOST_QUERIES = 12
AT_MOST_MS = 25
# Tables that grow with the comments: none may be read from end to end for one draft.
GROWING = {
    "comments_comment", "comments_commenter", "comments_place", "comments_recordedreason",
    "comments_submission", "moderation_logentry", "moderation_fingerprint", "moderation_source",
    "moderation_sourceuse", "moderation_report",
}  # fmt: skip


def make_drafts():
    """What readers send: new texts, some with links, one in ten a text that was there before."""
    chance = random.Random("drafts")  # noqa: S311
    published = Comment.objects.filter(status="published").select_related("post").order_by("pk")
    return [make_draft(chance, published, n) for n in range(DRAFTS)]


def make_draft(chance, published, n):
    last = published.last().pk
    parent = published.filter(pk__gte=chance.randint(1, last)).first()
    text = texts.text(chance) if n % 10 else f"Once more. {parent.text}"
    commenter = Commenter.objects.get(pk=chance.randint(1, COMMENTERS)) if n % 3 else None
    return intake.make_draft(
        post=parent.post,
        parent=parent,
        name=commenter.name if commenter else f"Nobody {n}",
        mail="",
        text=text,
        commenter=commenter,
        network=f"{chance.randrange(20_000):032x}",
    )


def milliseconds(work):
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def processor_milliseconds(work, drafts):
    """What one draft costs this process, whatever else the machine does; the median."""

    def cost(draft):
        began = time.process_time()
        work(draft)
        return (time.process_time() - began) * 1000

    return statistics.median(cost(draft) for draft in drafts)


def count_and_screen(draft):
    screener = Screener()
    return screener.screen(draft, screener.count(draft))


def rounds(work, drafts):
    """The median and the 95th percentile of a round, each the median of all rounds."""
    found = []
    for _ in range(ROUNDS):
        times = sorted(milliseconds(lambda draft=draft: work(draft)) for draft in drafts)
        found.append((statistics.median(times), times[len(times) * 95 // 100]))
        reset_queries()
    medians, tails = zip(*found, strict=True)
    return statistics.median(medians), statistics.median(tails)


def queries(work, drafts):
    """The queries of the draft that takes the most."""
    most = []
    for draft in drafts:
        with CaptureQueriesContext(connection) as captured:
            work(draft)
        some = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
        most = max(most, some, key=len)
    return most


def sequential_scans(drafts):
    """By table, how many of the questions asked for the drafts read it from end to end.

    Each question by itself: EXPLAIN before a message of several explains only the first.
    """
    found, groups = Counter(), rules_on().groups
    for draft in drafts:
        for question in chain.from_iterable(_questions(group, draft) for group in groups):
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (FORMAT JSON) {question.sql}", question.parameters)
                found.update(_scanned(cursor.fetchone()[0][0]["Plan"]))
    return {table: count for table, count in found.items() if table in GROWING}


def _questions(group, draft):
    return group.questions(draft, timezone.now())


def _scanned(plan):
    if plan["Node Type"] == "Seq Scan":
        yield plan["Relation Name"]
    for below in plan.get("Plans", ()):
        yield from _scanned(below)


def cost_of_traces(drafts):
    """What keeping the traces of one comment takes, in its transaction."""
    ids = iter(Comment.objects.order_by("-pk").values_list("pk", flat=True)[: len(drafts) * ROUNDS])

    def keep(draft):
        comment = Comment(pk=next(ids), html=draft.html, html_version=1)
        with transaction.atomic():
            traces.record_traces(comment)

    return rounds(keep, drafts)[0]


def main():
    call_command("migrate", verbosity=0)
    Rule.objects.update(is_on=True)
    began = time.monotonic()
    count = int(argument("--comments", 100_000))
    fill(count)
    print(f"{count} comments stored in {time.monotonic() - began:.0f} s", flush=True)
    drafts = make_drafts()
    found = Counter(one.rule for draft in drafts for one in count_and_screen(draft).reasons)
    print(f"of {len(drafts)} drafts: {dict(found)}", flush=True)
    statements = queries(count_and_screen, drafts)
    scans = sequential_scans(drafts)
    if "--statements" in sys.argv:
        print("\n".join(statements))
    median, tail = rounds(count_and_screen, drafts)
    advice, _ = rounds(Screener().advise, drafts)
    metrics = {
        "median_ms": median,
        "p95_ms": tail,
        "cpu_ms": processor_milliseconds(count_and_screen, drafts),
        "queries": len(statements),
        "advise_ms": advice,
        "advise_queries": len(queries(Screener().advise, drafts)),
        "keep_traces_ms": cost_of_traces(drafts),
        "sequential_scans": sum(scans.values()),
        "rules": Rule.objects.count(),
        "comments": count,
    }
    for table in scans:
        print(f"read from end to end: {table}")
    held = metrics["queries"] <= AT_MOST_QUERIES and median <= AT_MOST_MS and not scans
    return report("screening", metrics, held)


if __name__ == "__main__":
    sys.exit(main())
