"""Replying from the desk: what is answered is published first, if it waits."""

from typing import TYPE_CHECKING

from comments import intake
from comments.errors import CommentError, NotOpen, StatusConflict
from comments.models import Comment
from moderation import services
from moderation.permissions import require_may_moderate

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class NoWords(CommentError):
    """The reply is empty."""

    def __init__(self) -> None:
        super().__init__("Please write the reply; nothing was changed.")


def publish_and_reply(*, comment_id: int, version: int, by: "User", text: str) -> Comment:
    """Publish a comment unless it is public, and reply to it as `by`; returns the comment.

    Raises NoWords, NotOpen, and what publish_comment and receive raise. Should the reply be
    refused after all, the publication stays.
    """
    comment: Comment = Comment.objects.select_related("post").get(pk=comment_id)
    require_may_moderate(by, comment)
    if not text.strip():
        raise NoWords
    if not comment.post.accepts_comments:
        raise NotOpen("Comments on this post are closed: open them to reply. Nothing was changed.")
    if not comment.is_published:
        comment = services.publish_comment(comment_id=comment_id, version=version, by=by)
    elif comment.version != version:
        raise StatusConflict(comment.status, "answered")
    draft = intake.make_draft(
        post=comment.post, parent=comment, name=intake.account_name(by), mail="", text=text, user=by
    )
    intake.receive(draft, sender=str(by.pk))
    return comment
