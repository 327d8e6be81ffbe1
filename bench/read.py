"""Reading a post with a long conversation on one page, against the constant answer of its bytes.

The limit is a bare application in the same gunicorn, measured in turn with ours, as is a plain
Django and mptt site with the same data (bench/naive), the only one that `--vs` knows. `known` is
the private page of a commenter who wrote under another post. `--rounds N`, `--seconds N`.
"""

import http.client
import os
import statistics
import subprocess
import sys
from itertools import repeat

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
os.environ.setdefault("COLLOQUY_SECRET_KEY", "bench")
os.environ["COLLOQUY_COMMENTS_PER_PAGE"] = "100000"
django.setup()

from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402

from bench.data.threads import make_post, make_thread  # noqa: E402
from bench.load.client import get, load  # noqa: E402
from bench.load.counting import queries_of  # noqa: E402
from bench.load.serving import serving  # noqa: E402
from bench.report import argument, report  # noqa: E402
from comments.commenters import COOKIE  # noqa: E402
from core.guards import make_stamp  # noqa: E402

SIZES = (100, 1_000)
CONNECTIONS = 4
LEAST_RATIO, LEAST_NOT_MODIFIED, LEAST_VS_NAIVE = 0.6, 0.6, 200


def rate(port, request, seconds):
    measured = load(port, repeat(request), seconds=seconds, connections=CONNECTIONS)
    if set(measured.statuses) - {200, 304}:
        sys.exit(f"answers: {measured.statuses}")
    return measured.per_second


def fetch(port, request):
    """The length and the ETag of an answer."""
    lines = request.decode().split("\r\n")
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = dict(line.split(": ", 1) for line in lines[1:] if line)
    connection.request("GET", lines[0].split()[1], headers=headers)
    answer = connection.getresponse()
    return len(answer.read()), answer.headers.get("ETag")


def known_reader():
    """The Cookie header of a commenter who wrote somewhere else."""
    post, client = make_post("elsewhere"), Client(HTTP_HOST="127.0.0.1")
    stamp = make_stamp("comment", post.pk)
    form = {"name": "Hanna", "text": "Some words.", "remember": "on", "stamp": stamp}
    client.post("/posts/elsewhere/comment/", form)
    return f"{COOKIE}={client.cookies[COOKIE].value}"


def measure(size, rounds, seconds, cookie):
    """Medians of the rates, each target in turn."""
    path = f"/posts/of-{size}/"
    with serving("config.wsgi") as ours, serving("bench.naive.wsgi") as naive:
        plain, packed = get(path), get(path, Accept_Encoding="gzip")
        plain_length, _ = fetch(ours, plain)
        packed_length, etag = fetch(ours, packed)
        unchanged = get(path, Accept_Encoding="gzip", If_None_Match=etag)
        with (
            serving("bench.load.constant", BENCH_LENGTH=str(plain_length)) as constant_plain,
            serving("bench.load.constant", BENCH_LENGTH=str(packed_length)) as constant_packed,
        ):
            targets = {
                "plain": (ours, plain, seconds),
                "constant_plain": (constant_plain, plain, seconds),
                "gzip": (ours, packed, seconds),
                "constant_gzip": (constant_packed, packed, seconds),
                "not_modified": (ours, unchanged, seconds),
                "constant_not_modified": (constant_packed, unchanged, seconds),
                "known": (ours, get(path, Accept_Encoding="gzip", Cookie=cookie), seconds),
                "naive": (naive, plain, seconds),
            }
            found = {name: [] for name in targets}
            for _ in range(rounds):
                for name, target in targets.items():
                    found[name].append(rate(*target))
    medians = {name: statistics.median(rates) for name, rates in found.items()}
    return {**medians, "plain_bytes": plain_length, "gzip_bytes": packed_length}


def main():
    call_command("migrate", verbosity=0)
    for size in SIZES:
        make_thread(f"of-{size}", size)
    subprocess.run([sys.executable, "-m", "bench.naive.fill"], check=True)
    if argument("--vs", "naive") != "naive":
        sys.exit("--vs knows one other side: naive")
    rounds, seconds = int(argument("--rounds", 5)), float(argument("--seconds", 1.5))
    metrics, cookie = {}, known_reader()
    for size in SIZES:
        found = measure(size, rounds, seconds, cookie)
        for name in ("plain", "gzip", "not_modified"):
            found[f"ratio_{name}"] = found[name] / found[f"constant_{name}"]
        found["vs_naive"] = found["gzip"] / found["naive"]
        metrics |= {f"{name}_{size}": value for name, value in found.items()}
    judged = {
        "ratio_to_constant": metrics["ratio_gzip_1000"],
        "ratio_to_constant_plain": metrics["ratio_plain_1000"],
        "not_modified_ratio": metrics["ratio_not_modified_1000"],
        "vs_naive": metrics["vs_naive_1000"],
        "queries": queries_of("/posts/of-1000/"),
    }
    held = (
        judged["ratio_to_constant"] >= LEAST_RATIO
        and judged["not_modified_ratio"] >= LEAST_NOT_MODIFIED
        and judged["vs_naive"] >= LEAST_VS_NAIVE
        and judged["queries"] == 1
    )
    return report("read", {**metrics, **judged}, held)


if __name__ == "__main__":
    sys.exit(main())
