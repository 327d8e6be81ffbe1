"""What a search takes among 100,000 comments: rare words, common ones, phrases, exclusions."""

import os
import random
import statistics
import sys
import time
from itertools import accumulate
from typing import TYPE_CHECKING

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
django.setup()

from datetime import timedelta  # noqa: E402

from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench.report import report  # noqa: E402
from blog.models import Post  # noqa: E402
from blog.searching import find_posts  # noqa: E402
from comments import markup, numbers, tree  # noqa: E402
from comments.models import Comment  # noqa: E402
from comments.searching import find_comments  # noqa: E402
from comments.status import Status  # noqa: E402

if TYPE_CHECKING:
    from django.contrib.auth.models import User

POSTS, COMMENTS_EACH = 100, 1_000
WORDS = 20_000
AT_MOST_MS = 100
SYLLABLES = ["ba", "den", "fir", "go", "hal", "kem", "lu", "mor", "nis", "pel", "rat", "sol", "tu"]


def vocabulary(chance: random.Random) -> list[str]:
    """Made-up words; the first ones will be as common as a language's own."""
    words: dict[str, None] = {}
    while len(words) < WORDS:
        words["".join(chance.choices(SYLLABLES, k=chance.randint(2, 5)))] = None
    return list(words)


def fill(words: list[str], chance: random.Random) -> None:
    """Posts and comments of 30 to 150 words; the n-th word comes with the frequency 1/n."""
    author = get_user_model().objects.create(username="bench", is_staff=True)
    weights = list(accumulate(1 / place for place in range(1, len(words) + 1)))

    def text() -> str:
        return " ".join(chance.choices(words, cum_weights=weights, k=chance.randint(30, 150)))

    for index in range(POSTS):
        with transaction.atomic(durable=True):
            _make_post(author, index, text)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _make_post(author: "User", index: int, text) -> None:
    at = timezone.now() - timedelta(days=POSTS - index)
    post = Post.objects.create(
        title=text()[:80], slug=f"bench-{index}", body=text(), author=author,
        status=Post.Status.PUBLISHED, published_at=at,
    )  # fmt: skip
    pairs: list[tree.Pair] = []
    for _ in range(COMMENTS_EACH):
        source = text()
        pairs.append((_comment(post, source, at), None))
    numbers.allot_to_arrivals(pairs)
    tree.plant(pairs)


def _comment(post: Post, source: str, at) -> Comment:
    return Comment(
        post=post, name="Reader", text=source, html=f"<p>{source}</p>", level=0,
        html_version=markup.VERSION, status=Status.PUBLISHED, submitted_at=at, published_at=at,
        changed_at=at,
    )  # fmt: skip


def milliseconds(query: str) -> float:
    """The best of three: other work on the machine is no part of it."""

    def once() -> float:
        began = time.perf_counter()
        find_posts(query, 1)
        find_comments(query, 1)
        return (time.perf_counter() - began) * 1000

    return min(once() for _ in range(3))


def queries(words: list[str], chance: random.Random) -> dict[str, list[str]]:
    """What is looked for: by how common the words are, and how they are put together."""

    def some(low: int, high: int) -> list[str]:
        return chance.sample(words[low:high], 20)

    return {
        "everywhere": words[:5],
        "common": some(20, 200),
        "middling": some(200, 2_000),
        "rare": some(2_000, WORDS),
        "two_words": [" ".join(pair) for pair in zip(some(20, 500), some(20, 500), strict=True)],
        "phrase": [f'"{a} {b}"' for a, b in zip(some(0, 50), some(0, 50), strict=True)],
        "either": [f"{a} or {b}" for a, b in zip(some(200, 900), some(200, 900), strict=True)],
        "without": [f"{a} -{b}" for a, b in zip(some(100, 900), some(0, 50), strict=True)],
    }


def main() -> int:
    chance = random.Random(11)  # noqa: S311 (the same words in every run)
    words = vocabulary(chance)
    call_command("migrate", verbosity=0)
    if not Post.objects.filter(slug="bench-0").exists():
        fill(words, chance)
    took = {kind: [milliseconds(q) for q in some] for kind, some in queries(words, chance).items()}
    every = [one for some in took.values() for one in some]
    metrics = {f"{kind}_median_ms": statistics.median(some) for kind, some in took.items()}
    metrics |= {"median_ms": statistics.median(every), "worst_ms": max(every)}
    metrics["comments"] = Comment.objects.count()
    return report("search", metrics, metrics["median_ms"] < AT_MOST_MS)


if __name__ == "__main__":
    sys.exit(main())
