"""Places in the tree: the only code that writes parent, post, lft, rght, tree_id or level.

mptt renumbers the rows that follow a new one, so two writers in one tree corrupt it. Every write
here therefore holds a transaction-scoped advisory lock on its tree, taken before the parent is
read. A new root needs none: its tree id comes from a sequence.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeVar

from django.db import IntegrityError, OperationalError, connection, models, transaction
from mptt.models import MPTTModel
from psycopg.errors import DeadlockDetected

from blog.models import Post
from comments.errors import CommentError, TreeBusy, WrongRoom
from comments.models import Comment
from core.compiled import Compiled, CompiledInsert, Given
from core.prepared import Statement, Values, rows_of_each

MAX_LEVEL: Final = 59  # sixty levels; a reply to the deepest attaches to that one's parent
LOCK_SPACE: Final = 0x434F4C  # first half of the advisory lock's key, ours alone
TRIES: Final = 5
LOCK: Final = Statement("SELECT pg_advisory_xact_lock(%s, %s)")
BEHIND_ALL: Final = 2_000_000_000  # a provisional lft: new siblings come after the old ones

Result = TypeVar("Result")
Pair = tuple[Comment, Comment | None]  # a comment with its parent, None at the top level


class _Moved(Exception):
    """The comment left the locked tree between look-up and lock."""


def add_root(comment: Comment) -> None:
    """Insert `comment` as a new top-level comment; the caller opens the transaction."""
    comment.parent = None
    _insert(comment, None)


def add_reply(comment: Comment, parent: Comment) -> None:
    """Insert `comment` below `parent`, which `under_lock` gave to the caller.

    At the depth limit it becomes a sibling of `parent` and keeps it in `answers`.
    """
    if parent.level >= MAX_LEVEL:
        comment.answers = parent
        parent = Comment.objects.get(pk=parent.parent_id)
    comment.parent = parent
    _insert(comment, parent)


def under_lock(
    comment_id: int, work: Callable[[Comment], Result], *, seen_in: int | None = None
) -> Result:
    """Run `work(comment)` in a transaction of its own that holds the lock of the comment's tree.

    `comment` is read after the lock, with its post. If a move took it to another tree meanwhile,
    or the database ended it to end a deadlock, all starts again in a new transaction, so `work` may
    run more than once and must have no effect outside the database. Raises Comment.DoesNotExist,
    TreeBusy after 5 tries or when the database refuses the tree at COMMIT, and whatever `work`
    raises. `seen_in` is the tree that the caller read the comment in, which saves a query.
    """
    seen = {} if seen_in is None else {comment_id: seen_in}
    return _under_locks([comment_id], lambda comments: work(comments[0]), seen)


def under_locks(comment_ids: Sequence[int], work: Callable[[list[Comment]], Result]) -> Result:
    """The same with several comments, whose trees are all locked; they come in the order given."""
    return _under_locks(comment_ids, work, {})


def _under_locks(
    comment_ids: Sequence[int], work: Callable[[list[Comment]], Result], seen: dict[int, int]
) -> Result:
    for _ in range(TRIES):
        try:
            with transaction.atomic(durable=True):
                return work(_lock_and_read(comment_ids, seen))
        except _Moved:
            seen = {}
        except IntegrityError as error:
            raise TreeBusy from error
        except OperationalError as error:
            if not isinstance(error.__cause__, DeadlockDetected):
                raise
    raise TreeBusy


def delete_leaf(comment_id: int) -> None:
    """Delete a comment without replies and number for good, under its tree's lock."""

    def delete(comment: Comment) -> None:
        if comment.rght != comment.lft + 1 or comment.number is not None:
            raise CommentError("A comment with replies or a number leaves a tombstone instead.")
        MPTTModel.delete(comment)

    under_lock(comment_id, delete)


def within_depth(pairs: Sequence[Pair]) -> list[Pair]:
    """The same comments, each under the nearest ancestor that the depth limit allows.

    What a moved one really replies to stays in its `answers`. Parents stand before their replies.
    """
    level: dict[int, int] = {}
    parent_of: dict[int, Comment | None] = {}
    within = []
    for comment, answered in pairs:
        parent = answered
        if answered is not None and _level_of(answered, level) >= MAX_LEVEL:
            comment.answers = answered
            parent = _above(answered, parent_of)
        level[id(comment)] = _level_of(parent, level) + 1 if parent is not None else 0
        parent_of[id(comment)] = parent
        within.append((comment, parent))
    return within


def reserve_ids(comments: Iterable[Comment]) -> None:
    """Give unsaved comments their ids, in the order given, so that rows can name each other."""
    new = [comment for comment in comments if comment.pk is None]
    sequence = "pg_get_serial_sequence('comments_comment', 'id')"
    for comment, pk in zip(new, _next_values(sequence, len(new)), strict=True):
        comment.pk = pk


def plant(comments: Iterable[Pair]) -> None:
    """Insert many comments with their parents, each parent before its replies: for imports.

    A parent is a comment of the same list or one already stored. The caller holds a transaction;
    the trees added to are locked here, in the order of their ids. A new tree is written once, in
    place; one that was there is recomputed once, however many replies it gets.
    """
    pairs = list(comments)
    reserve_ids(comment for comment, _ in pairs)
    new = {comment.pk for comment, _ in pairs}
    grown = {p.tree_id for _, p in pairs if p is not None and p.pk not in new}
    lock_trees(grown)
    _choose_trees(pairs)
    _arrange([comment for comment, _ in pairs if comment.tree_id not in grown])
    Comment.objects.bulk_create([comment for comment, _ in pairs], batch_size=500)
    for tree_id in sorted(grown):
        recompute(tree_id)


def move_branch(
    comment: Comment, *, post: Post, parent: Comment | None, tree_id: int | None = None
) -> None:
    """Put `comment` and all below it last under `parent`, or at the top level of `post`.

    At the top level it keeps its tree if it was there before, else gets a new one: `tree_id`, if
    that is given. The caller holds the locks of both trees (under_locks) and has re-read both.
    Numbers are the business of comments.numbers. Raises CommentError for a move below itself, or
    deeper than a conversation goes.
    """
    branch = list(comment.get_descendants(include_self=True).values_list("pk", flat=True))
    if parent is not None and parent.pk in branch:
        raise CommentError("A comment can't be moved below itself.")
    old_tree, was_top = comment.tree_id, comment.parent_id is None
    level = parent.level + 1 if parent else 0
    _require_depth(comment, level)
    new_tree = parent.tree_id if parent else tree_id or (old_tree if was_top else _new_tree())
    rows = Comment.objects.filter(pk__in=branch)
    # Behind everything that is there: recompute() orders siblings by their old lft.
    last = Comment.objects.filter(tree_id=new_tree).aggregate(last=models.Max("rght"))["last"] or 0
    rows.update(
        post=post,
        tree_id=new_tree,
        lft=models.F("lft") + last,
        rght=models.F("rght") + last,
    )
    Comment.objects.filter(pk=comment.pk).update(parent=parent, level=level)
    recompute(new_tree)
    if new_tree != old_tree:
        recompute(old_tree)
    comment.refresh_from_db()


def lock_trees(tree_ids: Iterable[int]) -> None:
    """Take the locks of several trees in the order of their ids; needs a transaction."""
    rows_of_each(_locks(tree_ids))


def place_behind(comment: Comment, sibling_id: int | None) -> None:
    """Put a branch behind one of its siblings, before all of them for None.

    Where that one is no sibling any more, it stays. The caller holds the tree's lock.
    """
    rows = list(rows_of(comment.tree_id))
    ids = [row.pk for row in rows]
    sibling = rows[ids.index(sibling_id)] if sibling_id in ids else None
    if sibling_id is not None and (sibling is None or sibling.parent_id != comment.parent_id):
        return
    moved = rows.pop(ids.index(comment.pk))
    rows.insert(rows.index(sibling) + 1 if sibling is not None else 0, moved)
    _write_places(rows)
    comment.refresh_from_db()


def sibling_before(comment: Comment) -> int | None:
    """The id of the sibling that stands before a reply; None for the first, or a top level."""
    before = Comment.objects.filter(parent=comment.parent_id, lft__lt=comment.lft)
    same = before.filter(tree_id=comment.tree_id, parent__isnull=False).order_by("-lft")
    found: int | None = same.values_list("pk", flat=True).first()
    return found


def recompute(tree_id: int) -> int:
    """Derive lft, rght and level of one tree from `parent`; the number of rows changed.

    The caller holds the tree's lock. Siblings keep their order. The tree keeps its id.
    """
    return _write_places(list(rows_of(tree_id)))


def _write_places(rows: Sequence[Comment]) -> int:
    """Give rows of one tree the places that follow from `parent` and this order of siblings."""
    wrong = []
    for row, place in zip(rows, places(rows), strict=True):
        if place and place != (row.lft, row.rght, row.level):
            row.lft, row.rght, row.level = place
            wrong.append(row)
    Comment.objects.bulk_update(wrong, ["lft", "rght", "level"], batch_size=2000)
    return len(wrong)


def rows_of(tree_id: int) -> Sequence[Comment]:
    """One tree's rows in their present order, tree fields only."""
    fields = ("pk", "parent_id", "tree_id", "lft", "rght", "level")
    return Comment.objects.filter(tree_id=tree_id).only(*fields).order_by("lft", "pk")


def places(rows: Sequence[Comment]) -> list[tuple[int, int, int] | None]:
    """Where each row of one tree belongs by `parent` alone, siblings in the order given.

    None for a row that no root of `rows` leads to: its parent is in another tree, or in a circle.
    """
    replies: dict[int | None, list[int]] = {}
    for row in rows:
        replies.setdefault(row.parent_id, []).append(row.pk)
    found: dict[int, tuple[int, int, int]] = {}
    counter = 0
    # Depth first without recursion: a negative id marks the way back out of a comment.
    stack = [(pk, 0) for pk in reversed(replies.get(None, []))]
    opened: dict[int, int] = {}
    while stack:
        pk, level = stack.pop()
        counter += 1
        if pk < 0:
            found[-pk] = (opened[-pk], counter, level)
            continue
        opened[pk] = counter
        stack.append((-pk, level))
        stack.extend((reply, level + 1) for reply in reversed(replies.get(pk, [])))
    return [found.get(row.pk) for row in rows]


def _require_depth(comment: Comment, level: int) -> None:
    branch = comment.get_descendants(include_self=True)
    deepest = branch.aggregate(deepest=models.Max("level"))["deepest"]
    if deepest - comment.level + level > MAX_LEVEL:
        raise CommentError("The branch is too deep to stand there; nothing was changed.")


def _new_tree() -> int:
    tree_id: int = Comment.objects._get_next_tree_id()
    return tree_id


def _insert(comment: Comment, parent: Comment | None) -> None:
    # Read under the lock, a parent's place is no older than the database's: mptt need not ask.
    Comment.objects.insert_node(comment, parent, allow_existing_pk=True, refresh_target=False)
    # Past Comment.save, which refuses inserts from anywhere else.
    _STORE([comment])


def _lock_and_read(comment_ids: Sequence[int], seen: dict[int, int]) -> list[Comment]:
    """The comments, once their trees are locked: those where they were `seen`, else looked up."""
    known = seen or dict(Comment.objects.filter(pk__in=comment_ids).values_list("pk", "tree_id"))
    locks = _locks(known.values())
    # In one message: each is read when the locks are there, and sees what was done under them.
    answers = rows_of_each([*locks, *(_BY_ID.of_a_batch(pk=pk) for pk in comment_ids)])
    comments = [comment for rows in answers[len(locks) :] for comment in _BY_ID.read(rows)]
    if len(comments) != len(comment_ids):
        raise Comment.DoesNotExist
    if any(comment.tree_id != known[comment.pk] for comment in comments):
        raise _Moved
    return comments


def _locks(tree_ids: Iterable[int]) -> list[tuple[Statement, Values]]:
    return [(LOCK, [LOCK_SPACE, tree_id]) for tree_id in sorted(set(tree_ids))]


_STORE: Final = CompiledInsert(Comment)
_BY_ID: Final = Compiled(lambda: Comment.objects.select_related("post").filter(pk=Given("pk")))


def _choose_trees(pairs: Sequence[Pair]) -> None:
    """Set parent and tree, and a provisional place behind all that is there."""
    roots = sum(parent is None for _, parent in pairs)
    tree_ids = iter(_next_values("'comments_tree_id'", roots))
    for comment, parent in pairs:
        comment.parent = parent
        comment.tree_id = parent.tree_id if parent else next(tree_ids)
        comment.level = parent.level + 1 if parent else 0
        comment.lft, comment.rght = BEHIND_ALL, BEHIND_ALL + 1


def _arrange(rows: Sequence[Comment]) -> None:
    """Set the final places in trees that consist of these unsaved rows alone."""
    by_tree: dict[int, list[Comment]] = {}
    for row in rows:
        by_tree.setdefault(row.tree_id, []).append(row)
    for tree in by_tree.values():
        for row, place in zip(tree, places(tree), strict=True):
            if place is None:
                raise WrongRoom("A parent must stand before its replies.")
            row.lft, row.rght, row.level = place


def _level_of(comment: Comment, new: dict[int, int]) -> int:
    return new.get(id(comment), comment.level)


def _above(comment: Comment, new: dict[int, Comment | None]) -> Comment:
    above = new.get(id(comment)) or Comment.objects.get(pk=comment.parent_id)
    return above


def _next_values(sequence: str, count: int) -> list[int]:
    """`count` values of a sequence, ascending; `sequence` is SQL, never input."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT nextval({sequence}) FROM generate_series(1, %s)",  # noqa: S608
            [count],
        )
        return sorted(int(row[0]) for row in cursor.fetchall())
