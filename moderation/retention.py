"""What is kept no longer than it is of use: texts that nobody may read, and senders' networks.

Numbers, replies and the log stay: they tell nobody's name, address or words.
"""

import logging
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import F
from django.db.models.deletion import RestrictedError
from django.utils import timezone

from comments import tree
from comments.errors import CommentError
from comments.models import (
    Appeal,
    Comment,
    CommentQuerySet,
    OpenReference,
    ReceivedMention,
    Reference,
    Submission,
)
from comments.status import Status
from core import jobs
from core.stored_pages import forget_earlier
from moderation.models import DecisionNote, Likeness, TaughtLesson
from moderation.traces import replace_traces

logger = logging.getLogger(__name__)

GONE: Final = (Status.REJECTED, Status.SPAM, Status.REMOVED)
AT_ONCE: Final = 1000  # comments in a night: what is left is erased in the next one


@jobs.periodic(name="moderation.erase", cron="53 3 * * *")
def erase(timestamp: int) -> None:
    """Forget networks, erase what has not been public or waiting for long, and forget pages that
    were stored before anything on them was taken away; every night.
    """
    now = timezone.now()
    forget_networks(now)
    for comment_id in overdue(now).order_by("changed_at").values_list("pk", flat=True)[:AT_ONCE]:
        try:
            erase_comment(comment_id, now)
        except (CommentError, Comment.DoesNotExist) as error:
            logger.warning("Comment %s is not erased yet: %r", comment_id, error)
    forget_earlier()


def forget_networks(now: datetime) -> int:
    """Empty the networks' digests of older comments; of how many. One UPDATE."""
    if not settings.KEEP_NETWORKS_DAYS:
        return 0
    before = now - timedelta(days=settings.KEEP_NETWORKS_DAYS)
    return Comment.objects.filter(submitted_at__lt=before).exclude(network="").update(network="")


def overdue(now: datetime) -> CommentQuerySet:
    """What was rejected, removed, withdrawn or marked as spam so long ago that it is to go."""
    days = settings.KEEP_REFUSED_DAYS
    gone: CommentQuerySet = Comment.objects.filter(status__in=GONE).exclude(text="")
    return gone.filter(changed_at__lt=now - timedelta(days=days)) if days else gone.none()


def erase_comment(comment_id: int, now: datetime) -> None:
    """Delete a comment that nothing hangs on; of another only its place stays.

    Opens transactions of its own under the tree's lock. Raises TreeBusy, Comment.DoesNotExist.
    """
    tree.under_lock(comment_id, lambda comment: _blank(comment, now))
    try:
        tree.delete_leaf(comment_id)
    except (CommentError, RestrictedError):
        return  # it has a number, a reply or one who answers it: the empty place stays


def _blank(comment: Comment, now: datetime) -> None:
    rows = Comment.objects.filter(pk=comment.pk)
    if not (rows & overdue(now)).exists():
        raise CommentError("It has changed meanwhile.")
    rows.update(
        name="", mail="", network="", text="", html="", commenter=None, user=None,
        version=F("version") + 1,
    )  # fmt: skip
    comment.html = ""
    replace_traces(comment)
    for erasable in (Appeal, DecisionNote, Likeness, ReceivedMention, TaughtLesson, Submission):
        erasable.objects.filter(comment=comment).delete()
    for pointing in (Reference, OpenReference):
        pointing.objects.filter(source=comment).delete()
    comment.revisions.all().delete()
    comment.reasons.all().delete()
    comment.reports.update(text="")
