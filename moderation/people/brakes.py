"""Slowing a branch or a whole conversation down, and letting it run again: one log row each.

Permission is checked here. To slow a branch is logged on its first comment, to slow a conversation
on its post alone.
"""

from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils import timezone

from blog.models import Post
from comments import tree
from comments.errors import CommentError
from comments.models import Comment
from moderation.models import Act, LogEntry, SlowBranch, SlowPost
from moderation.permissions import require_may_moderate, require_may_sanction
from moderation.services import log_act

if TYPE_CHECKING:
    from django.contrib.auth.models import User

LONGEST: Final = 7 * 24 * 60


class NoSuchPace(CommentError):
    """The minutes are none that a branch or a conversation can be slowed to."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is slowed by 1 to {LONGEST:,} minutes; nothing was changed.")


class NotSlowed(CommentError):
    """There is nothing to lift."""

    def __init__(self, what: str = "This branch") -> None:
        super().__init__(f"{what} is not slowed by now; nothing was changed.")


def slow_branch(*, comment_id: int, minutes: int, by: "User") -> SlowBranch:
    """From now on one person waits so many minutes between comments in a comment's branch.

    Once more with other minutes changes them. Opens its own transaction under the tree's lock.
    Raises NotAllowed, NoSuchPace, TreeBusy, Comment.DoesNotExist.
    """
    _require_pace(minutes, "A branch")
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


def slow_post(*, post_id: int, minutes: int, by: "User") -> SlowPost:
    """From now on one person waits so many minutes between comments under a post.

    Once more with other minutes changes them. Raises NotAllowed, NoSuchPace, Post.DoesNotExist.
    """
    _require_pace(minutes, "A conversation")
    now = timezone.now()
    with transaction.atomic():
        post = Post.objects.get(pk=post_id)
        require_may_sanction(by, post)
        made, _ = SlowPost.objects.update_or_create(
            post=post, defaults={"minutes": minutes, "set_at": now}
        )
        LogEntry.objects.create(act=Act.SLOWED, post_id=post.pk, actor_id=by.pk, at=now)
    return made


def lift_slow_mode_of_post(*, post_id: int, by: "User") -> None:
    """Let a slowed conversation run again. Raises NotAllowed, NotSlowed, Post.DoesNotExist."""
    with transaction.atomic():
        post = Post.objects.get(pk=post_id)
        require_may_sanction(by, post)
        if not SlowPost.objects.filter(post=post).delete()[0]:
            raise NotSlowed("This conversation")
        LogEntry.objects.create(act=Act.NO_LONGER_SLOWED, post_id=post.pk, actor_id=by.pk)


def _require_pace(minutes: int, what: str) -> None:
    if not 1 <= minutes <= LONGEST:
        raise NoSuchPace(what)
