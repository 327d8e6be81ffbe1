"""The queue: which comments somebody may look at, by tab and filter, in which order, how many."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Abs
from django.utils import timezone

from comments.models import Appeal, Comment, CommentQuerySet, ReceivedMention, RecordedReason
from comments.status import Status
from core.compiled import Compiled, Given
from moderation.desk.searching import found_by
from moderation.desk.writers import of_the_same_person
from moderation.models import DECISIONS, Band, FollowUp, LogEntry, Report
from moderation.permissions import decides_on_all, may_open_queue, moderatable

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

    AnyUser = User | AnonymousUser

# How what waits may be ordered: by age, or by how like spam it is (what is not judged, last).
OLDEST: Final = "oldest"
ORDERS: Final = {
    OLDEST: ("Oldest first", ()),
    "likely-fine": ("Likely fine first", (F("likeness__score").asc(nulls_last=True),)),
    "unclear": ("Unclear first", (Abs("likeness__score").asc(nulls_last=True),)),
    "likely-spam": ("Likely spam first", (F("likeness__score").desc(nulls_last=True),)),
}

# The tabs: what asks for something first, then the other statuses, and everything for a search.
WAITING: Final = Status.PENDING.value
REPORTED: Final = "reported"
APPEALS: Final = "appeals"
EDITED: Final = "edited"
LIKELY_SPAM: Final = "likely-spam"
OWED: Final = "owed"
ALL: Final = "all"
TABS: Final[dict[str, str]] = {
    WAITING: "Waiting",
    REPORTED: "Reported",
    APPEALS: "Appeals",
    EDITED: "Edited since",
    LIKELY_SPAM: "Likely spam",
    OWED: "Replies owed",
    **{status.value: status.label for status in Status if status != Status.PENDING},
    ALL: "Everything",
}
# What is decided grows for ever, so it is counted by who looks at it alone.
COUNTED: Final = (WAITING, REPORTED, APPEALS, EDITED, LIKELY_SPAM, OWED)
# What an address of the queue may hold: where a form goes back to.
FILTERS: Final = ("q", "post", "person", "reason")
PLACE: Final = ("status", "order", "page", *FILTERS)


class NoSuchFilter(ValueError):
    """An address of the queue that makes no sense."""


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What of the queue is looked at: a tab, its order, and what narrows it.

    `post` is a post's id, `person` the id of a comment by that person, `reason` a rule's name.
    """

    tab: str = WAITING
    order: str = OLDEST
    q: str = ""
    post: int = 0
    person: int = 0
    reason: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "Chosen":
        """Of an address; raises NoSuchFilter."""
        tab, order = query.get("status", WAITING), query.get("order", OLDEST)
        if tab not in TABS or order not in ORDERS:
            raise NoSuchFilter
        ids = {name: _id(query.get(name, "")) for name in ("post", "person")}
        return cls(
            tab=tab,
            order=order,
            q=_storable(query.get("q", "")).strip()[:200],
            reason=_storable(query.get("reason", ""))[:50],
            **ids,
        )

    @property
    def narrows(self) -> bool:
        """Whether it is less than the whole tab."""
        return bool(self.q or self.post or self.person or self.reason)


def _storable(typed: str) -> str:
    """Without what no text of the database holds."""
    return typed.replace("\0", "")


def chosen_by(user: "User", chosen: Chosen) -> CommentQuerySet:
    """What `user` may decide on of it: what asks for something oldest first, others newest first.

    One query when it is read, with at most one subquery for each filter.
    """
    comments = in_tab(user, chosen.tab)
    if chosen.post:
        comments = comments.filter(post=chosen.post)
    if chosen.person:
        comments = comments.filter(of_the_same_person(chosen.person))
    if chosen.reason:
        named = RecordedReason.objects.filter(revision=None, rule=chosen.reason)
        comments = comments.filter(Exists(named.filter(comment=OuterRef("pk"))))
    if chosen.q:
        comments = comments.filter(found_by(chosen.q))
    return _ordered(comments, chosen, user)


def in_tab(user: "AnyUser", tab: str, now: "Given | None" = None) -> CommentQuerySet:
    """What `user` may decide on in one tab, in no order."""
    comments = moderatable(user)
    return comments.filter(IN_TAB[tab](user, now) if tab in IN_TAB else Q(status=tab))


def counts(user: "User") -> Sequence[tuple[str, str, int | None]]:
    """(tab, label, number of comments) for each tab; None for what asks for nothing. One query."""
    totals = count_tabs(user, *COUNTED)
    return [(tab, label, totals.get(tab)) for tab, label in TABS.items()]


def count_tabs(user: "AnyUser", *tabs: str) -> dict[str, int]:
    """How many comments `user` may decide on in each of some tabs. One query, none for nobody."""
    none = dict.fromkeys(tabs, 0)
    if not may_open_queue(user):
        return none
    counted = _counting(user, decides_on_all(user), tabs).tuples(now=timezone.now())
    return none | dict(counted)


@lru_cache(maxsize=200)  # every page of the admin counts
def _counting(user: "AnyUser", on_all: bool, tabs: tuple[str, ...]) -> Compiled[Comment]:
    """By a user, and by whether that one may decide on all by now."""

    def counts() -> "QuerySet[Comment, tuple[Any, ...]]":
        first, *others = (
            in_tab(user, tab, Given("now"))
            .order_by()
            .annotate(tab=Value(tab))
            .values("tab")
            .annotate(n=Count("*"))  # not of a column: then an index is enough
            .values_list("tab", "n")
            for tab in tabs
        )
        return first.union(*others, all=True) if others else first

    return Compiled(counts)


def _ordered(comments: CommentQuerySet, chosen: Chosen, user: "User") -> CommentQuerySet:
    match chosen.tab:
        case "reported":
            reports = Report.objects.unanswered().filter(comment=OuterRef("pk"))
            first = reports.order_by("reported_at").values("reported_at")[:1]
            return comments.order_by(Subquery(first), "pk")
        case "owed":
            owed = FollowUp.objects.due(user).filter(comment=OuterRef("pk"))
            return comments.order_by(Subquery(owed.values("owed_at")[:1]), "pk")
        case "edited":
            return comments.order_by("edited_at", "pk")
        case "pending" | "appeals" | "likely-spam":
            return comments.order_by(*ORDERS[chosen.order][1], "submitted_at", "pk")
    return comments.order_by("-changed_at", "-pk")


def _reported(user: "AnyUser", now: "Given | None") -> Q:
    # Looked up for each report: else Postgres reads all that is published to find the few.
    status = Comment.objects.filter(pk=OuterRef("comment")).values("status")[:1]
    reports = Report.objects.unanswered().alias(status=Subquery(status))
    return Q(pk__in=reports.filter(status=Status.PUBLISHED).values("comment"))


def _appealed(user: "AnyUser", now: "Given | None") -> Q:
    """Waiting, with an appeal that nobody has answered."""
    looked = _looked_at("comment_id").filter(at__gt=OuterRef("made_at"))
    unanswered = Appeal.objects.filter(~Exists(looked)).values("comment")
    return Q(pk__in=unanswered, status=Status.PENDING)


def _edited_since(user: "AnyUser", now: "Given | None") -> Q:
    """Public, and edited by its writer after a person last looked at it; or its page was."""
    looked = _looked_at("pk").filter(at__gte=OuterRef("edited_at"))
    edited = Comment.objects.filter(~Exists(looked), edited_at__isnull=False)
    renewed = ReceivedMention.objects.changed().values("comment")
    # A union: for "one or the other" Postgres would read all that is published.
    either = edited.order_by().values("pk").union(renewed.order_by(), all=True)
    return Q(pk__in=either, status=Status.PUBLISHED)


def _likely_spam(user: "AnyUser", now: "Given | None") -> Q:
    return Q(status=Status.PENDING, likeness__band=Band.SPAM)


def _owed(user: "AnyUser", now: "Given | None") -> Q:
    return Q(pk__in=FollowUp.objects.due(user, now).values("comment"))


def _looked_at(comment_id: str) -> "QuerySet[LogEntry]":
    """The decisions of people on the comment of an outer query."""
    decisions = LogEntry.objects.filter(act__in=DECISIONS, actor_id__isnull=False)
    return decisions.standing().filter(comment_id=OuterRef(comment_id))


IN_TAB: Final[dict[str, Callable[["AnyUser", "Given | None"], Q]]] = {
    ALL: lambda user, now: Q(),
    REPORTED: _reported,
    APPEALS: _appealed,
    EDITED: _edited_since,
    LIKELY_SPAM: _likely_spam,
    OWED: _owed,
}


def _id(typed: str) -> int:
    if not typed:
        return 0
    if not (typed.isascii() and typed.isdigit() and len(typed) < 19):
        raise NoSuchFilter
    return int(typed)
