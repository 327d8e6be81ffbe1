"""What somebody may decide on and has not: the comments of each kind of notice."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from comments.intake import OwnAct
from comments.models import Comment
from comments.status import Status
from moderation.models import DECISIONS, LogEntry, Report
from moderation.models.notices import NoticeKind
from moderation.permissions import moderatable

if TYPE_CHECKING:
    from django.contrib.auth.models import User

Find = Callable[["User"], "QuerySet[Comment]"]
REQUESTS: Final = (OwnAct.APPEALED.value, OwnAct.RESUBMITTED.value)


def open_for(user: "User", kind: NoticeKind) -> "QuerySet[Comment, Any]":
    """The comments of one kind that wait for `user`, longest first; `since` says how long."""
    return FIND[kind](user).order_by("since", "pk")


def _waiting(user: "User") -> "QuerySet[Comment]":
    return _pending(user).exclude(asked=OwnAct.APPEALED)


def _appeals(user: "User") -> "QuerySet[Comment]":
    return _pending(user).filter(asked=OwnAct.APPEALED)


def _reports(user: "User") -> "QuerySet[Comment]":
    unanswered = Report.objects.unanswered().filter(comment=OuterRef("pk"))
    first = unanswered.order_by("reported_at").values("reported_at")[:1]
    reported = moderatable(user).filter(Exists(unanswered), status=Status.PUBLISHED)
    return reported.annotate(since=Subquery(first))


def _follow_ups(user: "User") -> "QuerySet[Comment]":
    """Nothing can be marked as owed yet; the list of what is gives this its comments."""
    return moderatable(user).none().annotate(since=F("published_at"))


def _pending(user: "User") -> "QuerySet[Comment]":
    """What waits, since when, and what its writer `asked` for since the last decision.

    An edit by its writer does not make it new.
    """
    became = LogEntry.objects.filter(comment_id=OuterRef("pk"), status_after=Status.PENDING)
    last = became.exclude(status_before=Status.PENDING).order_by("-pk").values("at")[:1]
    since = Coalesce(Subquery(last), F("submitted_at"))
    acts = LogEntry.objects.filter(comment_id=OuterRef("pk"), act__in=[*DECISIONS, *REQUESTS])
    judged = acts.standing()
    asked = Coalesce(Subquery(judged.order_by("-pk").values("act")[:1]), Value(""))
    return moderatable(user).filter(status=Status.PENDING).annotate(since=since, asked=asked)


FIND: Final[dict[NoticeKind, Find]] = {
    NoticeKind.WAITING: _waiting,
    NoticeKind.REPORTS: _reports,
    NoticeKind.APPEALS: _appeals,
    NoticeKind.FOLLOW_UPS: _follow_ups,
}
