"""The acts of the desk, as one table: button, key, what its form holds, and the service.

Views, cards, the script's keys and the help are made of it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from comments.models import Comment
from comments.status import Status, may_follow
from moderation import services
from moderation.desk.answering import publish_and_reply
from moderation.desk.locking import change_lock, lock_branch, unlock_branch
from moderation.desk.owing import publish_owing
from moderation.desk.redacting import redact_comment
from moderation.desk.renewing import show_new_text
from moderation.desk.slowing import change_slow_mode, end_slow_mode, slow_branch

Offered = Callable[[Any], bool]


@dataclass(frozen=True, kw_only=True)
class DeskAct:
    """One act; `name` is the last part of its address. Acts that share a key exclude each other.

    `takes` are the fields of its form, by the service's parameters; `ticked` is the label of the
    button for all ticked comments, empty for an act that is about one only.
    """

    name: str
    label: str
    key: str
    done: str  # said afterwards; {number} is the comment's
    service: Callable[..., Comment]
    is_offered: Offered
    takes: tuple[str, ...] = ()
    ticked: str = ""
    summary: str = ""  # on what opens the fields of its form
    of_branch: bool = False  # the comment itself is still to be decided on

    @property
    def has_words(self) -> bool:
        """Whether its form is about words, and is opened to be filled in first."""
        return not {"text", "reason"}.isdisjoint(self.takes)


def _leads_to(status: Status) -> Offered:
    return lambda comment: (
        comment.status != Status.REMOVED
        and may_follow(status, comment.status, comment.status_before_removal)
    )


def _is_public_or_may_be(comment: Any) -> bool:
    return comment.is_published or _leads_to(Status.PUBLISHED)(comment)


def _may_be_held(comment: Any) -> bool:
    if comment.status == Status.REMOVED:
        return bool(comment.status_before_removal != Status.PENDING)
    return _leads_to(Status.PENDING)(comment)


def _has_own_lock(comment: Any) -> bool:
    return comment.lock is not None and comment.lock.head_id == comment.pk


def _has_own_slow_mode(comment: Any) -> bool:
    return comment.slow is not None and comment.slow.head_id == comment.pk


def _asks_to_be_kept(comment: Any) -> bool:
    return comment.is_published and bool(
        comment.open_reports or comment.judged or says_something_new(comment)
    )


def says_something_new(comment: Any) -> bool:
    """Whether it is a public mention whose page has another text, which nobody has looked at."""
    mention = getattr(comment, "mention", None)  # most comments are none
    return comment.is_published and mention is not None and mention.is_changed


ACTS: Final[dict[str, DeskAct]] = {
    act.name: act
    for act in (
        DeskAct(
            name="keep",
            label="Keep",
            key="i",
            done="Kept as it is.",
            service=services.dismiss_reports,
            is_offered=_asks_to_be_kept,
            ticked="Keep",
        ),
        DeskAct(
            name="renew",
            label="Show the new text",
            key="t",
            done="The new text is shown.",
            service=show_new_text,
            is_offered=says_something_new,
            ticked="Show new texts",
        ),
        DeskAct(
            name="publish",
            label="Publish",
            key="a",
            done="Published as #{number}.",
            service=services.publish_comment,
            is_offered=_leads_to(Status.PUBLISHED),
            ticked="Publish",
        ),
        DeskAct(
            name="owe",
            label="Owe a reply",
            key="o",
            done="Public as #{number}; on your list of replies until you answer.",
            service=publish_owing,
            is_offered=_is_public_or_may_be,
            ticked="Publish, owe replies",
        ),
        DeskAct(
            name="reject",
            label="Reject",
            key="n",
            done="Rejected.",
            service=services.reject_comment,
            is_offered=_leads_to(Status.REJECTED),
            takes=("clause", "note"),
            ticked="Reject",
            summary="with a note or a clause",
        ),
        DeskAct(
            name="spam",
            label="Spam",
            key="s",
            done="Marked as spam.",
            service=services.mark_spam,
            is_offered=_leads_to(Status.SPAM),
            takes=("clause",),
            ticked="Spam",
            summary="by a clause",
        ),
        DeskAct(
            name="remove",
            label="Remove",
            key="d",
            done="Removed.",
            service=services.remove_comment,
            is_offered=_leads_to(Status.REMOVED),
            takes=("clause",),
            ticked="Remove",
            summary="by a clause",
        ),
        DeskAct(
            name="restore",
            label="Restore",
            key="v",
            done="Restored.",
            service=services.restore_comment,
            is_offered=lambda comment: comment.status == Status.REMOVED,
            ticked="Restore",
        ),
        DeskAct(
            name="hold",
            label="Back to waiting",
            key="u",
            done="Back among what waits.",
            service=services.hold_comment,
            is_offered=_may_be_held,
            takes=("clause",),
            ticked="Back to waiting",
            summary="by a clause",
        ),
        DeskAct(
            name="answer",
            label="Publish and reply",
            key="r",
            done="Public as #{number}, and answered.",
            service=publish_and_reply,
            is_offered=_is_public_or_may_be,
            takes=("text",),
            summary="Reply",
        ),
        DeskAct(
            name="redact",
            label="Take the missing words out",
            key="e",
            done="Words were taken out; the original is kept.",
            service=redact_comment,
            is_offered=lambda comment: comment.status != Status.REMOVED,
            takes=("text", "clause", "note"),
            summary="Take words out",
        ),
        DeskAct(
            name="lock",
            label="Lock the branch",
            key="l",
            done="The branch from here is locked.",
            service=lock_branch,
            is_offered=lambda comment: not _has_own_lock(comment),
            takes=("reason", "until", "clause"),
            summary="Lock the branch",
            of_branch=True,
        ),
        DeskAct(
            name="relock",
            label="Change the lock",
            key="l",
            done="The lock of the branch is changed.",
            service=change_lock,
            is_offered=_has_own_lock,
            takes=("brake", "reason", "until", "clause"),
            summary="Change the lock",
            of_branch=True,
        ),
        DeskAct(
            name="unlock",
            label="Unlock the branch",
            key="f",
            done="The branch from here is no longer locked.",
            service=unlock_branch,
            is_offered=_has_own_lock,
            of_branch=True,
        ),
        DeskAct(
            name="slow",
            label="Slow the branch",
            key="p",
            done="The branch from here is slowed.",
            service=slow_branch,
            is_offered=lambda comment: not _has_own_slow_mode(comment),
            takes=("minutes", "reason", "until", "clause"),
            summary="Slow the branch",
            of_branch=True,
        ),
        DeskAct(
            name="reslow",
            label="Change slow mode",
            key="p",
            done="The slow mode of the branch is changed.",
            service=change_slow_mode,
            is_offered=_has_own_slow_mode,
            takes=("brake", "minutes", "reason", "until", "clause"),
            summary="Change slow mode",
            of_branch=True,
        ),
        DeskAct(
            name="unslow",
            label="End slow mode",
            key="g",
            done="The branch from here is no longer slowed.",
            service=end_slow_mode,
            is_offered=_has_own_slow_mode,
            of_branch=True,
        ),
    )
}
TICKED: Final[Sequence[DeskAct]] = tuple(act for act in ACTS.values() if act.ticked)

# What the keys do that are no act of their own.
MOVES: Final = (
    ("j", "next comment"),
    ("k", "comment before"),
    ("x", "tick it"),
    ("z", "undo the last act"),
    ("c", "that you are on it, and no longer: others see it on the card"),
    ("n, then 1 to 9", "reject by that clause; n, then Enter: without one"),
    ("Shift and a letter", "the act for all that are ticked"),
    ("?", "this help"),
)


def acts_for(comment: Comment) -> list[DeskAct]:
    """The acts that the comment's state allows, in the order they are shown.

    `comment` comes from cards.with_context, with `lock` and `slow`: the narrowest over it, or None.
    """
    acts = [act for act in ACTS.values() if act.of_branch or not comment.is_withdrawn]
    return [act for act in acts if act.is_offered(comment)]
