"""A conversation in reading order: plain values to be written, nothing queried."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from comments.intake import QuotedClause
from comments.models import Comment
from comments.references import Target
from comments.shown import Row


@dataclass(frozen=True, kw_only=True, slots=True)
class Braked:
    """That readers can't reply to a comment, or have to wait: from which number on, and why.

    `minutes` is 0 for a lock. `by` is an office, no name. `reason` may be empty where it is slow,
    `clause` may be missing.
    """

    head_id: int
    number: str
    minutes: int
    by: str
    reason: str
    set_at: datetime
    until_at: datetime | None
    clause: QuotedClause | None


class Pointer(NamedTuple):
    """A number that a branch left, and where its first comment stands now."""

    number: str
    new_number: str
    address: str
    title: str  # of the post, if it is another one


@dataclass(slots=True)
class Entry:
    """One comment at its place on the page. What is not of its place, page.dress fills in.

    `depth` is the shown depth, 1 for the top level. `opens` says that it begins a list, `deeper`
    that the next one lies in a list inside it, `closes` how many lists above the outermost end
    after it. `parent` is what it answers, None at the top, and `parent_href` leads there.
    `html` is fit for a page; `back_links` are (number, target) of what refers to this comment.
    `has_replies` says that there is a branch to be seen; `moved` are branches that left from here.
    `clause` is the one that a tombstone names; `locked` and `slowed`
    are the narrowest lock and slow mode that hold here.
    `is_new` is for the reader of this page alone: published since the last visit.
    """

    comment: Row
    parent: Row | None
    depth: int
    opens: bool
    deeper: bool
    closes: int
    html: str = ""
    parent_href: str = ""
    back_links: Sequence[tuple[str, Target]] = ()
    clause: QuotedClause | None = None
    has_replies: bool = False
    moved: Sequence[Pointer] = ()
    locked: Braked | None = None
    slowed: Braked | None = None
    is_new: bool = False


def in_order(comments: Iterable[Comment]) -> list[Entry]:
    """Comments one after another without indentation, each with what it answers (selected)."""
    rows = list(comments)
    answered = [row for one in rows for row in (one.parent, one.answers) if row is not None]
    known: dict[int, Row] = {row.pk: row for row in answered}
    return _entries([(row, 1) for row in rows], known)


def arrange(comments: Iterable[Row], display_depth: int, above: Iterable[Row] = ()) -> list[Entry]:
    """Comments of a post, depth first, siblings by number; those without one follow the others.

    Indentation stops at `display_depth`: deeper replies follow in order at that depth, where only
    their "in reply to" says what they answer. A comment whose parent is not among `comments`
    counts as top-level; what it answers may be among those `above`.
    """
    rows = list(comments)
    by_id = {row.pk: row for row in rows}
    known = by_id | {row.pk: row for row in above}
    replies: dict[int | None, list[Row]] = {}
    for row in rows:
        replies.setdefault(row.parent_id if row.parent_id in by_id else None, []).append(row)
    order: list[tuple[Row, int]] = []
    stack = [(row, 1) for row in _reversed_siblings(replies.get(None, []))]
    while stack:
        row, depth = stack.pop()
        order.append((row, min(depth, display_depth)))
        if below := replies.get(row.pk):
            stack += [(reply, depth + 1) for reply in _reversed_siblings(below)]
    return _entries(order, known)


def _reversed_siblings(rows: Sequence[Row]) -> Sequence[Row]:
    """By number, the last first; those that wait for one come after all that have one."""
    if len(rows) == 1:
        return rows
    return sorted(rows, key=lambda row: (not row.ordinal, row.ordinal or row.pk), reverse=True)


def _entries(order: Sequence[tuple[Row, int]], known: Mapping[int, Row]) -> list[Entry]:
    depths = [depth for _, depth in order] + [1]
    entries, before = [], 0
    for (row, depth), after in zip(order, depths[1:], strict=True):
        answered = known.get(row.answers_id or row.parent_id or 0)
        closes = depth - after if after < depth else 0
        entries.append(Entry(row, answered, depth, depth > before, after > depth, closes))
        before = depth
    return entries
