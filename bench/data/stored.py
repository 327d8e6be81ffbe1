"""A hundred thousand stored comments under many posts, as five years of arguing leave them."""

import json
import os
import random
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from functools import cache, partial
from itertools import accumulate

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.utils import timezone

from bench.data import texts
from blog import markup as blog_markup
from blog.models import Post
from comments import markup
from comments.models import Comment, Commenter
from moderation import traces

POSTS = 500
COMMENTERS = 3_000
SPAM_TEXTS = 40
DAYS = 5 * 365
REPORTED_OF = 50  # one comment of so many is reported once
STATUSES = ["published"] * 86 + ["rejected"] * 5 + ["spam"] * 5 + ["pending"] * 2 + ["removed"] * 2

COMMENT_COLUMNS = [
    "id", "post_id", "parent_id", "commenter_id", "name", "mail", "network", "text", "html",
    "html_version", "status", "status_before_removal", "continues", "removed_by", "version",
    "number", "ordinal", "submitted_at", "published_at", "changed_at", "tree_id", "lft", "rght",
    "level",
]  # fmt: skip


def fill(comments=100_000, now=None, *, posts=POSTS, with_traces=True):
    """Fill an empty, migrated database; returns the time that all ages are counted from."""
    now = now or timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("DROP INDEX moderation_bands")  # made again at the end, which is faster
    stored = _make_posts(now, posts)
    Commenter.objects.bulk_create(
        Commenter(pk=n + 1, name=f"Reader {n}") for n in range(COMMENTERS)
    )
    shares = _shares(comments, posts)
    firsts = list(accumulate(shares[:-1], initial=1))
    make = partial(make_thread, now=now, with_traces=with_traces)
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        threads = pool.map(make, [post.pk for post in stored], firsts, shares, chunksize=10)
        _store(threads)
    _finish(comments)
    return now


def _make_posts(now, posts):
    author = get_user_model().objects.create(username="author", is_staff=True)
    chance = random.Random("titles")  # noqa: S311
    return Post.objects.bulk_create(
        Post(
            pk=n + 1,
            title=texts.sentences(chance, 6)[0],
            slug=f"post-{n}",
            author=author,
            body=(body := texts.text(chance)),
            body_html=texts.to_html(body),
            html_version=blog_markup.VERSION,
            status=Post.Status.PUBLISHED,
            published_at=now - timedelta(days=DAYS - n % DAYS),
        )
        for n in range(posts)
    )


def _shares(comments, posts):
    """How many comments each post has: some have many, most have few; the last make the sum."""
    whole = sum(1 / (n + 5) for n in range(posts))
    shares = [int(comments / whole / (n + 5)) for n in range(posts)]
    shares[0] += comments - sum(shares)
    return shares


def make_thread(post_id, first, count, now, with_traces=True):
    """The comments under one post: rows of each table, in the order of _TABLES."""
    chance = random.Random(f"post {post_id}")  # noqa: S311
    thread = _Thread(post_id, chance, now)
    for n in range(count):
        thread.add(first + n)
    return thread.rows(with_traces)


@cache
def _spam():
    chance = random.Random("spam")  # noqa: S311
    return [texts.text(chance) for _ in range(SPAM_TEXTS)]


class _Thread:
    def __init__(self, post_id, chance, now):
        self.post_id, self.chance, self.now = post_id, chance, now
        self.comments, self.children, self.top_level = [], {}, 0

    def add(self, pk):
        chance = self.chance
        parent = None
        if self.comments and chance.random() < 0.75:
            parent = chance.choice(self.comments[-60:])
            parent = parent if parent["level"] < 6 else None
        status = chance.choice(STATUSES)
        if parent and not parent["number"] and status != "spam":
            status = "rejected"
        quoted = parent["text"].split(". ")[0] if parent and chance.random() < 0.3 else ""
        text = chance.choice(_spam()) if status == "spam" else texts.text(chance, quoted)
        age = timedelta(days=chance.random() * DAYS)
        at = self.now - age
        row = {
            "id": pk, "post_id": self.post_id, "parent_id": parent and parent["id"],
            "commenter_id": chance.randint(1, COMMENTERS) if chance.random() < 0.5 else None,
            "name": f"Reader {chance.randint(1, 5000)}", "mail": "",
            "network": f"{chance.randrange(20_000):032x}" if age.days < 90 else "",
            "text": text, "html": texts.to_html(text), "html_version": markup.VERSION,
            "status": status,
            "status_before_removal": "published" if status == "removed" else "",
            "continues": False, "removed_by": "moderator" if status == "removed" else "",
            "version": 1, "number": None, "ordinal": None, "submitted_at": at,
            "published_at": None, "changed_at": at,
            "tree_id": parent["tree_id"] if parent else pk,
            "level": parent["level"] + 1 if parent else 0,
        }  # fmt: skip
        if status in {"published", "removed"}:
            self._number(row, parent)
        self.comments.append(row)
        self.children.setdefault(row["parent_id"], []).append(row)

    def _number(self, row, parent):
        siblings = self.children.get(row["parent_id"], [])
        row["ordinal"] = 1 + sum(one["number"] is not None for one in siblings)
        row["number"] = f"{parent['number']}.{row['ordinal']}" if parent else str(row["ordinal"])
        row["published_at"] = row["submitted_at"]

    def rows(self, with_traces):
        for root in self.children.get(None, ()):
            self._place(root, 1)
        if not with_traces:
            return self.comments, []
        taken = [traces.take(Comment(pk=row["id"], html=row["html"], html_version=markup.VERSION))
                 for row in self.comments]  # fmt: skip
        return self.comments, taken

    def _place(self, row, lft):
        row["lft"], following = lft, lft + 1
        for child in self.children.get(row["id"], ()):
            following = self._place(child, following)
        row["rght"] = following
        return following + 1


def _store(threads):
    """COPY for what is large; the traces of each post by the statement of moderation.traces."""
    for comments, taken in threads:
        with transaction.atomic():
            _copy_thread(comments)
            if taken:
                traces.write(taken)


def _copy_thread(comments):
    def copy(table, columns, rows):
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copying,
        ):
            for row in rows:
                copying.write_row(row)

    places = ((row["post_id"], row["number"], row["id"]) for row in comments if row["number"])
    copy("comments_place", ["post_id", "number", "comment_id"], places)
    rows = ([row[name] for name in COMMENT_COLUMNS] for row in comments)
    copy("comments_comment", COMMENT_COLUMNS, rows)
    columns = ["act", "comment_id", "post_id", "status_before", "status_after", "number", "at"]
    copy("moderation_logentry", columns, _log(comments))
    columns = ["comment_id", "rule", "effect", "sentence", "evidence", "recorded_at"]
    copy("comments_recordedreason", columns, map(_reason, comments))
    columns = ["comment_id", "reporter", "reason", "text", "reported_at", "answered_at"]
    copy("moderation_report", columns, map(_report, comments[::REPORTED_OF]))


def _reason(row):
    evidence = json.dumps({"needed": 2, "published": 0})
    sentence = "Its writer is not known to the site."
    return (row["id"], "first comments", "hold", sentence, evidence, row["submitted_at"])


def _report(row):
    at = row["submitted_at"]
    return (row["id"], f"{row['id']:064x}", "insult", "", at, at if row["id"] % 5 else None)


def _log(comments):
    for row in comments:
        at = row["submitted_at"]
        fields = (row["id"], row["post_id"])
        yield ("received", *fields, "", "pending", "", at)
        if row["status"] != "pending":
            act = "marked spam" if row["status"] == "spam" else row["status"]
            yield (act, *fields, "pending", row["status"], row["number"] or "", at)


def _finish(comments):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO comments_conversation (post_id, top_level)"
            " SELECT post_id, max(ordinal) FROM comments_comment"
            " WHERE parent_id IS NULL AND number IS NOT NULL GROUP BY post_id"
        )
        for sequence in ("comments_tree_id", "comments_comment_id_seq"):
            cursor.execute("SELECT setval(%s, %s)", [sequence, comments + 1])
        for table in ("blog_post", "comments_commenter"):
            cursor.execute(
                f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))"  # noqa: S608
            )
        cursor.execute(
            "CREATE INDEX moderation_bands ON moderation_fingerprint USING gin (bands)"
            " WITH (fastupdate = off)"
        )
        cursor.execute("VACUUM ANALYZE")
