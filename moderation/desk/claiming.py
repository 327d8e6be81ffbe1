"""Claims: "I'm on it", said of a comment that asks for a decision, so that others leave it.

No act: it changes nothing by which anybody is judged or told, and ends by itself. So it stands in a
small table of its own (moderation.models.Claim) and not in the log. It keeps nobody from deciding;
who does so is told whose claim it was. Off where the settings of the site say 0 minutes.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from comments.errors import CommentError
from comments.models import Comment
from core import site
from moderation.models import Claim
from moderation.permissions import require_may_moderate

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class NotClaimed(CommentError):
    """The comment can't be taken; the sentence says why."""


def claim_comment(*, comment_id: int, by: "User") -> Claim:
    """Take a comment, or hold it for longer; of two at once one gets it.

    Raises NotClaimed, NotAllowed, Comment.DoesNotExist.
    """
    comment = Comment.objects.select_related("post").get(pk=comment_id)
    require_may_moderate(by, comment)
    minutes, now = site.current().claim_minutes, timezone.now()
    if not minutes:
        raise NotClaimed("Claims are switched off in the settings of the site.")
    Claim.objects.filter(claimed_at__lte=now - timedelta(minutes=minutes)).delete()
    claim, is_new = Claim.objects.get_or_create(
        comment_id=comment_id, defaults={"claimed_by": by, "claimed_at": now}
    )
    if claim.claimed_by_id != by.pk:
        raise NotClaimed(f"{_who(claim)} is on it already.")
    if not is_new:
        claim.claimed_at = now
        claim.save(update_fields=["claimed_at"])
    return claim


def let_go(*, comment_id: int, by: "User") -> None:
    """End one's own claim; nothing if there is none."""
    Claim.objects.filter(comment_id=comment_id, claimed_by=by.pk).delete()


def end_claim(comment_id: int, *, by: "User") -> str:
    """End whatever claim there is, after an act; a sentence if it was another's, else empty.

    Two queries at most.
    """
    claim = Claim.objects.filter(comment_id=comment_id).select_related("claimed_by").first()
    if claim is None:
        return ""
    claim.delete()
    others = claim.claimed_by_id != by.pk and claim.is_in_force
    return f" {_who(claim)} was on it." if others else ""


def _who(claim: Claim) -> str:
    since = timezone.localtime(claim.claimed_at)
    return f"{claim.claimed_by.get_username()} (since {since:%H:%M})"
