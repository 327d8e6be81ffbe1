"""Every source that was ever linked to: found by address or host, and what became of its uses.

Pages begin behind a key, so that the thousandth costs as much as the first.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.contrib.postgres.search import SearchQuery
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from comments.addresses import ascii_host
from comments.models import Comment
from comments.status import Status
from moderation.models import Source, SourceUse
from moderation.models.traces import SOURCE_WORDS
from moderation.permissions import decides_on_all, moderatable

if TYPE_CHECKING:
    from django.contrib.auth.models import User

ON_A_PAGE: Final = 50
COUNTS: Final[dict[str, Any]] = {
    "uses": Count("pk"),
    **{
        status.value: Count("pk", filter=Q(comment__status=status))
        for status in (Status.PUBLISHED, Status.REJECTED, Status.SPAM, Status.PENDING)
    },
}


class Part(NamedTuple):
    """A page's rows, and the key behind which the next begins; None on the last."""

    rows: Sequence[Any]
    next: Any


@dataclass(frozen=True)
class Place:
    """One comment with a source, and the reply that staff gave there."""

    use: SourceUse
    answer: Comment | None


def sources_of(user: "User") -> "QuerySet[Source]":
    """Those that stand in comments which `user` decides on; all for who decides on everything."""
    if decides_on_all(user):
        return Source.objects.all()
    return Source.objects.filter(Exists(uses_for(user).filter(source=OuterRef("pk"))))


def uses_for(user: "User") -> "QuerySet[SourceUse]":
    """In comments that `user` decides on."""
    if decides_on_all(user):
        return SourceUse.objects.all()
    return SourceUse.objects.filter(comment__in=moderatable(user).order_by().values("pk"))


def found(sources: "QuerySet[Source]", words: str) -> "QuerySet[Source]":
    """Those in whose address or note each of the words begins a word."""
    asked = [form for word in words.lower().replace("www.", "").split() if (form := _form(word))]
    if not asked:
        return sources
    query = SearchQuery(" & ".join(asked), config="simple", search_type="raw")
    return sources.alias(words=SOURCE_WORDS).filter(words=query)


def _form(word: str) -> str:
    """The part of a query for a word: a host in its own letters is stored in ASCII."""
    forms = [word]
    if not word.isascii():
        forms.append(ascii_host(word))
    parts = [re.findall(r"[^\W_]+", form) for form in forms]
    found = [" & ".join(f"{part}:*" for part in some) for some in parts if some]
    return f"(({') | ('.join(found)}))" if found else ""


def newest(sources: "QuerySet[Source]", user: "User", before: int) -> Part:
    """The sources last seen first, each with `counts` of its uses. Two queries."""
    if before:
        sources = sources.filter(pk__lt=before)
    part = _part(sources.order_by("-pk"), "pk")
    counted = _counted(uses_for(user), "source", [source.pk for source in part.rows])
    for source in part.rows:
        source.counts = counted.get(source.pk, {})
    return part


def hosts(sources: "QuerySet[Source]", user: "User", after: str) -> Part:
    """Hosts by name, as rows of `host`, `sources` and `counts` of their uses. Two queries."""
    named = sources.filter(host__gt=after).order_by("host").values("host")
    part = _part(named.annotate(sources=Count("pk")), "host")
    counted = _counted(uses_for(user), "source__host", [row["host"] for row in part.rows])
    rows = [{**row, "counts": counted.get(row["host"], {})} for row in part.rows]
    return Part(rows, part.next)


def places(source: Source, user: "User", before: int) -> Part:
    """The comments with a source, the latest first, as Place. Two queries."""
    uses = uses_for(user).filter(source=source)
    if before:
        uses = uses.filter(comment__lt=before)
    replies = Comment.objects.public().filter(parent=OuterRef("comment"), user__isnull=False)
    answered = uses.annotate(answer_id=Subquery(replies.order_by("pk").values("pk")[:1]))
    part = _part(answered.select_related("comment__post").order_by("-comment"), "comment_id")
    ids = [use.answer_id for use in part.rows if use.answer_id]
    answers = Comment.objects.select_related("post").in_bulk(ids)
    return Part([Place(use, answers.get(use.answer_id)) for use in part.rows], part.next)


def counts_of(source: Source, user: "User") -> dict[str, int]:
    """How often it was posted, and what became of that. One query."""
    return _counted(uses_for(user), "source", [source.pk]).get(source.pk, {})


def _counted(uses: "QuerySet[SourceUse]", key: str, keys: Iterable[Any]) -> dict[Any, Any]:
    rows = uses.filter(**{f"{key}__in": list(keys)}).order_by().values(key).annotate(**COUNTS)
    return {row[key]: row for row in rows}


def _part(rows: "QuerySet[Any, Any]", key: str) -> Part:
    shown = list(rows[: ON_A_PAGE + 1])
    if len(shown) <= ON_A_PAGE:
        return Part(shown, None)
    last = shown[ON_A_PAGE - 1]
    return Part(shown[:ON_A_PAGE], last[key] if isinstance(last, dict) else getattr(last, key))
