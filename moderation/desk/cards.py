"""Cards: comments with all that a decision needs in view, in the same queries for any number."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

from django.db.models import F, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.safestring import SafeString

from comments.brakes import NOTHING, brakes_over
from comments.models import Comment, CommentQuerySet, RecordedReason, Revision
from core.differences import Piece, compare
from moderation.desk.acts import DeskAct, acts_for, says_something_new
from moderation.desk.alike import Alike, alike
from moderation.desk.links import Link, links_of
from moderation.desk.marking import marked
from moderation.desk.writers import Record, records_of
from moderation.models import DECISIONS, Claim, Clause, FollowUp, LogEntry, Report
from moderation.policy.citing import find_clauses


class Card(NamedTuple):
    """One comment in the queue.

    `reasons` and `reports` come with the clauses that they name, as they were worded then.
    """

    comment: Comment
    acts: Sequence[DeskAct]
    difference: Sequence[Piece]
    new_text: Sequence[Piece]  # what differs in what a mention's page says by now
    reasons: Sequence[tuple[RecordedReason, Clause | None]]
    reports: Sequence[tuple[Report, Clause | None]]
    html: SafeString  # with the evidence marked
    links: Sequence[Link]
    alike: Sequence[Alike]
    writer: Record


def with_context(comments: CommentQuerySet) -> CommentQuerySet:
    """Comments with what a card shows beside them: six queries.

    The unanswered reports are in `open_reports`; in `judged` is the text that was decided on, if
    the comment was edited since (texts_last_judged), in `owed` the replies that are owed; who is at
    it by `claim`, over or not.
    """
    related: CommentQuerySet = comments.select_related(
        "post", "parent", "user", "appeal", "likeness", "mention"
    )
    return related.prefetch_related(
        *(Prefetch(one, rows.all(), to_attr) for one, rows, to_attr in _beside())
    )


@cache  # to put them together takes longer than to ask for any of them; each page has a copy
def _beside() -> "Sequence[tuple[str, QuerySet[Any], str | None]]":
    reports = Report.objects.unanswered().order_by("reported_at", "pk")
    return (
        ("claim", Claim.objects.select_related("claimed_by"), None),
        ("reasons", RecordedReason.objects.filter(revision=None), None),
        ("reports", reports, "open_reports"),
        ("revisions", texts_last_judged(), "judged"),
        ("follow_ups", FollowUp.objects.open().select_related("owed_by"), "owed"),
    )


def texts_last_judged() -> "QuerySet[Revision]":
    """Of each comment that its writer edited since the last decision the text decided on.

    Where nobody has decided yet, the text that was sent first.
    """
    by_people = LogEntry.objects.filter(act__in=DECISIONS, actor_id__isnull=False)
    last = by_people.standing().filter(comment_id=OuterRef("comment_id")).order_by("-pk")
    revisions = Revision.objects.alias(decided_at=last.values("at")[:1])
    since = revisions.filter(Q(decided_at=None) | Q(replaced_at__gte=F("decided_at")))
    by_writers = since.exclude(replaced_by=Revision.Replacement.REDACTION)
    return by_writers.order_by("comment_id", "pk").distinct("comment_id")


def cards(comments: Iterable[Comment]) -> list[Card]:
    """Each comment, read by `with_context`, with what its card shows: seven queries."""
    shown: list[Any] = list(comments)
    naming = [row for one in shown for row in (*one.reasons.all(), *one.open_reports)]
    clauses = find_clauses(row.clause_id for row in naming)
    ids = [comment.pk for comment in shown]
    links, alikes, writers = links_of(ids), alike(ids), records_of(shown)
    over = brakes_over(ids, timezone.now())
    for comment in shown:
        comment.lock, comment.slow = over.get(comment.pk, NOTHING)
    return [
        Card(
            comment,
            acts_for(comment),
            _difference(comment),
            compare(comment.text, comment.mention.said) if says_something_new(comment) else [],
            [(row, clauses.get(row.clause_id)) for row in comment.reasons.all()],
            [(row, clauses.get(row.clause_id)) for row in comment.open_reports],
            marked(comment, comment.reasons.all()),
            links.get(comment.pk, ()),
            alikes.get(comment.pk, ()),
            writers[comment.pk],
        )
        for comment in shown
    ]


def _difference(comment: Any) -> list[Piece]:
    """What changed since the text that was last judged; empty if nothing did."""
    return [piece for earlier in comment.judged for piece in compare(earlier.text, comment.text)]
