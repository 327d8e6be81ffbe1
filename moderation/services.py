"""Every act on a comment: one function each, permission checked, one log row in its transaction.

Each opens its own transaction under the lock of the comment's tree, so none may be called inside
`atomic()`. All raise NotAllowed, StatusConflict (somebody else was first, or the state does not
allow it; nothing was written), TreeBusy, and Comment.DoesNotExist. Every act answers the reports
that readers sent about the comment (moderation.reports takes them in). Those that take a `clause`
also raise ClauseOutOfDate where it is not one of the current version of the policy.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Final

from django.utils import timezone

from comments import markup, notifications, numbers, tree
from comments.errors import CommentError, StatusConflict
from comments.models import Comment, ReceivedMention
from comments.status import Remover, Status
from core.compiled import CompiledInsert
from moderation.learning.jobs import enqueue_learning
from moderation.models import Act, Clause, DecisionNote, LogEntry, Report
from moderation.permissions import require_may_moderate
from moderation.policy.citing import require_current
from moderation.webhooks.announcing import announce

if TYPE_CHECKING:
    from django.contrib.auth.models import User

Change = Callable[[Comment, datetime], None]


class Withdrawn(CommentError):
    """Its own writer took the comment back."""

    def __init__(self) -> None:
        super().__init__("Its writer withdrew this comment: it can't be brought back.")


class NoteTooLong(CommentError):
    """A note to the commenter is over its limit; its text is in the sentence, not to be lost."""

    def __init__(self, note: str) -> None:
        super().__init__(
            f"The note has {len(note):,} characters; {DecisionNote.MAX_LENGTH:,} are possible."
            f" Nothing was changed. Your note: {note}"
        )


def publish_comment(*, comment_id: int, version: int, by: "User") -> Comment:
    """Make it public; the first time, allot its number.

    Also raises ParentWithoutNumber for a reply to a comment that was never public.
    """
    return carry_out(Act.PUBLISHED, comment_id, version, by, make_public)


def make_public(comment: Comment, now: datetime) -> None:
    """What publishing changes, for acts that do more besides: see carry_out."""
    numbers.allot_number(comment)
    comment.change_status(Status.PUBLISHED, at=now)


def hold_comment(
    *, comment_id: int, version: int, by: "User", clause: Clause | None = None
) -> Comment:
    """Put it back among what waits; a public one leaves a tombstone meanwhile.

    Also raises Withdrawn.
    """

    def hold(comment: Comment, now: datetime) -> None:
        require_not_withdrawn(comment)
        comment.change_status(Status.PENDING, at=now)

    return carry_out(Act.HELD, comment_id, version, by, hold, clause=clause)


def reject_comment(
    *, comment_id: int, version: int, by: "User", note: str = "", clause: Clause | None = None
) -> Comment:
    """Refuse it; a public one leaves a tombstone.

    `note` and `clause` are for the commenter, who finds them on the private status page; the clause
    also stands on the tombstone. Also raises NoteTooLong.
    """
    note = checked_note(note)
    return _change(Act.REJECTED, Status.REJECTED, comment_id, version, by, note=note, clause=clause)


def mark_spam(
    *, comment_id: int, version: int, by: "User", clause: Clause | None = None
) -> Comment:
    """Call it spam; a public one leaves a tombstone."""
    return _change(Act.MARKED_SPAM, Status.SPAM, comment_id, version, by, clause=clause)


def remove_comment(
    *, comment_id: int, version: int, by: "User", clause: Clause | None = None
) -> Comment:
    """Take it down by a moderator's hand; number and replies keep their places.

    The tombstone and the private status page name the `clause`.
    """

    def remove(comment: Comment, now: datetime) -> None:
        comment.change_status(Status.REMOVED, at=now, removed_by=Remover.MODERATOR)

    return carry_out(Act.REMOVED, comment_id, version, by, remove, clause=clause)


def restore_comment(*, comment_id: int, version: int, by: "User") -> Comment:
    """Give a removed comment the status that it had before.

    Also raises Withdrawn: nobody but its writer publishes what its writer took back.
    """

    def restore(comment: Comment, now: datetime) -> None:
        if comment.status != Status.REMOVED:
            raise StatusConflict(comment.status, "restored")
        require_not_withdrawn(comment)
        comment.change_status(Status(comment.status_before_removal), at=now)

    return carry_out(Act.RESTORED, comment_id, version, by, restore)


def dismiss_reports(*, comment_id: int, version: int, by: "User") -> Comment:
    """Keep a comment that was reported, or edited by its writer, as it is.

    Its reports are answered, and a new text that the page of a mention has is passed over.
    """

    def keep(comment: Comment, now: datetime) -> None:
        passed_over = ReceivedMention.objects.changed().filter(comment=comment)
        asked = passed_over.update(is_changed=False) or comment.edited_at
        asked = asked or comment.reports.unanswered().exists()
        if not comment.is_published or not asked:
            raise StatusConflict(comment.status, "kept")
        comment.renew_version("kept")

    return carry_out(Act.KEPT, comment_id, version, by, keep)


def _change(
    act: Act,
    to: Status,
    comment_id: int,
    version: int,
    by: "User",
    *,
    note: str = "",
    clause: Clause | None = None,
) -> Comment:
    def change(comment: Comment, now: datetime) -> None:
        comment.change_status(to, at=now)

    return carry_out(act, comment_id, version, by, change, note=note, clause=clause)


def checked_note(note: str) -> str:
    """The note as it will be stored. Raises NoteTooLong."""
    note = markup.normalise(note)
    if len(note) > DecisionNote.MAX_LENGTH:
        raise NoteTooLong(note)
    return note


def require_not_withdrawn(comment: Comment) -> None:
    """Raise Withdrawn where its own writer took it back."""
    if comment.is_withdrawn:
        raise Withdrawn


def carry_out(
    act: Act,
    comment_id: int,
    version: int,
    by: "User",
    change: Change,
    *,
    note: str = "",
    clause: Clause | None = None,
) -> Comment:
    """One act: lock, read, judge, compare with the version seen, change, answer reports, log.

    `change` does what the act is about; it may raise CommentError, and nothing is written then.
    """
    now = timezone.now()

    def work(comment: Comment) -> Comment:
        require_may_moderate(by, comment)
        if comment.version != version:
            raise StatusConflict(comment.status, act.label)
        require_current(clause)
        before = comment.status
        change(comment, now)
        Report.objects.filter(comment=comment).answer(now)
        clause_id = clause.pk if clause else None
        entry = log_act(
            act, comment, status_before=before, actor_id=by.pk, at=now, clause_id=clause_id
        )
        if note:
            DecisionNote.objects.create(comment=comment, log_entry_id=entry.pk, text=note)
        enqueue_learning(comment.pk)
        if comment.status != before or act == Act.REDACTED:
            notifications.note_change(comment)
        return comment

    return tree.under_lock(comment_id, work)


def log_act(
    act: Act,
    comment: Comment,
    *,
    status_before: str,
    actor_id: int | None,
    at: datetime,
    clause_id: int | None = None,
    undoes_id: int | None = None,
) -> LogEntry:
    """Write the one log row of an act; the caller holds the transaction of the change.

    Webhooks that are told of such acts get their messages in the same transaction: one query, two
    more for each message.
    """
    entry = LogEntry(
        act=act,
        comment_id=comment.pk,
        post_id=comment.post_id,
        actor_id=actor_id,
        clause_id=clause_id,
        undoes_id=undoes_id,
        status_before=status_before,
        status_after=comment.status,
        number=comment.number or "",
        at=at,
    )
    _STORE_ENTRIES([entry])
    announce(entry, comment)
    return entry


_STORE_ENTRIES: Final = CompiledInsert(LogEntry)


def log_import(comments: Iterable[tuple[Comment, str]], *, at: datetime) -> None:
    """One log row for each comment that an import brought, or gave a number; by nobody.

    Each comes with its status before, empty for a new one. The caller holds the transaction.
    """
    rows = (
        LogEntry(
            act=Act.IMPORTED,
            comment_id=comment.pk,
            post_id=comment.post_id,
            status_before=status_before,
            status_after=comment.status,
            number=comment.number or "",
            at=at,
        )
        for comment, status_before in comments
    )
    while some := list(islice(rows, 1000)):
        LogEntry.objects.bulk_create(some)
