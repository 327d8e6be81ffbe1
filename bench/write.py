"""Sending replies through gunicorn, eight at once, into short and long conversations.

Every shipped rule is on that is on by default; only the limits on how many may be sent are raised.
Measured in turn: a thread of 1,000, one of 10,000, and the same POST stored by one INSERT, without
lock and tree (bench/load/flat.py). Beside it, by itself: one reply at the beginning, in the middle
and at the end of a single tree. `--rounds N`, `--seconds N`, `--profile`.
"""

import cProfile
import json
import os
import pstats
import random
import statistics
import sys
import time
from collections import Counter
from contextlib import suppress
from itertools import count
from urllib.parse import urlencode

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
os.environ.setdefault("COLLOQUY_SECRET_KEY", "bench")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from bench.data import texts  # noqa: E402
from bench.data.threads import make_thread  # noqa: E402
from bench.load.client import load, post  # noqa: E402
from bench.load.serving import serving  # noqa: E402
from bench.report import argument, report  # noqa: E402
from comments import tree  # noqa: E402
from comments.models import Comment  # noqa: E402
from core.guards import make_stamp  # noqa: E402
from moderation.models import Rule  # noqa: E402

CONNECTIONS = 8
SIZES = (1_000, 10_000)
MOST_GROWTH, MOST_VS_EMPTY, MOST_TAIL = 1.5, 2.5, 4
MANY = {"comments": 10_000, "network_comments": 100_000}

_number = count()


def raise_limits():
    """No comment of this run is one too many."""
    Rule.objects.filter(kind="flood").update(parameters=MANY)
    for rule in Rule.objects.on():
        print(f"on: {rule.kind} {rule.parameters or ''}", flush=True)


def fields(chance, stamp):
    """A form as somebody new fills it in."""
    n = next(_number)
    text = " ".join(texts.sentences(chance, 60))
    return {"name": f"Sender {n}", "mail": "", "text": f"{text} {n}", "stamp": stamp}


def replies(thread, numbers, chance):
    """Requests without end, each a reply to some comment of the thread."""
    stamp = make_stamp("comment", thread.pk)
    while True:
        body = urlencode(fields(chance, stamp)).encode()
        yield post(f"/posts/{thread.slug}/c/{chance.choice(numbers)}/reply/", body)


def burst(port, slug, size, seconds):
    """A burst of replies into a thread of its own, made for it."""
    thread, chance = make_thread(slug, size), random.Random(slug)  # noqa: S311
    analyse()
    numbers = list(Comment.objects.filter(post=thread).values_list("number", flat=True))
    requests = replies(thread, numbers, chance)
    measured = load(port, requests, seconds=seconds, connections=CONNECTIONS)
    refused = {status: n for status, n in measured.statuses.items() if status != 302}
    if refused:
        print(f"{slug}: answered {refused}", flush=True)
    return measured


def analyse():
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE comments_comment")


def one_tree():
    """Milliseconds of one reply by the tree's code alone, into a tree of 10,000."""
    thread = make_thread("one-tree", 10_000, one_tree=True)
    analyse()
    rows = Comment.objects.filter(post=thread).order_by("lft")
    found = {}
    for place, parent in [("first", rows[1]), ("middle", rows[5_000]), ("last", rows[9_999])]:
        times = []
        for _ in range(5):
            with transaction.atomic():
                began = time.perf_counter()
                tree.lock_trees([parent.tree_id])
                fresh = Comment.objects.get(pk=parent.pk)
                reply = Comment(post=thread, name="x", text="x", html="x", html_version=1)
                tree.add_reply(reply, fresh)
                times.append(1000 * (time.perf_counter() - began))
                transaction.set_rollback(True)
        found[f"one_tree_{place}_ms"] = statistics.median(times)
    return found


def faults():
    out = []

    class Told:
        def write(self, text):
            out.append(text)

    with suppress(SystemExit):  # its way to say that there are some
        call_command("check_threads", "--json", stdout=Told())
    return json.loads("".join(out))["faults"]


def queries_of_a_reply(profile):
    """Those of one POST through the whole stack."""
    thread, client = make_thread("counted", 100), Client(HTTP_HOST="127.0.0.1")
    chance = random.Random("counted")  # noqa: S311
    stamp = make_stamp("comment", thread.pk)

    def send():
        answer = client.post("/posts/counted/c/1/reply/", fields(chance, stamp))
        if answer.status_code != 302:
            sys.exit(f"a reply was answered {answer.status_code}")

    for _ in range(3):
        send()
    with CaptureQueriesContext(connection) as captured:
        send()
    if "--statements" in sys.argv:
        for query in captured:
            print(query["time"], query["sql"][:160])
    if profile:
        profiler = cProfile.Profile()
        profiler.runcall(lambda: [send() for _ in range(50)])
        pstats.Stats(profiler).sort_stats("cumtime").print_stats(60)
    kinds = Counter("savepoint" if "SAVEPOINT" in q["sql"] else "query" for q in captured)
    return kinds


def main():
    call_command("migrate", verbosity=0)
    raise_limits()
    rounds, seconds = int(argument("--rounds", 5)), float(argument("--seconds", 3))
    kinds = queries_of_a_reply("--profile" in sys.argv)
    found = {name: [] for name in (*SIZES, "flat")}
    with serving("config.wsgi", workers=2) as ours, serving("bench.load.flat", workers=2) as flat:
        burst(ours, "warm-ours", 100, 1)
        burst(flat, "warm-flat", 100, 1)
        for n in range(rounds):
            for size in SIZES:
                found[size].append(burst(ours, f"of-{size}-{n}", size, seconds))
            found["flat"].append(burst(flat, f"flat-{n}", SIZES[0], seconds))
    rates = {
        name: statistics.median(one.per_second for one in some) for name, some in found.items()
    }
    tails = [one.percentile(0.99) / one.median_ms for one in found[1_000]]
    metrics = {
        "per_second_c8": rates[1_000],
        "per_second_c8_10k": rates[10_000],
        "per_second_c8_empty_post": rates["flat"],
        "growth_1k_to_10k": rates[1_000] / rates[10_000],
        "vs_empty_post": rates["flat"] / rates[1_000],
        "median_ms_c8": statistics.median(one.median_ms for one in found[1_000]),
        "p99_to_median_c8": statistics.median(tails),
        "queries": kinds["query"],
        "savepoints": kinds["savepoint"],
        "tree_faults": faults(),
        **one_tree(),
    }
    held = (
        not metrics["tree_faults"]
        and metrics["growth_1k_to_10k"] <= MOST_GROWTH
        and metrics["vs_empty_post"] <= MOST_VS_EMPTY
        and metrics["p99_to_median_c8"] <= MOST_TAIL
    )
    return report("write", metrics, held)


if __name__ == "__main__":
    sys.exit(main())
