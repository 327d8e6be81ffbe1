# ruff: noqa: N999 (the name of the command)
"""Bringing in a WordPress export: 100 posts with 200 comments each, and one with 5,000.

`--comments N` gives the long post another number.
"""

import os
import random
import resource
import sys
import tempfile
import time
from io import StringIO
from pathlib import Path
from xml.sax.saxutils import escape

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
os.environ.setdefault("COLLOQUY_SECRET_KEY", "bench")
django.setup()

from django.core.management import call_command  # noqa: E402

from bench.data import texts  # noqa: E402
from bench.data.clock import processor_time  # noqa: E402
from bench.report import argument, report  # noqa: E402
from comments.models import Comment  # noqa: E402

POSTS, EACH, LONG = 100, 200, 5_000
LEAST_PER_SECOND = 200
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
  xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Made</title><link>http://made.example</link><wp:wxr_version>1.2</wp:wxr_version>
"""


def write_export(file, sizes):
    """An export with posts of so many comments each."""
    chance, first = random.Random("export"), 1  # noqa: S311
    file.write(HEAD)
    for number, size in enumerate(sizes, 1):
        file.write(
            f"<item><title>Post {number}</title><wp:post_id>{number}</wp:post_id>"
            f"<wp:post_name>post-{number}</wp:post_name><wp:status>publish</wp:status>"
            "<wp:post_type>post</wp:post_type>"
            "<wp:post_date_gmt>2013-03-01 00:00:00</wp:post_date_gmt>"
            f"<content:encoded>{texts.text(chance)}</content:encoded>"
        )
        for n in range(first, first + size):
            file.write(_comment(chance, n, first))
        file.write("</item>\n")
        first += size
    file.write("</channel></rss>\n")


def _comment(chance, n, first):
    parent = chance.randint(max(first, n - 60), n - 1) if n > first and chance.random() < 0.7 else 0
    at = f"2013-{3 + n // 1_000 % 9:02}-{1 + n // 50 % 28:02} {n // 60 % 24:02}:{n % 60:02}:00"
    return (
        f"<wp:comment><wp:comment_id>{n}</wp:comment_id>"
        f"<wp:comment_author>Reader {chance.randint(1, 2_000)}</wp:comment_author>"
        f"<wp:comment_date_gmt>{at}</wp:comment_date_gmt>"
        f"<wp:comment_content>{escape(texts.text(chance))}</wp:comment_content>"
        "<wp:comment_approved>1</wp:comment_approved>"
        f"<wp:comment_parent>{parent}</wp:comment_parent></wp:comment>\n"
    )


def main():
    call_command("migrate", verbosity=0)
    long = int(argument("--comments", LONG))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.xml"
        with path.open("w") as file:
            write_export(file, [*[EACH] * POSTS, long])
        before, began = processor_time(), time.monotonic()
        call_command("import_wordpress", str(path), stdout=StringIO(), stderr=StringIO())
        seconds, worked = time.monotonic() - began, processor_time() - before
        began = time.monotonic()
        call_command("import_wordpress", str(path), stdout=StringIO(), stderr=StringIO())
        again = time.monotonic() - began
        size = path.stat().st_size
    count = Comment.objects.count()
    metrics = {
        "comments": count,
        "seconds": seconds,
        "per_second": count / seconds,
        "cpu_ms_each": 1000 * worked / count,
        "seconds_again": again,
        "export_mb": size / 1024 / 1024,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    whole = count == POSTS * EACH + long
    return report("import", metrics, whole and metrics["per_second"] >= LEAST_PER_SECOND)


if __name__ == "__main__":
    sys.exit(main())
