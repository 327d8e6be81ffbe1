"""Slowing a branch down, and letting it run again: permission checked, one log row each."""

from typing import TYPE_CHECKING, Final

from django.utils import timezone

from comments import tree
from comments.errors import CommentError
from comments.models import Comment
from moderation.models import Act, SlowBranch
from moderation.permissions import require_may_moderate
from moderation.services import log_act

if TYPE_CHECKING:
    from django.contrib.auth.models import User

LONGEST: Final = 7 * 24 * 60


class NoSuchPace(CommentError):
    """The minutes are none that a branch can be slowed to."""

    def __init__(self) -> None:
        super().__init__(f"A branch is slowed by 1 to {LONGEST:,} minutes; nothing was changed.")


class NotSlowed(CommentError):
    """There is nothing to lift."""

    def __init__(self) -> None:
        super().__init__("This branch is not slowed by now; nothing was changed.")


def slow_branch(*, comment_id: int, minutes: int, by: "User") -> SlowBranch:
    """From now on one person waits so many minutes between comments in a comment's branch.

    Once more with other minutes changes them. Opens its own transaction under the tree's lock.
    Raises NotAllowed, NoSuchPace, TreeBusy, Comment.DoesNotExist.
    """
    if not 1 <= minutes <= LONGEST:
        raise NoSuchPace
    now = timezone.now()

    def slow(comment: Comment) -> SlowBranch:
        require_may_moderate(by, comment)
        made, _ = SlowBranch.objects.update_or_create(
            head=comment, defaults={"minutes": minutes, "set_at": now}
        )
        status = comment.status
        log_act(Act.SLOWED, comment, status_before=status, actor_id=by.pk, at=now)
        return made

    return tree.under_lock(comment_id, slow)


def lift_slow_mode(*, comment_id: int, by: "User") -> None:
    """Let a slowed branch run again.

    Opens its own transaction under the tree's lock. Raises NotAllowed, NotSlowed, TreeBusy,
    Comment.DoesNotExist.
    """
    now = timezone.now()

    def lift(comment: Comment) -> None:
        require_may_moderate(by, comment)
        if not SlowBranch.objects.filter(head=comment).delete()[0]:
            raise NotSlowed
        status = comment.status
        log_act(Act.NO_LONGER_SLOWED, comment, status_before=status, actor_id=by.pk, at=now)

    tree.under_lock(comment_id, lift)
