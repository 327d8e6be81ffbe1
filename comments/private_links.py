"""Addresses that nobody can guess: of one's own comment, and of what its mails offer.

Whoever has one may do what it is for; so they stand in mails and on private pages only. They hold
as long as the site's key, or an earlier one of its fallbacks.
"""

from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.core import signing
from django.urls import reverse

from comments.mail_kinds import MailKind
from comments.models import Commenter
from comments.shown import Row

STATUS_SALT: Final = "comments.status"
UNSUBSCRIBE_SALT: Final = "comments.unsubscribe"
PREFERENCES_SALT: Final = "comments.preferences"

ALL: Final = "all"
DAILY: Final = "daily"
CONVERSATION: Final = "post"
SCOPES: Final = frozenset({ALL, DAILY, *MailKind.values})


@dataclass(frozen=True)
class Unsubscription:
    """Whom a link unsubscribes, and from what: a kind, ALL, DAILY, or the conversation of a post.

    `post_id` is 0 unless `scope` is CONVERSATION.
    """

    commenter_id: int
    scope: str
    post_id: int = 0


def status_address(comment: Row) -> str:
    """The private status page of a comment: nobody can guess it, whoever has it is the writer."""
    return reverse("comments:status", args=[make_token(comment)])


def make_token(comment: Row) -> str:
    """The part of all private addresses of a comment that can't be guessed: the same for good."""
    return signing.Signer(salt=STATUS_SALT).sign(str(comment.pk))


def comment_of(token: str) -> int | None:
    """The id of the comment that make_token made this for; None if it did not."""
    return _id_of(token, STATUS_SALT)


def unsubscribe_address(commenter: Commenter, scope: str, post_id: int = 0) -> str:
    """Where one POST stops some of a commenter's mails; see Unsubscription."""
    what = f"{scope}{post_id}" if scope == CONVERSATION else scope
    token = signing.Signer(salt=UNSUBSCRIBE_SALT).sign(f"{commenter.pk}.{what}")
    return reverse("comments:unsubscribe", args=[token])


def read_unsubscription(token: str) -> Unsubscription | None:
    """What unsubscribe_address made this token for; None if it did not."""
    try:
        commenter, _, what = signing.Signer(salt=UNSUBSCRIBE_SALT).unsign(token).partition(".")
    except signing.BadSignature:
        return None
    if what in SCOPES:
        return Unsubscription(int(commenter), what)
    return Unsubscription(int(commenter), CONVERSATION, int(what.removeprefix(CONVERSATION)))


def preferences_address(commenter: Commenter) -> str:
    """A commenter's page about mails."""
    token = signing.Signer(salt=PREFERENCES_SALT).sign(str(commenter.pk))
    return reverse("comments:preferences", args=[token])


def commenter_of_preferences(token: str) -> int | None:
    """The id of the commenter that preferences_address made this token for; None if it did not."""
    return _id_of(token, PREFERENCES_SALT)


def absolute(path: str) -> str:
    """A path of this site as mails name it."""
    return f"{settings.SITE_URL}{path}"


def _id_of(token: str, salt: str) -> int | None:
    try:
        return int(signing.Signer(salt=salt).unsign(token))
    except signing.BadSignature:
        return None
