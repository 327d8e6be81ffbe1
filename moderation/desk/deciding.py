"""Deciding from a mail: a signed link for one moderator and one comment, good once, for 7 days.

Who holds it decides as that moderator, without signing in; so it leads to nothing else.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.contrib.auth import get_user_model
from django.core import signing
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string

from comments.models import Comment
from comments.private_links import absolute
from moderation.models import UsedLink
from moderation.permissions import may_moderate

if TYPE_CHECKING:
    from django.contrib.auth.models import User

LIFETIME: Final = timedelta(days=7)
SALT: Final = "moderation.decide"


@dataclass(frozen=True)
class DecideLink:
    """What a good link says: who decides, on what, and by which act it was used, if it was."""

    user: Any
    comment_id: int
    is_used: bool
    entry_id: int | None = None


def make_address(comment: Comment, user: "User") -> str:
    """A fresh link, absolute, for a mail to a moderator."""
    said = [user.pk, comment.pk, get_random_string(12)]
    token = signing.dumps(said, salt=SALT, compress=False)
    return absolute(reverse("decide:page", args=[token]))


def open_link(token: str) -> DecideLink | None:
    """What a link is for; None if it is forged, over, or its moderator may not decide any more.

    Changes nothing. At most five queries.
    """
    try:
        user_id, comment_id, _ = signing.loads(token, salt=SALT, max_age=LIFETIME)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    users: Any = get_user_model().objects
    user = users.filter(pk=user_id, is_active=True).first()
    comment = Comment.objects.select_related("post").filter(pk=comment_id).first()
    if user is None or comment is None or not may_moderate(user, comment):
        return None
    used = UsedLink.objects.filter(digest=_digest(token)).first()
    return DecideLink(user, comment_id, used is not None, used.log_entry_id if used else None)


def use_link(token: str) -> bool:
    """Use a link up; False if that was done before. Of two at once one gets True."""
    now = timezone.now()
    UsedLink.objects.filter(used_at__lt=now - LIFETIME).delete()
    try:
        UsedLink.objects.create(digest=_digest(token), used_at=now)
    except IntegrityError:
        return False
    return True


def note_use(token: str, log_entry_id: int | None) -> None:
    """Keep which act a link was used for, so that it can be taken back by the same link."""
    UsedLink.objects.filter(digest=_digest(token)).update(log_entry_id=log_entry_id)


def release_link(token: str) -> None:
    """Make a link good again, where nothing that was decided by it stands."""
    UsedLink.objects.filter(digest=_digest(token)).delete()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
