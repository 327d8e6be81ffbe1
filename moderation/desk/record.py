"""Reading the record: what was done to a comment, by whom, and what its commenter was told."""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from django.contrib.auth import get_user_model
from django.db.models import F, OuterRef, QuerySet, Subquery

from comments.intake import OwnAct
from comments.models import Brake, Comment
from comments.status import Status
from core.compiled import Compiled, Given
from moderation.desk.braking import LOCKS, SLOW_MODES
from moderation.models import DECISIONS, Act, Clause, DecisionNote, LogEntry
from moderation.policy.citing import find_clauses

NAMELESS: Final = {Act.REPORTED.value: "a reader", **dict.fromkeys(OwnAct.values, "its writer")}

REQUESTS: Final = (OwnAct.RESUBMITTED.value, OwnAct.APPEALED.value)
# Of the branch: no form is stale.
BRAKES: Final = frozenset({*LOCKS, *SLOW_MODES})


class Line(NamedTuple):
    """One act with its actor's name, the note that went with it, and the clause that it cites.

    `overrode` is the verdict that stood before, of an act that gave another.
    """

    entry: LogEntry
    actor: str
    note: str
    clause: Clause | None
    overrode: str = ""


def record_of(comment: Comment) -> list[Line]:
    """Every act on a comment, oldest first. Three queries, four if one cites a clause."""
    return lines_of(_RECORD.rows(comment=comment.pk))


def lines_of(entries: Iterable[LogEntry]) -> list[Line]:
    """Some acts as they are read. Two queries more, one if one cites a clause, and one if a whole
    conversation was slowed.
    """
    shown: list[Any] = list(entries)
    ids = [entry.pk for entry in shown]
    users = get_user_model().objects.in_bulk({e.actor_id for e in shown if e.actor_id})
    notes = dict(
        DecisionNote.objects.filter(log_entry_id__in=ids).values_list("log_entry_id", "text")
    )
    notes |= _reasons_of_posts(shown)
    clauses = find_clauses(entry.clause_id for entry in shown)
    return [
        Line(
            entry,
            _actor_name(entry, users),
            notes.get(entry.pk, ""),
            clauses.get(entry.clause_id or 0),
            _overrode(entry),
        )
        for entry in shown
    ]


def _reasons_of_posts(entries: list[LogEntry]) -> dict[int, str]:
    """Why whole conversations were slowed, by the ids of the acts that did it."""
    acts = [one for one in entries if one.act in SLOW_MODES and one.comment_id is None]
    if not acts:
        return {}
    rows = Brake.objects.filter(post__in=[one.post_id for one in acts])
    reasons = {(brake.post_id, brake.set_at): brake.reason for brake in rows}
    return {one.pk: reasons.get((one.post_id, one.at), "") for one in acts}


def with_overruled(entries: "QuerySet[LogEntry]") -> "QuerySet[LogEntry]":
    """Acts with the act that had given the status before, and whether a person did that."""
    before = LogEntry.objects.filter(
        comment_id=OuterRef("comment_id"),
        pk__lt=OuterRef("pk"),
        status_after=OuterRef("status_before"),
    ).exclude(status_after=F("status_before"))
    last = before.order_by("-pk")
    return entries.annotate(
        before_act=Subquery(last.values("act")[:1]),
        before_actor=Subquery(last.values("actor_id")[:1]),
    )


def _record() -> "QuerySet[LogEntry]":
    return with_overruled(LogEntry.objects.filter(comment_id=Given("comment"))).order_by("pk")


_RECORD: Final = Compiled(_record)


def _overrode(entry: Any) -> str:
    """ "rejected by a rule": of with_overruled; empty where nothing was decided before."""
    act = getattr(entry, "before_act", None)
    changed = entry.status_before != entry.status_after and not entry.undoes_id
    if not act or not changed or entry.status_before == Status.PENDING:
        return ""
    return f"{entry.status_before} by {'a person' if entry.before_actor else 'a rule'}"


def open_request(comment: Comment) -> LogEntry | None:
    """The appeal or resubmission that nobody has answered yet. One query."""
    acts = LogEntry.objects.filter(comment_id=comment.pk, act__in=[*DECISIONS, *REQUESTS])
    last = acts.standing().order_by("-pk").first()
    return last if last is not None and last.act in REQUESTS else None


def who_was_first(comment: Comment) -> str:
    """For a moderator whose form was made for an earlier state of the comment. As record_of."""
    record = record_of(comment)
    last = next((line for line in reversed(record) if line.entry.act not in BRAKES), None)
    if last is not None and last.entry.act == Act.EDITED:
        return (
            f"The comment by {comment.name} was edited since you looked, and is {comment.status}."
            " Your click changed nothing."
        )
    by = f" ({last.entry.act} by {last.actor})" if last else ""
    return (
        f"Somebody was before you: the comment by {comment.name} is {comment.status} by now{by}."
        " Your click changed nothing."
    )


def _actor_name(entry: LogEntry, users: dict[Any, Any]) -> str:
    if entry.actor_id is None:
        return NAMELESS.get(entry.act, "the site")
    user = users.get(entry.actor_id)
    return user.get_username() if user else "a former member of staff"
