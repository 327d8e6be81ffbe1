"""Reports by readers: taken in here, answered by every act in moderation.services.

A report hides nothing by itself, unless the settings of the site say how many do.
"""

from datetime import datetime
from typing import Final

from django.utils import timezone
from django.utils.crypto import salted_hmac

from comments import markup, notifications, tree
from comments.errors import CommentError
from comments.models import Comment
from comments.status import Status
from core.site import current
from moderation.models import Act, Clause, Report
from moderation.services import log_act

MAX_LENGTH: Final = 1_000


class NothingToReport(CommentError):
    """The comment is not public (any more)."""

    def __init__(self) -> None:
        super().__init__("This comment is not public by now, so there is nothing to report.")


def report_comment(
    *, comment_id: int, reason: str, text: str, reporter: str, clause: Clause | None = None
) -> Report:
    """Store what a reader says against a comment, with a log row; the first time only.

    With a `clause` of the policy as the reader saw it, `reason` is Report.Reason.CLAUSE.

    `reporter` is a digest of the reader's network: whoever reports the same comment again, also
    after a moderator's answer, gets the first report back and changes nothing. Forms in the queue
    become stale, so that nobody answers a report unseen. Opens its own transaction under the lock
    of the comment's tree. Raises NothingToReport, TreeBusy, Comment.DoesNotExist.
    """
    now = timezone.now()

    def work(comment: Comment) -> Report:
        post = comment.post
        if not (comment.is_published and post.is_published and post.shows_comments):
            raise NothingToReport
        report, is_new = Report.objects.get_or_create(
            comment=comment,
            reporter=_digest(comment, reporter),
            defaults={
                "reason": reason,
                "clause_id": clause.pk if clause else None,
                "text": markup.normalise(text),
                "reported_at": now,
            },
        )
        if is_new:
            _record(comment, now)
        return report

    return tree.under_lock(comment_id, work)


def _record(comment: Comment, now: datetime) -> None:
    """Log a new report; hold the comment if there are enough now."""
    comment.renew_version(Act.REPORTED)
    log_act(Act.REPORTED, comment, status_before=comment.status, actor_id=None, at=now)
    enough = current().reports_to_hold
    if enough and comment.reports.unanswered().count() >= enough:
        before = comment.status
        comment.change_status(Status.PENDING, at=now)
        log_act(Act.HELD, comment, status_before=before, actor_id=None, at=now)
        notifications.note_change(comment)


def _digest(comment: Comment, reporter: str) -> str:
    return salted_hmac("report", f"{comment.pk}:{reporter}", algorithm="sha256").hexdigest()
