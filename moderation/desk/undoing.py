"""Taking an act back: what it changed becomes what it was, and the log says so."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.utils import timezone

from comments import notifications, tree
from comments.models import Comment, Revision
from comments.status import UNDO_FOR, Remover, Status
from core.compiled import Compiled, Given
from moderation.desk.braking import LOCKS, SLOW_MODES, take_brake_back
from moderation.desk.moving import NotUndoable, move_back
from moderation.desk.redacting import bring_back_words
from moderation.desk.renewing import take_back_new_text
from moderation.learning.jobs import enqueue_learning
from moderation.models import DECISIONS, Act, FollowUp, LogEntry, Report
from moderation.permissions import require_may_moderate
from moderation.services import log_act

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.db.models import QuerySet

AT_MOST: Final = 200
OF_BRANCHES: Final = (Act.MOVED, *LOCKS, *SLOW_MODES)
OF_A_BRANCH_AGAIN: Final[dict[str, str]] = {
    Act.MOVED: "the branch stands where it was",
    Act.LOCKED: "this lock is gone",
    Act.LOCK_CHANGED: "the lock is as it was",
    Act.UNLOCKED: "the lock is as it was",
    Act.SLOWED: "this slow mode is gone",
    Act.SLOW_MODE_CHANGED: "slow mode is as it was",
    Act.NO_LONGER_SLOWED: "slow mode is as it was",
}
UNDOABLE: Final = (*DECISIONS, Act.OWED, *OF_BRANCHES)
# What may have happened to a comment since, and leaves an earlier act as it is.
BESIDE: Final = (
    Act.REPORTED,
    Act.OWED,
    Act.NO_LONGER_OWED,
    Act.NOTED,
    *OF_BRANCHES,
)


def undo_act(*, entry_id: int, by: "User") -> Comment:
    """Take back the last act on a comment; a number that it gave stays given.

    Reports that it answered are open again, a reply that it promised is not owed, and one that was
    given with it waits. Opens its own transaction under the lock of the comment's tree. Raises
    NotUndoable, NotAllowed, TreeBusy, LogEntry.DoesNotExist, Comment.DoesNotExist.
    """
    entry = LogEntry.objects.get(pk=entry_id, comment_id__isnull=False)
    if entry.act == Act.MOVED:
        return move_back(entry=entry, by=by)
    if entry.act in OF_BRANCHES:
        return take_brake_back(entry=entry, by=by)
    now = timezone.now()

    def work(comment: Comment) -> Comment:
        require_may_moderate(by, comment)
        if refusal := why_not_undone(entry, comment):
            raise NotUndoable(refusal)
        _undo(entry, comment, by, now)
        for given in _given_with(entry):
            reply = Comment.objects.select_related("post").get(pk=given.comment_id)
            if not why_not_undone(given, reply):
                _undo(given, reply, by, now)
        return comment

    return tree.under_lock(entry.comment_id or 0, work)


def why_not_undone(entry: LogEntry, comment: Comment) -> str:
    """Why an act on a comment can't be taken back; empty if it can. At most two queries."""
    if not _is_undoable(entry):
        return "This act can't be taken back."
    if LogEntry.objects.filter(undoes_id=entry.pk).exists():
        return "This was taken back already; nothing was changed."
    acts = LogEntry.objects.filter(comment_id=comment.pk)
    of_branches = acts.filter(act__in=OF_BRANCHES).values("pk")
    since = acts.filter(pk__gt=entry.pk).exclude(act__in=BESIDE)
    later = since.exclude(act=Act.UNDONE, undoes_id__in=of_branches).order_by("-pk").first()
    if later is not None or comment.status != entry.status_after:
        what = f": {later.get_act_display().lower()}" if later is not None else ""
        return f"Something was done to the comment since{what}. Nothing was changed."
    return ""


def what_is_so_again(act: str, status: str) -> str:
    """What holds after such an act was taken back; of a branch or conversation: not a status."""
    state = "waiting" if status == Status.PENDING else status
    return OF_A_BRANCH_AGAIN.get(act, f"{state} again")


def undoable(entries: list[LogEntry]) -> frozenset[int]:
    """Of all acts on one comment, oldest first, the rows that can be taken back now. No query.

    The last decision; and, whatever was decided since, the last move, the last act on the lock and
    the last on slow mode.
    """
    undone = {entry.undoes_id for entry in entries}
    of_branches = [entry for entry in entries if entry.act in OF_BRANCHES]
    apart = {entry.pk for entry in of_branches}
    decided = [
        one for one in entries if one.act not in BESIDE and (one.undoes_id or 0) not in apart
    ]
    standing = [one for one in of_branches if one.pk not in undone]
    families = ((Act.MOVED,), LOCKS, SLOW_MODES)
    of_each = [[one for one in standing if one.act in family] for family in families]
    last = [one for some in (decided, *of_each) for one in some[-1:]]
    return frozenset(one.pk for one in last if _is_undoable(one) and one.pk not in undone)


def lately_done(user: "User") -> list[LogEntry]:
    """What somebody decided before anybody hears of it by mail (UNDO_FOR), the latest first.

    Of each comment the last act; own comments are no decisions. One query.
    """
    latest: dict[int | None, LogEntry] = {}
    for entry in _LATELY.rows(user=user.pk, since=timezone.now() - UNDO_FOR):
        latest.setdefault(entry.comment_id, entry)
    return [entry for entry in latest.values() if entry.act in UNDOABLE]


def _lately() -> "QuerySet[LogEntry]":
    own = LogEntry.objects.filter(actor_id=Given("user"), at__gte=Given("since"))
    return own.filter(comment_id__isnull=False).standing().order_by("-pk")[:AT_MOST]


_LATELY: Final = Compiled(_lately)


def _is_undoable(entry: LogEntry) -> bool:
    """Decisions of people; and a reply by staff, which was public at once."""
    own_reply = entry.act == Act.RECEIVED and entry.status_after == Status.PUBLISHED
    return entry.actor_id is not None and (entry.act in UNDOABLE or own_reply)


def _undo(entry: LogEntry, comment: Comment, by: "User", now: datetime) -> None:
    before = comment.status
    _take_back(entry, comment, now)
    Report.objects.filter(comment=comment, answered_at=entry.at).update(answered_at=None)
    FollowUp.objects.filter(comment=comment, owed_by_id=entry.actor_id, owed_at=entry.at).delete()
    log_act(Act.UNDONE, comment, status_before=before, actor_id=by.pk, at=now, undoes_id=entry.pk)
    enqueue_learning(comment.pk)
    notifications.note_change(comment)


def _given_with(entry: LogEntry) -> "Iterable[LogEntry]":
    """The replies that whoever published a comment gave at once: of answering.publish_and_reply."""
    if entry.act != Act.PUBLISHED:
        return ()
    replies = Comment.objects.filter(parent=entry.comment_id).values("pk")
    own = LogEntry.objects.filter(act=Act.RECEIVED, actor_id=entry.actor_id, comment_id__in=replies)
    return own.filter(status_after=Status.PUBLISHED, at__range=(entry.at, entry.at + UNDO_FOR))


def _take_back(entry: LogEntry, comment: Comment, now: datetime) -> None:
    if entry.act == Act.REDACTED:
        _bring_back(comment, entry, now)
    if entry.act == Act.KEPT:
        take_back_new_text(comment, kept_at=entry.at, now=now)
    to = Status(entry.status_before or Status.PENDING)
    if to == comment.status:
        if entry.act != Act.REDACTED:
            comment.renew_version("undone")
        return
    comment.change_status(to, at=now, removed_by=Remover.MODERATOR)


def _bring_back(comment: Comment, entry: LogEntry, now: datetime) -> None:
    try:
        bring_back_words(comment, redacted_at=entry.at, now=now)
    except Revision.DoesNotExist as error:
        raise NotUndoable("The original text was erased since; nothing was changed.") from error
