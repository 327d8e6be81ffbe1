"""Moving a branch to another post or another parent, and back to exactly where it was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count
from django.utils import timezone

from blog.models import Post
from comments import moved, numbers, tree
from comments.errors import CommentError, ParentWithoutNumber, StatusConflict
from comments.models import Comment
from comments.numbers import find_numbered
from moderation.models import Act, BranchMove, LogEntry
from moderation.permissions import require_may_moderate, require_may_sanction
from moderation.services import log_act

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class NotUndoable(CommentError):
    """The act can't be taken back; the sentence says why."""


class NotMovable(CommentError):
    """The branch can't go there; the sentence says why."""


@dataclass(frozen=True)
class Target:
    """Where a branch is to go: under a comment of a post, or to its top level."""

    post: Post
    parent: Comment | None


def find_target(post: Post, number: str) -> Target:
    """By a post and the number of a comment there; the top level for none. Raises NotMovable."""
    named = number.strip().lstrip("#")
    if not named:
        return Target(post, None)
    parent = find_numbered(post, named)
    if parent is None or parent.post_id != post.pk:
        raise NotMovable(f"There is no comment #{named} under “{post.title}”.")
    return Target(post, parent)


def count_by_status(head: Comment) -> Sequence[tuple[str, int]]:
    """What of each status would move. One query."""
    branch = head.get_descendants(include_self=True)
    counted = branch.order_by("status").values("status").annotate(n=Count("pk"))
    return [(row["status"], row["n"]) for row in counted.values("status", "n")]


def why_not_moved(head: Comment, target: Target) -> str:
    """Why a branch can't go there; empty if nothing speaks against it."""
    parent = target.parent
    if (head.post_id, head.parent_id) == (target.post.pk, parent.pk if parent else None):
        return "It stands there already; nothing was changed."
    if parent is not None and parent.is_descendant_of(head, include_self=True):
        return "A branch can't be moved below itself; nothing was changed."
    if head.number is not None and parent is not None and parent.number is None:
        return str(ParentWithoutNumber())
    return ""


def move_branch(*, comment_id: int, version: int, target: Target, by: "User") -> Comment:
    """Move a comment with all below it; old numbers lead to the new ones, writers are told.

    Opens its own transaction under the locks of both trees. Raises NotMovable, NotAllowed,
    StatusConflict, TreeBusy, Comment.DoesNotExist.
    """
    now = timezone.now()
    ids = [comment_id, *([target.parent.pk] if target.parent else [])]

    def move(found: list[Comment]) -> Comment:
        head, parent = found[0], found[1] if target.parent else None
        there = Target(parent.post if parent else target.post, parent)
        require_may_moderate(by, head)
        require_may_sanction(by, there.post)
        if head.version != version:
            raise StatusConflict(head.status, "moved")
        if refusal := why_not_moved(head, there):
            raise NotMovable(refusal)
        left = BranchMove(
            head=head, from_post=head.post, from_parent=head.parent, from_tree_id=head.tree_id,
            behind_id=tree.sibling_before(head), moved_at=now,
        )  # fmt: skip
        _put(head, there, now)
        left.log_entry_id = _log(Act.MOVED, head, by, now).pk
        left.save()
        moved.enqueue_telling(head)
        return head

    return tree.under_locks(ids, move)


def move_back(*, entry: LogEntry, by: "User") -> Comment:
    """Put a branch where it was before a move: tree, place among siblings, numbers.

    Raises NotUndoable and what move_branch raises.
    """
    left = BranchMove.objects.filter(log_entry_id=entry.pk).first()
    if left is None:
        raise NotUndoable("Where it was is not known any more; nothing was changed.")
    now = timezone.now()
    ids = [left.head_id, *([left.from_parent_id] if left.from_parent_id else [])]

    def move(found: list[Comment]) -> Comment:
        head, parent = found[0], found[1] if left.from_parent_id else None
        require_may_moderate(by, head)
        _require_last_move(entry, head)
        there = Target(parent.post if parent else left.from_post, parent)
        if refusal := why_not_moved(head, there):
            raise NotUndoable(refusal)
        _put(head, there, now, tree_id=left.from_tree_id)
        if parent is not None:
            tree.place_behind(head, left.behind_id)
        _log(Act.UNDONE, head, by, now, undoes_id=entry.pk)
        moved.enqueue_telling(head)
        return head

    return tree.under_locks(ids, move)


def _put(head: Comment, target: Target, now: datetime, tree_id: int | None = None) -> None:
    at_top = {"tree_id": tree_id} if target.parent is None else {}
    tree.move_branch(head, post=target.post, parent=target.parent, **at_top)
    numbers.renumber_branch(head)
    branch = head.get_descendants(include_self=True)
    branch.update(changed_at=now)
    head.refresh_from_db()
    head.renew_version("moved")


def _require_last_move(entry: LogEntry, head: Comment) -> None:
    moves = LogEntry.objects.filter(comment_id=head.pk, act=Act.MOVED).standing()
    last = moves.order_by("-pk").first()
    if last is None or last.pk != entry.pk:
        raise NotUndoable("This was taken back already, or moved again since; nothing was changed.")


def _log(act: Act, head: Comment, by: "User", now: datetime, **undone: Any) -> LogEntry:
    return log_act(act, head, status_before=head.status, actor_id=by.pk, at=now, **undone)
