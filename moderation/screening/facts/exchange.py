"""How long only the same two people have answered each other, where a draft would stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from comments.intake import Draft
from comments.status import Status
from moderation.screening.facts.asking import Question, Rows
from moderation.screening.facts.base import Asked

# Upwards from what is answered, as long as nobody but two people wrote; of these comments those
# below which nobody else has published anything. Staff are always somebody else. A name is enough
# to be taken for the same person: that costs a wait, and proves nothing.
EXCHANGE: Final = """
    WITH chain AS (
        SELECT above.lft, above.rght, above.tree_id, above.name, lower(above.name) AS called,
            above.commenter_id, above.user_id, above.continues,
            row_number() OVER (ORDER BY above.level DESC) AS back
        FROM comments_comment answered JOIN comments_comment above
            ON above.tree_id = answered.tree_id
            AND above.lft <= answered.lft AND above.rght >= answered.rght
        WHERE answered.id = %(parent)s
    ), one AS (SELECT * FROM chain WHERE back = 1 AND user_id IS NULL
    ), other AS (
        SELECT chain.* FROM chain, one WHERE chain.user_id IS NULL AND chain.called <> one.called
            AND (chain.commenter_id = one.commenter_id) IS NOT TRUE
        ORDER BY chain.back LIMIT 1
    ), two AS (SELECT * FROM one UNION ALL SELECT * FROM other
    ), run AS (
        SELECT * FROM chain WHERE back < coalesce((
            SELECT min(back) FROM chain WHERE user_id IS NOT NULL OR NOT EXISTS (
                SELECT FROM two
                WHERE two.called = chain.called OR two.commenter_id = chain.commenter_id)
        ), 1000)
    ), others AS (
        SELECT c.lft FROM comments_comment c
        JOIN (SELECT tree_id, lft, rght FROM run ORDER BY back DESC LIMIT 1) AS top
            ON c.tree_id = top.tree_id AND c.lft BETWEEN top.lft AND top.rght
        WHERE c.status = %(published)s AND c.submitted_at <= %(at)s AND c.id <> %(replaces)s
            AND (c.user_id IS NOT NULL OR NOT EXISTS (
                SELECT FROM two
                WHERE two.called = lower(c.name) OR two.commenter_id = c.commenter_id))
    )
    SELECT one.name, one.commenter_id, other.name, other.commenter_id, (
        SELECT count(*) FROM run WHERE NOT run.continues
            AND NOT EXISTS (SELECT FROM others WHERE others.lft BETWEEN run.lft AND run.rght))
    FROM one, other
"""


@dataclass(frozen=True)
class Writer:
    """One of the two, as far as one can tell."""

    name: str
    commenter_id: int | None

    def may_be(self, draft: Draft) -> bool:
        """Whether a draft is this person's, by cookie or by the name alone."""
        known = draft.commenter is not None and draft.commenter.pk == self.commenter_id
        return known or draft.name.casefold() == self.name.casefold()


@dataclass(frozen=True)
class Exchange(Asked):
    """The two, and how many comments in a row are theirs alone; a continuation counts for none."""

    writers: tuple[Writer, ...] = ()
    replies: int = 0

    @classmethod
    def questions(cls, draft: Draft, at: datetime) -> Sequence[Question]:
        """See Asked; none where nothing is answered."""
        if draft.parent is None:
            return []
        asked = {
            "parent": draft.parent.pk,
            "at": at,
            "published": Status.PUBLISHED.value,
            "replaces": draft.replaces.pk if draft.replaces else 0,
        }
        return [Question(EXCHANGE, asked)]

    @classmethod
    def read(cls, draft: Draft, at: datetime, answers: Sequence[Rows]) -> Self:
        """See Asked."""
        if not answers or not answers[0]:
            return cls()
        ((name, commenter_id, other_name, other_id, replies),) = answers[0]
        return cls((Writer(name, commenter_id), Writer(other_name, other_id)), replies)
