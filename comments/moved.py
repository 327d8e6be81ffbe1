"""Telling the writers of a branch that it stands elsewhere by now."""

from comments.mail_kinds import Frequency, MailKind
from comments.models import Comment, Commenter
from comments.status import UNDO_FOR, Status
from comments.subscriptions import frequency_of, is_muted
from core import jobs
from core.mail import enqueue_made_mail


def enqueue_telling(head: Comment) -> None:
    """Have the writers told, once the move can't be taken back unseen; in its transaction.

    Several moves of one branch within that time are told as one; of a branch that is back where
    it was nothing is said.
    """
    jobs.enqueue(
        tell_of_move,
        due_at=head.changed_at + UNDO_FOR,
        head_id=head.pk,
        post_id=head.post_id,
        number=head.number or "",
        version=head.version,
    )


@jobs.task(name="comments.tell_of_move")
def tell_of_move(*, head_id: int, post_id: int, number: str, version: int) -> None:
    """One mail to each writer of the branch, unless it moved on or back; twice it tells once."""
    head = Comment.objects.filter(pk=head_id, post_id=post_id, number=number).first()
    if head is None or not _has_left(head):
        return
    branch = head.get_descendants(include_self=True).filter(status=Status.PUBLISHED)
    writers = Commenter.objects.filter(comments__in=branch, confirmed_at__isnull=False).distinct()
    for commenter in writers.order_by("pk"):
        kind = MailKind.DECISIONS
        wanted = frequency_of(commenter, kind) != Frequency.OFF
        if wanted and not is_muted(commenter, post_id):
            own = branch.filter(commenter=commenter).order_by("lft").first()
            enqueue_made_mail(
                maker="comments.moved",
                to=commenter.mail,
                key=f"comments.moved:{head_id}:{version}:{commenter.pk}",
                kind=kind.value,
                comment_id=own.pk if own else head_id,
                commenter_id=commenter.pk,
            )


def _has_left(head: Comment) -> bool:
    """Whether its latest places are left: a branch that was put back holds its first one."""
    latest = head.places.order_by("-allotted_at", "-pk").first()
    return latest is not None and (latest.post_id, latest.number) == (head.post_id, head.number)
