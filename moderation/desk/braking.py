"""What locking and slow mode have in common: terms, one row in force, the log row, the way back.

A brake is changed by another row, so that each act can be taken back as it was.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.utils import timezone

from comments import markup, tree
from comments.errors import CommentError, StatusConflict
from comments.models import Brake, Comment
from comments.models.brakes import BrakeQuerySet
from core.moments import is_possible
from moderation.desk.moving import NotUndoable
from moderation.models import Act, Clause, DecisionNote, LogEntry
from moderation.permissions import require_may_moderate
from moderation.policy.citing import require_current
from moderation.services import log_act

if TYPE_CHECKING:
    from django.contrib.auth.models import User

LOCKS: Final = (Act.LOCKED, Act.LOCK_CHANGED, Act.UNLOCKED)
SETTING: Final = {Act.LOCKED, Act.LOCK_CHANGED, Act.SLOWED, Act.SLOW_MODE_CHANGED}
SLOW_MODES: Final = (Act.SLOWED, Act.SLOW_MODE_CHANGED, Act.NO_LONGER_SLOWED)


class NotPossibleNow(CommentError):
    """A brake can't be set, changed or lifted like that; the sentence says why."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Of a brake; `reason` is what was typed, `minutes` None for a lock."""

    reason: str
    until: datetime | None = None
    clause: Clause | None = None
    minutes: int | None = None

    def fields(self, now: datetime, cited: int | None = None) -> dict[str, Any]:
        """The columns of a row; a clause that is `cited` already may be of an earlier policy.

        Raises NotPossibleNow, ClauseOutOfDate.
        """
        if self.minutes is not None and not 1 <= self.minutes <= Brake.LONGEST:
            raise NotPossibleNow(
                f"One comment in 1 to {Brake.LONGEST:,} minutes is possible; nothing was changed."
            )
        if self.until is not None and self.until <= now:
            raise NotPossibleNow("It would be over already; nothing was changed.")
        if self.until is not None and not is_possible(self.until):
            raise NotPossibleNow("No clock can tell that end: leave it empty for none.")
        if self.clause is not None and self.clause.pk != cited:
            require_current(self.clause)
        return {
            "reason": _in_one_line(self.reason),
            "until_at": self.until,
            "clause_id": self.clause.pk if self.clause else None,
            "minutes": self.minutes,
        }


def act_on_branch(
    act: Act, comment_id: int, version: int, by: "User", change: Callable[[Comment, datetime], Any]
) -> Comment:
    """One act on the branch of a comment, with its log row, in a transaction of its own.

    It is done under the lock of the tree, which every reply takes too. `change` gives the row that
    was made, if one was. Raises NotAllowed, StatusConflict, TreeBusy, Comment.DoesNotExist.
    """

    def work(comment: Comment) -> Comment:
        now = timezone.now()
        require_may_moderate(by, comment)
        if comment.version != version:
            raise StatusConflict(comment.status, act.label)
        brake = change(comment, now)
        entry = log_act(
            act, comment, status_before=comment.status, actor_id=by.pk, at=now,
            clause_id=brake.clause_id if brake else None,
        )  # fmt: skip
        if brake:
            DecisionNote.objects.create(comment=comment, log_entry_id=entry.pk, text=brake.reason)
        return comment

    return tree.under_lock(comment_id, work)


def set_brake(own: BrakeQuerySet, terms: Terms, now: datetime, **place: Any) -> Brake:
    """Make the row, where none of `own` is in force; what is over by the clock is put aside."""
    fields = terms.fields(now)
    for over in own.filter(lifted_at=None):
        over.lifted_at = over.until_at
        over.save(update_fields=["lifted_at"])
    return Brake.objects.create(set_at=now, **fields, **place)


def change_brake(own: BrakeQuerySet, seen: int, terms: Terms, now: datetime, **place: Any) -> Brake:
    """Lift the one in force and make another. `seen` is the id of the row that the form showed."""
    earlier = own.in_force(now).filter(pk=seen).first()
    if earlier is None:
        raise NotPossibleNow(
            "Somebody else changed or ended it since you looked; nothing of yours was changed."
        )
    fields = terms.fields(now, cited=earlier.clause_id)
    own.filter(pk=seen).update(lifted_at=now)
    return Brake.objects.create(set_at=now, **fields, **place)


def take_back(own: BrakeQuerySet, family: "Any", entry: LogEntry, now: datetime) -> None:
    """Undo the last act of a family on one place: what it made is lifted, what it lifted is back.

    `family` are the log rows of such acts there. Raises NotUndoable.
    """
    last, before = [*family.standing().order_by("-pk")[:2], None, None][:2]
    if last != entry:
        raise NotUndoable(
            "This was taken back already, or changed by another act since; nothing was changed."
        )
    is_change = before is not None and {entry.act, before.act} <= SETTING
    if is_change and not own.filter(set_at=before.at).exists():
        # Before there were terms a change was made in the one row that there was.
        raise NotUndoable(
            "What it was before this change was not kept: change it, or end it. Nothing was done."
        )
    lifted = own.filter(set_at=entry.at).update(lifted_at=now)
    if not lifted + own.filter(lifted_at=entry.at).update(lifted_at=None):
        raise NotUndoable("What this did is not known any more; nothing was changed.")


def take_brake_back(*, entry: LogEntry, by: "User") -> Comment:
    """Undo the last act on the lock, or on the slow mode, of a branch.

    Opens its own transaction. Raises NotUndoable, NotAllowed, TreeBusy, Comment.DoesNotExist.
    """
    acts = LOCKS if entry.act in LOCKS else SLOW_MODES

    def work(comment: Comment) -> Comment:
        now = timezone.now()
        require_may_moderate(by, comment)
        own = Brake.objects.filter(head=comment)
        family = LogEntry.objects.filter(comment_id=comment.pk, act__in=acts)
        take_back(own, family, entry, now)
        log_act(
            Act.UNDONE, comment, status_before=comment.status, actor_id=by.pk, at=now,
            undoes_id=entry.pk,
        )  # fmt: skip
        return comment

    return tree.under_lock(entry.comment_id or 0, work)


def read_end(typed: str) -> datetime | None:
    """A day and time as a browser's field sends it, in the zone of the site; None for nothing.

    A day alone: when it begins. Raises NotPossibleNow.
    """
    typed = typed.strip()
    if not typed:
        return None
    try:
        return timezone.make_aware(datetime.fromisoformat(typed).replace(tzinfo=None))
    except (ValueError, OverflowError) as error:
        raise NotPossibleNow(
            "The end could not be read: a day and a time, such as 2026-03-31 18:00."
        ) from error


def _in_one_line(reason: str) -> str:
    """The reason as it is stored. Raises NotPossibleNow."""
    reason = " ".join(markup.normalise(reason).split())
    if not reason:
        raise NotPossibleNow("Please say why: readers see it.")
    longest = Brake.REASON_MAX_LENGTH
    if len(reason) > longest:
        raise NotPossibleNow(
            f"The reason has {len(reason):,} characters; {longest:,} are possible."
        )
    return reason
