"""What the same person sent before, as far as one can tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Self

from comments.intake import Draft
from comments.status import Remover, Status
from moderation.screening.facts.asking import Question, Rows
from moderation.screening.facts.base import Asked

LATEST: Final = 200  # comments looked at, which bounds the query and what a rule may ask
NETWORK_FOR: Final = timedelta(days=2)  # how long a network counts as the same person
AGAINST: Final = frozenset({Status.REJECTED, Status.SPAM})
FIELDS: Final = (
    "id", "post_id", "tree_id", "lft", "status", "submitted_at", "name", "published_at",
    "changed_at", "removed_by",
)  # fmt: skip
QUERY: Final = f"""
    SELECT {", ".join(FIELDS)} FROM comments_comment
    WHERE {{whose}} AND submitted_at < %(at)s AND id <> %(replaces)s
    ORDER BY submitted_at DESC LIMIT %(latest)s
"""  # noqa: S608 (put together from constants)
BY_USER: Final = QUERY.format(whose="user_id = %(who)s")
BY_COMMENTER: Final = QUERY.format(whose="commenter_id = %(who)s")
# A plan for any network can use the index of those that are known only if it is told that this is.
BY_NETWORK: Final = QUERY.format(
    whose="network = %(who)s AND network <> '' AND submitted_at > %(since)s"
)
# Of the network's latest, and not the latest of that name: none of many has to be looked through.
BY_STRANGER: Final = f"SELECT * FROM ({BY_NETWORK}) latest WHERE lower(name) = lower(%(name)s)"  # noqa: S608


@dataclass(frozen=True)
class Past:
    """One earlier comment, with its status as it was at the time that was asked for."""

    id: int
    post_id: int
    tree_id: int
    status: str
    submitted_at: datetime
    is_own: bool  # by the same account or commenter, not just from the same network
    lft: int = 0
    name: str = ""
    decided_at: datetime | None = None  # when it got that status; None: it waits
    was_refused: bool = False  # rejected, spam, or taken down by a moderator


@dataclass(frozen=True)
class History(Asked):
    """The latest 200 earlier comments of an account or commenter, newest first.

    Of a stranger those from the network under the same name, of its latest 200 in two days. Where
    many share a network, one of them does not use up what the others may.
    """

    past: tuple[Past, ...] = ()

    @classmethod
    def questions(cls, draft: Draft, at: datetime) -> Sequence[Question]:
        """See Asked: one for each index, which OR would not use in order."""
        asked = {
            "at": at,
            "since": at - NETWORK_FOR,
            "replaces": draft.replaces.pk if draft.replaces else 0,
            "latest": LATEST,
            "name": draft.name,
        }
        return [Question(sql, {**asked, "who": who}) for sql, who in _same_person(draft)]

    @classmethod
    def read(cls, draft: Draft, at: datetime, answers: Sequence[Rows]) -> Self:
        """See Asked. A status that was changed several times counts by its last change."""
        past = {row[0]: _past(at, row, is_own=_is_known(draft)) for rows in answers for row in rows}
        in_order = sorted(past.values(), key=lambda one: (one.submitted_at, one.id), reverse=True)
        return cls(tuple(in_order))

    @property
    def own(self) -> tuple[Past, ...]:
        """Those of the identity alone."""
        return tuple(past for past in self.past if past.is_own)

    def by_the_writer_of(self, draft: Draft) -> tuple[Past, ...]:
        """The identity's own; of a stranger all that is taken for theirs."""
        return self.own if _is_known(draft) else self.past

    def published(self) -> int:
        """How many of the identity's own were public, of the latest 200."""
        return sum(past.status == Status.PUBLISHED for past in self.own)

    def published_since(self, moment: datetime) -> int:
        """How many of the identity's own were published after a moment."""
        published = (past for past in self.own if past.status == Status.PUBLISHED)
        return sum(past.decided_at is not None and past.decided_at > moment for past in published)

    def last_refusal(self) -> datetime | None:
        """When a moderator or a rule last decided against one of the identity's own."""
        refused = [past.decided_at for past in self.own if past.was_refused and past.decided_at]
        return max(refused, default=None)


def _same_person(draft: Draft) -> list[tuple[str, int | str]]:
    """The statement for each thing that tells the person; none where nothing does."""
    same: list[tuple[str, int | str]] = []
    if draft.user is not None:
        same.append((BY_USER, draft.user.pk))
    if draft.commenter is not None:
        same.append((BY_COMMENTER, draft.commenter.pk))
    if draft.network and not same:
        same.append((BY_STRANGER, draft.network))
    return same


def _past(at: datetime, row: tuple[Any, ...], *, is_own: bool) -> Past:
    (
        pk, post_id, tree_id, lft, status, submitted_at, name, published_at, changed_at, removed_by,
    ) = row  # fmt: skip
    status, decided_at = _status_at(at, status, published_at, changed_at)
    by_moderator = removed_by == Remover.MODERATOR
    return Past(
        id=pk,
        post_id=post_id,
        tree_id=tree_id,
        lft=lft,
        name=name,
        status=status,
        decided_at=decided_at,
        submitted_at=submitted_at,
        is_own=is_own,
        was_refused=status in AGAINST or (status == Status.REMOVED and by_moderator),
    )


def _status_at(
    at: datetime, status: str, published_at: datetime | None, changed_at: datetime
) -> tuple[str, datetime | None]:
    """The status at a moment and since when, as far as the row tells."""
    against = status not in {Status.PENDING, Status.PUBLISHED}
    if against and changed_at <= at:
        return status, changed_at
    if status != Status.PENDING and published_at is not None and published_at <= at:
        return Status.PUBLISHED, published_at
    return Status.PENDING, None


def _is_known(draft: Draft) -> bool:
    return draft.commenter is not None or draft.user is not None
