"""Conversations of one size: many trees as arguments have them, or a single one."""

import random
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.utils import timezone

from bench.data import texts
from blog.models import Post
from comments import markup
from comments.models import Comment, Conversation, Place
from comments.status import Status

DEEPEST = 5  # six levels


def make_post(slug):
    """An empty published post."""
    author, _ = get_user_model().objects.get_or_create(
        username="author", defaults={"is_staff": True}
    )
    return Post.objects.create(
        title=f"Of {slug}",
        slug=slug,
        author=author,
        body="Some words.\n\n" * 20,
        status=Post.Status.PUBLISHED,
        published_at=timezone.now() - timedelta(days=30),
    )


def make_thread(slug, count, *, one_tree=False):
    """A post with so many published comments of 60 to 120 words; the same in every run."""
    post, chance = make_post(slug), random.Random(f"{count} {one_tree}")  # noqa: S311
    rows = _rows(post, count, chance, one_tree)
    places = (
        Place(post=post, number=row.number, comment=row, replies=row.replies_made) for row in rows
    )
    with transaction.atomic():
        Comment.objects.bulk_create(rows, batch_size=1000)
        Place.objects.bulk_create(places, batch_size=1000)
        top_level = sum(row.parent_id is None for row in rows)
        Conversation.objects.create(post=post, top_level=top_level)
    return post


def _rows(post, count, chance, one_tree):
    first = _reserve("pg_get_serial_sequence('comments_comment', 'id')", count)
    first_tree = _reserve("'comments_tree_id'", count)
    began = timezone.now() - timedelta(days=29)
    rows, roots = [], 0
    for n in range(count):
        parent = _parent(rows, chance, one_tree)
        if parent is None:
            roots += 1
        row = _row(post, first + n, parent, chance, began + timedelta(minutes=n))
        row.tree_id = parent.tree_id if parent else first_tree + roots
        row.ordinal = parent.replies_made if parent else roots
        row.number = f"{parent.number}.{row.ordinal}" if parent else str(roots)
        rows.append(row)
    _place(rows)
    return rows


def _parent(rows, chance, one_tree):
    if not rows or (not one_tree and chance.random() < 0.25):
        return None
    parent = chance.choice(rows[-60:])
    if parent.level < DEEPEST:
        return parent
    return rows[0] if one_tree else None


def _row(post, pk, parent, chance, at):
    text = " ".join(texts.sentences(chance, chance.randint(60, 120)))
    if parent:
        parent.replies_made += 1
    row = Comment(
        pk=pk,
        post=post,
        parent=parent,
        name=f"Reader {chance.randint(1, 400)}",
        text=text,
        html=texts.to_html(text),
        html_version=markup.VERSION,
        status=Status.PUBLISHED,
        submitted_at=at,
        published_at=at,
        changed_at=at,
        level=parent.level + 1 if parent else 0,
    )
    row.replies_made = 0
    return row


def _place(rows):
    replies = {}
    for row in rows:
        replies.setdefault(row.parent_id, []).append(row)

    def number(row, at):
        row.lft, at = at, at + 1
        for reply in replies.get(row.pk, ()):
            at = number(reply, at)
        row.rght = at
        return at + 1

    for root in replies.get(None, ()):
        number(root, 1)


def _reserve(sequence, count):
    """The first of `count` values of a sequence that nobody else gets."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT setval({sequence}, nextval({sequence}) + %s)", [count])
        return cursor.fetchone()[0] - count
