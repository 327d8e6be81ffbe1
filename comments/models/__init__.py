"""A conversation under a post, by what each table knows."""

from comments.models.arrivals import Confirmation, Submission
from comments.models.brakes import Brake
from comments.models.comment import Comment
from comments.models.commenter import Commenter
from comments.models.indexed import IndexedComment
from comments.models.judged import Appeal, RecordedReason, Revision
from comments.models.mails import DigestItem, Mute, Subscription, Told
from comments.models.mentions import ReceivedMention
from comments.models.places import Conversation, Place
from comments.models.querysets import CommentManager, CommentQuerySet
from comments.models.references import OpenReference, Reference

__all__ = [
    "Appeal",
    "Brake",
    "Comment",
    "CommentManager",
    "CommentQuerySet",
    "Commenter",
    "Confirmation",
    "Conversation",
    "DigestItem",
    "IndexedComment",
    "Mute",
    "OpenReference",
    "Place",
    "ReceivedMention",
    "RecordedReason",
    "Reference",
    "Revision",
    "Submission",
    "Subscription",
    "Told",
]
