"""Who is told of what happened to a comment, once it can't be taken back any more.

Whatever changes a comment calls `note_change` in its transaction. UNDO_FOR after the last change a
job looks at the comment as it is then, compares that with what was told before (`Told`), and has
mails made (comments.mails), which look once more when they go. So an act that was undone in time,
and an answer that is no longer public, are never told.
"""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from comments import subscriptions
from comments.mail_kinds import Frequency, MailKind
from comments.models import Comment, Commenter, DigestItem, Revision, Told
from comments.status import UNDO_FOR, Status
from core import jobs
from core.mail import enqueue_made_mail

# What its writer is told of; of spam nobody is.
TELLING: Final = frozenset({Status.PUBLISHED, Status.REJECTED, Status.REMOVED})
# A comment that was first published longer ago is no news, when it comes back or is brought in.
NEWS_FOR: Final = timedelta(days=7)


def note_change(comment: Comment, *, by_writer: bool = False) -> None:
    """Have those told whom the comment's new state concerns; in the transaction of the change.

    What its writer did, or saw at once, its writer is not told. At most four queries.
    """
    if by_writer:
        Told.objects.update_or_create(comment=comment, defaults={"status": comment.status})
    jobs.enqueue(
        settle,
        key=f"comments.settle:{comment.pk}",
        due_at=comment.changed_at + UNDO_FOR,
        comment_id=comment.pk,
    )


@jobs.task(name="comments.settle")
def settle(*, comment_id: int) -> None:
    """Tell of a comment as it is, or wait on if it changed just now. Run twice it tells once."""
    whole = Comment.objects.select_related("post", "parent", "answers", "commenter")
    with transaction.atomic():
        comment = whole.filter(pk=comment_id).first()
        if comment is None:
            return
        if comment.changed_at > timezone.now() - UNDO_FOR:
            note_change(comment)
            return
        told, _ = Told.objects.select_for_update().get_or_create(comment=comment)
        _tell_writer(comment, told)
        _announce(comment, told)
        told.save()


def is_public(comment: Comment) -> bool:
    """Whether everybody may read the comment now, by what the database says. One query."""
    return Comment.objects.public().filter(pk=comment.pk).exists()


def mail_key(comment_id: int, commenter_id: int) -> str:
    """Of the mail by which a commenter first hears of a comment: the ids of a thread's mails."""
    return f"comments.about:{comment_id}:{commenter_id}"


def _tell_writer(comment: Comment, told: Told) -> None:
    """Tell whoever wrote it, unless that is what they know.

    Without a confirmed address nothing is noted: who confirms one later is told then.
    """
    redactions = comment.revisions.filter(replaced_by=Revision.Replacement.REDACTION).count()
    if (comment.status, redactions) == (told.status, told.redactions):
        return
    if comment.status in TELLING:
        writer = comment.commenter
        if writer is None or not writer.is_confirmed:
            return
        if comment.is_published and not is_public(comment):
            return
        is_first = comment.is_published and told.announced_at is None
        again = f"comments.decided:{comment.pk}:{comment.version}"
        key = mail_key(comment.pk, writer.pk) if is_first else again
        _tell(writer, MailKind.DECISIONS, comment, key)
    told.status, told.redactions = comment.status, redactions


def _announce(comment: Comment, told: Told) -> None:
    """Tell those who were answered or who follow, once for each comment."""
    if told.announced_at is not None or not is_public(comment):
        return
    now = timezone.now()
    told.announced_at = now
    if comment.published_at is None or comment.published_at < now - NEWS_FOR:
        return
    for commenter, kind in subscriptions.listeners(comment):
        _tell(commenter, kind, comment, mail_key(comment.pk, commenter.pk))


def _tell(commenter: Commenter, kind: MailKind, comment: Comment, key: str) -> None:
    often = subscriptions.frequency_of(commenter, kind)
    if often == Frequency.DAILY:
        DigestItem.objects.get_or_create(commenter=commenter, comment=comment, kind=kind, mail=None)
    elif often == Frequency.INSTANT:
        enqueue_made_mail(
            maker="comments.one",
            to=commenter.mail,
            key=key,
            kind=kind.value,
            comment_id=comment.pk,
            commenter_id=commenter.pk,
            status=comment.status,
        )
