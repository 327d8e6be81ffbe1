"""The queue: what may be decided, with all that a decision needs in view."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery

from comments.models import Comment, CommentQuerySet
from comments.status import Status, may_follow
from moderation.models import Report
from moderation.permissions import moderatable

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

    AnyUser = User | AnonymousUser


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
KEEP: Final = Button("keep", "Keep")

REPORTED: Final = "reported"  # a tab beside those of the statuses: published, with open reports
TABS: Final = (Status.PENDING, REPORTED, *(s for s in Status if s != Status.PENDING))

LEADS_TO: Final = (
    (PUBLISH, Status.PUBLISHED),
    (REJECT, Status.REJECTED),
    (SPAM, Status.SPAM),
    (REMOVE, Status.REMOVED),
    (HOLD, Status.PENDING),
)


def buttons_for(comment: Comment) -> list[Button]:
    """The acts that the comment's state allows, in the order they are shown.

    `comment` comes from with_context.
    """
    if comment.status == Status.REMOVED:
        return [RESTORE, HOLD] if comment.status_before_removal != Status.PENDING else [RESTORE]
    before = comment.status_before_removal
    acts = [button for button, to in LEADS_TO if may_follow(to, comment.status, before)]
    return [KEEP, *acts] if comment.is_published and _open_reports(comment) else acts


def comments_in(user: "User", tab: str) -> CommentQuerySet:
    """What `user` may decide on in one tab: waiting and reported oldest first, others newest first.

    With post, parent, reasons and open reports: five queries for any number of cards.
    """
    comments = moderatable(user).filter(_is_in(tab))
    if tab == REPORTED:
        first = _reports().order_by("reported_at").values("reported_at")[:1]
        comments = comments.order_by(Subquery(first), "pk")
    elif tab == Status.PENDING:
        comments = comments.order_by("submitted_at", "pk")
    else:
        comments = comments.order_by("-changed_at", "-pk")
    return with_context(comments)


def with_context(comments: CommentQuerySet) -> CommentQuerySet:
    """Comments with what a card shows beside them; unanswered reports as `open_reports`."""
    reports = Report.objects.unanswered().order_by("reported_at", "pk")
    related: CommentQuerySet = comments.select_related("post", "parent", "user")
    return related.prefetch_related(
        "reasons", Prefetch("reports", queryset=reports, to_attr="open_reports")
    )


def counts(user: "User") -> Sequence[tuple[str, str, int]]:
    """(tab, label, number of comments) for each tab. One query."""
    totals = count_tabs(user, *TABS)
    labels = {str(Status.PENDING): "Waiting"}
    return [(str(tab), labels.get(tab, tab.capitalize()), totals[tab]) for tab in TABS]


def count_tabs(user: "AnyUser", *tabs: str) -> dict[str, int]:
    """How many comments `user` may decide on in each of some tabs. One query."""
    counted = {str(tab): Count("pk", filter=_is_in(tab)) for tab in tabs}
    return moderatable(user).aggregate(**counted)


def cards(comments: Iterable[Comment]) -> list[tuple[Comment, list[Button]]]:
    """Each comment with its buttons."""
    return [(comment, buttons_for(comment)) for comment in comments]


def _is_in(tab: str) -> Q:
    if tab == REPORTED:
        return Q(Exists(_reports()), status=Status.PUBLISHED)
    return Q(status=tab)


def _reports() -> "QuerySet[Report]":
    """The unanswered reports of the row of an outer query of comments."""
    return Report.objects.unanswered().filter(comment=OuterRef("pk"))


def _open_reports(comment: Any) -> Sequence[Report]:
    reports: Sequence[Report] = comment.open_reports
    return reports
