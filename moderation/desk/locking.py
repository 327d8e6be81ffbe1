"""Locking a branch, with words that readers see, and unlocking it: one log row each.

Each act opens its own transaction under the lock of the tree, which every reply takes too: none is
accepted once a branch is locked. All raise NotAllowed, TreeBusy and Comment.DoesNotExist.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.utils import timezone

from comments import locks, markup, tree
from comments.errors import CommentError, StatusConflict
from comments.models import BranchLock, Comment
from moderation.desk.moving import NotUndoable
from moderation.models import Act, Clause, DecisionNote, LogEntry
from moderation.permissions import require_may_moderate
from moderation.policy.citing import require_current
from moderation.services import log_act

if TYPE_CHECKING:
    from django.contrib.auth.models import User

LOCKS: Final = (Act.LOCKED, Act.UNLOCKED)


class NotLockable(CommentError):
    """The branch can't be locked like that, or can't be unlocked; the sentence says why."""


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

    What waits there goes on waiting, and staff may reply. No form is stale by it. Also raises
    NotLockable, StatusConflict, ClauseOutOfDate.
    """
    reason = _checked(reason)

    def lock(comment: Comment) -> Comment:
        now = timezone.now()
        require_may_moderate(by, comment)
        if until is not None and until <= now:
            raise NotLockable("The lock would be over already; nothing was changed.")
        if comment.version != version:
            raise StatusConflict(comment.status, "locked")
        require_current(clause)
        _require_unlocked(comment, now)
        clause_id = clause.pk if clause else None
        BranchLock.objects.create(
            head=comment, reason=reason, clause_id=clause_id, locked_by=by, locked_at=now,
            until_at=until,
        )  # fmt: skip
        entry = _log(Act.LOCKED, comment, by, now, clause_id=clause_id)
        DecisionNote.objects.create(comment=comment, log_entry_id=entry.pk, text=reason)
        return comment

    return tree.under_lock(comment_id, lock)


def unlock_branch(*, comment_id: int, version: int, by: "User") -> Comment:
    """Let readers reply again where this comment's own lock kept them from it.

    A lock further up goes on. Also raises NotLockable, StatusConflict.
    """

    def unlock(comment: Comment) -> Comment:
        now = timezone.now()
        require_may_moderate(by, comment)
        if comment.version != version:
            raise StatusConflict(comment.status, "unlocked")
        if not _own(comment).in_force(now).update(lifted_at=now):
            raise NotLockable("This branch is not locked by now; nothing was changed.")
        _log(Act.UNLOCKED, comment, by, now)
        return comment

    return tree.under_lock(comment_id, unlock)


def take_lock_back(*, entry: LogEntry, by: "User") -> Comment:
    """Undo the last locking or unlocking of a branch; a lock is then as it was.

    Also raises NotUndoable.
    """

    def take_back(comment: Comment) -> Comment:
        now = timezone.now()
        require_may_moderate(by, comment)
        acts = LogEntry.objects.filter(comment_id=comment.pk, act__in=LOCKS).standing()
        if acts.order_by("-pk").first() != entry:
            raise NotUndoable(
                "This was taken back already, or locked or unlocked since; nothing was changed."
            )
        if entry.act == Act.LOCKED:
            changed = _own(comment).filter(locked_at=entry.at).update(lifted_at=now)
        else:
            changed = _own(comment).filter(lifted_at=entry.at).update(lifted_at=None)
        if not changed:
            raise NotUndoable("This lock is not known any more; nothing was changed.")
        _log(Act.UNDONE, comment, by, now, undoes_id=entry.pk)
        return comment

    return tree.under_lock(entry.comment_id or 0, take_back)


def lock_above(comment: Comment) -> str:
    """A sentence for who unlocked a comment's branch, where a lock further up goes on; else empty.

    At most two queries.
    """
    lock = locks.lock_over(comment, timezone.now())
    if lock is None:
        return ""
    which = f"#{lock.head.number}" if lock.head.number else "a comment without a number"
    return f" It stands in the one from {which}, which still is: “{lock.reason}”"


def read_end(typed: str) -> datetime | None:
    """A day and time as a browser's field sends it, in the zone of the site; None for nothing.

    A day alone: when it begins. Raises NotLockable.
    """
    typed = typed.strip()
    if not typed:
        return None
    try:
        return timezone.make_aware(datetime.fromisoformat(typed).replace(tzinfo=None))
    except (ValueError, OverflowError) as error:
        raise NotLockable(
            "The end of the lock could not be read: a day and a time, such as 2026-03-31 18:00."
        ) from error


def _checked(reason: str) -> str:
    """The reason in one line. Raises NotLockable."""
    reason = " ".join(markup.normalise(reason).split())
    if not reason:
        raise NotLockable("Please say why the branch is locked: readers see it.")
    longest = BranchLock.REASON_MAX_LENGTH
    if len(reason) > longest:
        raise NotLockable(f"The reason has {len(reason):,} characters; {longest:,} are possible.")
    return reason


def _require_unlocked(comment: Comment, now: datetime) -> None:
    """Raise NotLockable where it has a lock of its own; put one aside that is over."""
    earlier = _own(comment).filter(lifted_at=None).select_related("locked_by").first()
    if earlier is None:
        return
    if earlier.until_at is None or earlier.until_at > now:
        raise NotLockable(
            f"{locks.why_locked(comment, now)} Unlock it first to lock it in another way;"
            " nothing was changed."
        )
    earlier.lifted_at = earlier.until_at
    earlier.save(update_fields=["lifted_at"])


def _own(comment: Comment) -> Any:
    return BranchLock.objects.filter(head=comment)


def _log(act: Act, comment: Comment, by: "User", now: datetime, **more: Any) -> LogEntry:
    return log_act(act, comment, status_before=comment.status, actor_id=by.pk, at=now, **more)
