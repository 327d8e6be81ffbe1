"""Clauses quoted back: as they were worded when they were applied."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from comments.errors import CommentError
from comments.intake import Explanation, QuotedClause
from comments.models import Comment
from comments.status import Status
from moderation.models import DECISIONS, Act, Clause, DecisionNote, LogEntry, Policy

# What rules decide by themselves, at once or when the text is edited. That one holds a comment or
# calls it spam is not explained: it would teach who sends spam.
BY_RULES: Final = Q(act__in=[Act.RECEIVED, Act.EDITED], status_after=Status.REJECTED)


class ClauseOutOfDate(CommentError):
    """The clause is not one of the current version."""

    def __init__(self, clause: Clause) -> None:
        super().__init__(
            f"The policy has changed since you looked: “{clause}” is a clause of version"
            f" {clause.policy.version}. Nothing was done: please choose again."
        )


def require_current(clause: Clause | None) -> None:
    """Raise ClauseOutOfDate unless a cited clause is one of the version that holds now."""
    if clause and not Clause.objects.current().filter(pk=clause.pk).exists():
        raise ClauseOutOfDate(clause)


def find_clauses(ids: Iterable[int | None]) -> dict[int, Clause]:
    """Clauses of any version by id, with their versions. One query, none where none is named."""
    wanted = {clause_id for clause_id in ids if clause_id is not None}
    return Clause.objects.select_related("policy").in_bulk(wanted) if wanted else {}


def explain_decision(comment: Comment) -> Explanation:
    """The last decision on a comment, with what its commenter was told. One query."""
    notes = DecisionNote.objects.filter(log_entry_id=OuterRef("pk")).values("text")
    row = _last_decisions([comment.pk]).annotate(note=Subquery(notes)).first()
    if row is None:
        return Explanation()
    entry: Any = row
    return Explanation(
        note=entry.note or "",
        clause=_quoted(entry.cited),
        by_rule=entry.act in {Act.RECEIVED, Act.EDITED} or entry.actor_id is None,
    )


def cited_clauses(comment_ids: Collection[int]) -> Mapping[int, QuotedClause]:
    """Of each comment the clause that the last decision on it cited, if one. One query."""
    rows: Any = _last_decisions(comment_ids)
    quoted = {entry.comment_id: _quoted(entry.cited) for entry in rows}
    return {comment_id: clause for comment_id, clause in quoted.items() if clause is not None}


def _last_decisions(comment_ids: Collection[int]) -> "QuerySet[LogEntry]":
    """The last deciding row of each comment, with the clause that it cites."""
    made = LogEntry.objects.filter(BY_RULES | Q(act__in=DECISIONS), comment_id__in=comment_ids)
    decided = made.standing()
    clause = JSONObject(
        version="policy__version", number="number", key="key", title="title", html="html"
    )
    named = Clause.objects.filter(pk=OuterRef("clause_id")).values(found=clause)
    last = decided.order_by("comment_id", "-pk").distinct("comment_id")
    return last.annotate(cited=Subquery(named))


def _quoted(cited: Mapping[str, Any] | None) -> QuotedClause | None:
    if cited is None:
        return None
    clause = Clause(**{name: cited[name] for name in ("number", "key", "title", "html")})
    clause.policy = Policy(version=cited["version"])
    return quote(clause)


def quote(clause: Clause) -> QuotedClause:
    """A clause with its version, as comments show it."""
    return QuotedClause(
        number=clause.number,
        title=clause.title,
        html=clause.text_as_html,
        version=clause.policy.version or 0,
        address=clause.get_absolute_url(),
    )
