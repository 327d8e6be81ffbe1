"""What another site's page says by now, in place of what was let through of it."""

from datetime import datetime
from typing import TYPE_CHECKING

from comments import own
from comments.errors import StatusConflict
from comments.models import Comment, ReceivedMention, Revision
from moderation.desk.redacting import bring_back_words
from moderation.models import Act
from moderation.services import carry_out

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def show_new_text(*, comment_id: int, version: int, by: "User") -> Comment:
    """Give a public mention the text that its page has by now; it stays public.

    The log tells it as two acts: that it was edited, and that `by` kept it so. Raises what the
    services of moderation.services do, StatusConflict also where nothing is new.
    """

    def renew(comment: Comment, now: datetime) -> None:
        news = ReceivedMention.objects.select_for_update(of=("self",)).changed()
        mention = news.filter(comment=comment).first()
        if mention is None or not comment.is_published:
            raise StatusConflict(comment.status, "renewed")
        own.put_what_page_says(comment, text=mention.said, page=mention.source, now=now)
        mention.is_changed = False
        mention.save(update_fields=["is_changed"])

    return carry_out(Act.KEPT, comment_id, version, by, renew)


def take_back_new_text(comment: Comment, *, kept_at: datetime, now: datetime) -> None:
    """Undo show_new_text, if that was what was kept at a time: the earlier text is public again.

    The caller holds lock and transaction.
    """
    edit = Revision.Replacement.EDIT
    if not comment.revisions.filter(replaced_by=edit, replaced_at=kept_at).exists():
        return
    bring_back_words(comment, redacted_at=kept_at, now=now, by=edit)
    ReceivedMention.objects.filter(comment=comment).update(is_changed=True)
