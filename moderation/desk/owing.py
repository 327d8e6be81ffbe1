"""Replies that are owed: promised with a publication or later, put off, dropped."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils import timezone

from comments.errors import CommentError, StatusConflict
from comments.models import Comment
from moderation.models import Act, FollowUp
from moderation.permissions import NotAllowed, may_moderate
from moderation.services import carry_out, log_act, make_public

if TYPE_CHECKING:
    from django.contrib.auth.models import User

LONGEST: Final = 365  # days


class NoSuchDelay(CommentError):
    """The days are none that a reply can be put off by."""

    def __init__(self) -> None:
        super().__init__(f"A reply is put off by 1 to {LONGEST} days; nothing was changed.")


def publish_owing(*, comment_id: int, version: int, by: "User") -> Comment:
    """Publish a comment unless it is public, and owe it a reply. Raises as the services do."""

    def publish(comment: Comment, now: datetime) -> None:
        if not comment.is_published:
            make_public(comment, now)
        _owe(comment, by, now)

    def promise(comment: Comment, now: datetime) -> None:
        if not comment.is_published:
            raise StatusConflict(comment.status, "owed a reply")
        _owe(comment, by, now)

    is_public = Comment.objects.filter(pk=comment_id, status="published").exists()
    act, change = (Act.OWED, promise) if is_public else (Act.PUBLISHED, publish)
    return carry_out(act, comment_id, version, by, change)


def snooze(*, follow_up_id: int, days: int, by: "User") -> FollowUp:
    """Put a reply off: it is in no list and no mail until then.

    Raises NotAllowed for another's, NoSuchDelay, FollowUp.DoesNotExist.
    """
    if not 1 <= days <= LONGEST:
        raise NoSuchDelay
    with transaction.atomic():
        owed = _own(follow_up_id, by)
        owed.snoozed_until = timezone.now() + timedelta(days=days)
        owed.save(update_fields=["snoozed_until"])
    return owed


def drop(*, follow_up_id: int, by: "User") -> FollowUp:
    """Owe this reply no longer. Raises NotAllowed for another's, FollowUp.DoesNotExist."""
    now = timezone.now()
    with transaction.atomic():
        owed = _own(follow_up_id, by)
        owed.dropped_at = now
        owed.save(update_fields=["dropped_at"])
        comment = owed.comment
        log_act(Act.NO_LONGER_OWED, comment, status_before=comment.status, actor_id=by.pk, at=now)
    return owed


def _owe(comment: Comment, by: "User", now: datetime) -> None:
    FollowUp.objects.get_or_create(
        comment=comment, owed_by=by, dropped_at=None, defaults={"owed_at": now}
    )


def _own(follow_up_id: int, by: "User") -> FollowUp:
    owed = FollowUp.objects.select_for_update(of=("self",)).select_related("comment__post")
    one = owed.get(pk=follow_up_id, dropped_at=None)
    if one.owed_by_id != by.pk or not may_moderate(by, one.comment):
        raise NotAllowed
    return one
