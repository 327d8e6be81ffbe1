"""The queue: what may be decided, with all that a decision needs in view."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Abs

from comments.models import Comment, CommentQuerySet, RecordedReason, Revision
from comments.status import Status, may_follow
from core.differences import Piece, compare
from moderation.models import DECISIONS, Clause, LogEntry, Report
from moderation.permissions import moderatable
from moderation.policy.citing import find_clauses

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

    AnyUser = User | AnonymousUser


@dataclass(frozen=True)
class Button:
    """One act as the queue offers it; `act` is the last part of its address."""

    act: str
    label: str


class Card(NamedTuple):
    """One comment in the queue.

    `reasons` and `reports` come with the clauses that they name, as they were worded then.
    """

    comment: Comment
    buttons: Sequence[Button]
    difference: Sequence[Piece]
    reasons: Sequence[tuple[RecordedReason, Clause | None]]
    reports: Sequence[tuple[Report, Clause | None]]


PUBLISH: Final = Button("publish", "Publish")
REJECT: Final = Button("reject", "Reject")
SPAM: Final = Button("spam", "Spam")
REMOVE: Final = Button("remove", "Remove")
RESTORE: Final = Button("restore", "Restore")
HOLD: Final = Button("hold", "Back to waiting")
KEEP: Final = Button("keep", "Keep")

# How what waits may be ordered: by age, or by how like spam it is (what is not judged, last).
OLDEST: Final = "oldest"
ORDERS: Final = {
    OLDEST: ("Oldest first", ()),
    "likely-fine": ("Likely fine first", (F("likeness__score").asc(nulls_last=True),)),
    "unclear": ("Unclear first", (Abs("likeness__score").asc(nulls_last=True),)),
    "likely-spam": ("Likely spam first", (F("likeness__score").desc(nulls_last=True),)),
}

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
    if comment.is_withdrawn:
        return []
    if comment.status == Status.REMOVED:
        return [RESTORE, HOLD] if comment.status_before_removal != Status.PENDING else [RESTORE]
    before = comment.status_before_removal
    acts = [button for button, to in LEADS_TO if may_follow(to, comment.status, before)]
    return [KEEP, *acts] if comment.is_published and _open_reports(comment) else acts


def comments_in(user: "User", tab: str, order: str = OLDEST) -> CommentQuerySet:
    """What `user` may decide on in one tab: waiting and reported oldest first, others newest first.

    `order`, one of ORDERS, is for those that wait. With what a card shows: four queries for any
    number of cards.
    """
    comments = moderatable(user).filter(_is_in(tab))
    if tab == REPORTED:
        first = _reports().order_by("reported_at").values("reported_at")[:1]
        comments = comments.order_by(Subquery(first), "pk")
    elif tab == Status.PENDING:
        comments = comments.order_by(*ORDERS[order][1], "submitted_at", "pk")
    else:
        comments = comments.order_by("-changed_at", "-pk")
    return with_context(comments)


def with_context(comments: CommentQuerySet) -> CommentQuerySet:
    """Comments with what a card shows beside them: four queries.

    The unanswered reports are in `open_reports`; in `judged` is the text that was decided on, if
    the comment was edited since (texts_last_judged).
    """
    reports = Report.objects.unanswered().order_by("reported_at", "pk")
    related: CommentQuerySet = comments.select_related(
        "post", "parent", "user", "appeal", "likeness"
    )
    return related.prefetch_related(
        Prefetch("reasons", RecordedReason.objects.filter(revision=None)),
        Prefetch("reports", queryset=reports, to_attr="open_reports"),
        Prefetch("revisions", texts_last_judged(), to_attr="judged"),
    )


def texts_last_judged() -> "QuerySet[Revision]":
    """Of each comment edited since the last decision the text that was decided on.

    Where nobody has decided yet, the text that was sent first.
    """
    by_people = LogEntry.objects.filter(act__in=DECISIONS, actor_id__isnull=False)
    last = by_people.filter(comment_id=OuterRef("comment_id")).order_by("-pk")
    revisions = Revision.objects.alias(decided_at=last.values("at")[:1])
    since = revisions.filter(Q(decided_at=None) | Q(replaced_at__gte=F("decided_at")))
    return since.order_by("comment_id", "pk").distinct("comment_id")


def counts(user: "User") -> Sequence[tuple[str, str, int]]:
    """(tab, label, number of comments) for each tab. One query."""
    totals = count_tabs(user, *TABS)
    labels = {str(Status.PENDING): "Waiting"}
    return [(str(tab), labels.get(tab, tab.capitalize()), totals[tab]) for tab in TABS]


def count_tabs(user: "AnyUser", *tabs: str) -> dict[str, int]:
    """How many comments `user` may decide on in each of some tabs. One query."""
    counted = {str(tab): Count("pk", filter=_is_in(tab)) for tab in tabs}
    return moderatable(user).aggregate(**counted)


def cards(comments: Iterable[Comment]) -> list[Card]:
    """Each comment, read by `with_context`, with what its card shows.

    One query for the clauses that any of them names.
    """
    shown: list[Any] = list(comments)
    naming = [row for one in shown for row in (*one.reasons.all(), *one.open_reports)]
    clauses = find_clauses(row.clause_id for row in naming)
    return [
        Card(
            comment,
            buttons_for(comment),
            _difference(comment),
            [(row, clauses.get(row.clause_id)) for row in comment.reasons.all()],
            [(row, clauses.get(row.clause_id)) for row in comment.open_reports],
        )
        for comment in shown
    ]


def _difference(comment: Any) -> list[Piece]:
    """What changed since the text that was last judged; empty if nothing did."""
    return [piece for earlier in comment.judged for piece in compare(earlier.text, comment.text)]


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
