"""The queue: what may be decided, with all that a decision needs in view."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db.models import Count, Q

from comments.models import Comment, CommentQuerySet
from comments.status import Status, may_follow
from moderation.permissions import moderatable

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@dataclass(frozen=True)
class Button:
    """One act as the queue offers it; `act` is the last part of its address."""

    act: str
    label: str


PUBLISH: Final = Button("publish", "Publish")
REJECT: Final = Button("reject", "Reject")
SPAM: Final = Button("spam", "Spam")
REMOVE: Final = Button("remove", "Remove")
RESTORE: Final = Button("restore", "Restore")
HOLD: Final = Button("hold", "Back to waiting")

LEADS_TO: Final = (
    (PUBLISH, Status.PUBLISHED),
    (REJECT, Status.REJECTED),
    (SPAM, Status.SPAM),
    (REMOVE, Status.REMOVED),
    (HOLD, Status.PENDING),
)


def buttons_for(comment: Comment) -> list[Button]:
    """The acts that the comment's state allows, in the order they are shown."""
    if comment.status == Status.REMOVED:
        return [RESTORE, HOLD] if comment.status_before_removal != Status.PENDING else [RESTORE]
    before = comment.status_before_removal
    return [button for button, to in LEADS_TO if may_follow(to, comment.status, before)]


def comments_in(user: "User", status: str) -> CommentQuerySet:
    """What `user` may decide on in one status: waiting ones oldest first, others newest first.

    With post, parent and reasons: four queries for any number of cards.
    """
    comments = moderatable(user).filter(status=status)
    oldest_first = status == Status.PENDING
    order = ("submitted_at", "pk") if oldest_first else ("-changed_at", "-pk")
    related: CommentQuerySet = with_context(comments).order_by(*order)
    return related


def with_context(comments: CommentQuerySet) -> CommentQuerySet:
    """Comments with what a card shows beside them."""
    related: CommentQuerySet = comments.select_related("post", "parent", "user")
    return related.prefetch_related("reasons")


def counts(user: "User") -> Sequence[tuple[str, str, int]]:
    """(status, label, number of comments) for each tab. One query."""
    counted = {status: Count("pk", filter=Q(status=status)) for status in Status.values}
    totals = moderatable(user).aggregate(**counted)
    labels = {Status.PENDING: "Waiting"}
    return [(s.value, labels.get(s, s.label), totals[s.value]) for s in Status]


def cards(comments: Iterable[Comment]) -> list[tuple[Comment, list[Button]]]:
    """Each comment with its buttons."""
    return [(comment, buttons_for(comment)) for comment in comments]
