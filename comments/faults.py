"""Proof that every tree and every number is right, and the repair of trees that are not.

The trees are proved from `parent` alone; the numbers from the places that were allotted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db import connection, transaction

from comments import tree
from comments.models import Comment

# Each names comments that must not exist. One query each, whatever the number of comments.
NUMBER_FAULTS = {
    "its number was allotted to another comment": """
        SELECT c.id, c.tree_id FROM comments_comment c
        JOIN comments_place p ON (p.post_id, p.number) = (c.post_id, c.number)
        WHERE p.comment_id <> c.id""",
    "its number does not end in its ordinal": r"""
        SELECT id, tree_id FROM comments_comment
        WHERE number !~ ('(^|\.)' || ordinal || '$')""",
    "its number does not continue its parent's": """
        SELECT c.id, c.tree_id FROM comments_comment c
        LEFT JOIN comments_comment p ON p.id = c.parent_id
        WHERE c.number IS NOT NULL
        AND c.number IS DISTINCT FROM concat_ws('.', p.number, c.ordinal::text)""",
    "its parent has no number": """
        SELECT c.id, c.tree_id FROM comments_comment c
        JOIN comments_comment p ON p.id = c.parent_id
        WHERE c.number IS NOT NULL AND p.number IS NULL""",
    "its number is beyond the counter it came from": """
        SELECT c.id, c.tree_id FROM comments_comment c
        LEFT JOIN comments_comment parent ON parent.id = c.parent_id
        LEFT JOIN comments_place p ON (p.post_id, p.number) = (parent.post_id, parent.number)
        LEFT JOIN comments_conversation v ON v.post_id = c.post_id
        WHERE c.ordinal > coalesce(CASE WHEN c.parent_id IS NULL
            THEN v.top_level ELSE p.replies END, 0)""",
}


@dataclass(frozen=True)
class Fault:
    """One comment that is not where it should be."""

    comment_id: int
    tree_id: int
    sentence: str
    repairable: bool


def find_faults() -> Iterator[Fault]:
    """Every fault of every tree and number, a tree at a time; takes no lock."""
    for rows in _trees():
        yield from _tree_faults(rows)
    yield from _number_faults()


def repair(tree_id: int) -> int:
    """Recompute one tree from `parent` under its lock; the number of rows changed."""
    with transaction.atomic(durable=True):
        tree.lock_trees([tree_id])
        return tree.recompute(tree_id)


def count_comments() -> int:
    """How many comments there are to prove."""
    return Comment.objects.count()


def _trees() -> Iterator[list[Comment]]:
    fields = ("pk", "parent_id", "tree_id", "lft", "rght", "level")
    rows = Comment.objects.only(*fields).order_by("tree_id", "lft", "pk").iterator(chunk_size=5000)
    for _, group in groupby(rows, key=lambda row: row.tree_id):
        yield list(group)


def _tree_faults(rows: Sequence[Comment]) -> Iterator[Fault]:
    roots = [row for row in rows if row.parent_id is None]
    for extra in roots[1:]:
        yield Fault(extra.pk, extra.tree_id, "a second root in its tree", repairable=False)
    for row, place in zip(rows, tree.places(rows), strict=True):
        if place is None:
            sentence = "no root of its tree leads to it"
            yield Fault(row.pk, row.tree_id, sentence, repairable=False)
        elif place != (row.lft, row.rght, row.level):
            sentence = f"(lft, rght, level) {row.lft, row.rght, row.level} should be {place}"
            yield Fault(row.pk, row.tree_id, sentence, repairable=True)


def _number_faults() -> Iterator[Fault]:
    for sentence, query in NUMBER_FAULTS.items():
        with connection.cursor() as cursor:
            cursor.execute(query)
            for comment_id, tree_id in cursor.fetchall():
                yield Fault(comment_id, tree_id, sentence, repairable=False)
