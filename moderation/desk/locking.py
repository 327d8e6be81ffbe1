"""Locking a branch, with words that readers see, and unlocking it: one log row each.

Each act opens its own transaction under the lock of the tree, which every reply takes too: none is
accepted once a branch is locked. It makes no form stale. All raise NotPossibleNow, NotAllowed,
StatusConflict, TreeBusy and Comment.DoesNotExist; those with a `clause` also ClauseOutOfDate.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from comments.brakes import lock_over, why_locked
from comments.models import Brake, Comment
from comments.models.brakes import BrakeQuerySet
from moderation.desk.braking import NotPossibleNow, Terms, act_on_branch, change_brake, set_brake
from moderation.models import Act, Clause

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def lock_branch(
    *,
    comment_id: int,
    version: int,
    by: "User",
    reason: str,
    until: datetime | None = None,
    clause: Clause | None = None,
) -> Comment:
    """Keep readers from replying to a comment and below it, until a time if one is given.

    What waits there goes on waiting, and staff may reply.
    """
    terms = Terms(reason=reason, until=until, clause=clause)

    def lock(comment: Comment, now: datetime) -> Brake:
        if _own(comment).in_force(now).exists():
            raise NotPossibleNow(
                f"{why_locked(comment, now)} Change that lock instead; nothing was changed."
            )
        return set_brake(_own(comment), terms, now, head=comment, set_by=by)

    return act_on_branch(Act.LOCKED, comment_id, version, by, lock)


def change_lock(
    *,
    comment_id: int,
    version: int,
    by: "User",
    brake: int,
    reason: str,
    until: datetime | None = None,
    clause: Clause | None = None,
) -> Comment:
    """Give a lock other terms. `brake` is the id of the one that was looked at."""
    terms = Terms(reason=reason, until=until, clause=clause)

    def change(comment: Comment, now: datetime) -> Brake:
        return change_brake(_own(comment), brake, terms, now, head=comment, set_by=by)

    return act_on_branch(Act.LOCK_CHANGED, comment_id, version, by, change)


def unlock_branch(*, comment_id: int, version: int, by: "User") -> Comment:
    """Let readers reply again where this comment's own lock kept them from it.

    A lock further up goes on.
    """

    def unlock(comment: Comment, now: datetime) -> None:
        if not _own(comment).in_force(now).update(lifted_at=now):
            raise NotPossibleNow("This branch is not locked by now; nothing was changed.")

    return act_on_branch(Act.UNLOCKED, comment_id, version, by, unlock)


def lock_above(comment: Comment) -> str:
    """A sentence for who unlocked a comment's branch, where a lock further up goes on; else empty.

    At most two queries.
    """
    lock = lock_over(comment, timezone.now())
    if lock is None or lock.head is None:
        return ""
    which = f"#{lock.head.number}" if lock.head.number else "a comment without a number"
    return f" It stands in the one from {which}, which still is: “{lock.reason}”"


def _own(comment: Comment) -> BrakeQuerySet:
    return Brake.objects.filter(head=comment).locks()
