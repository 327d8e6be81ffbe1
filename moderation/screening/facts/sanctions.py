"""What moderators have set about the writer of a draft."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

from comments.intake import Draft
from comments.models import Commenter
from moderation.models import Sanction
from moderation.models.sanctions import citation, scope_in_words
from moderation.people.persons import digest_of_mail, fits_pattern
from moderation.screening.facts.asking import Question, Rows
from moderation.screening.facts.base import Asked

FIELDS: Final = (
    "id", "effect", "target", "note", "until_at", "made_at", "regained_after", "mail_digest",
    "pattern", "post_id", "branch_id",
)  # fmt: skip
# Names are compared when they are read: there are few. Of a branch the places are read with the
# row: a move may have changed them since the form was made. A clause is named as it was called when
# the sanction was made.
QUERY: Final = f"""
    SELECT {", ".join(f"s.{field}" for field in FIELDS)},
        branch.number, set_by.username, clause.number, clause.title
    FROM moderation_sanction s
    LEFT JOIN comments_comment branch ON branch.id = s.branch_id
    LEFT JOIN auth_user set_by ON set_by.id = s.made_by_id
    LEFT JOIN LATERAL (
        SELECT one.number, one.title FROM moderation_clause one
        JOIN moderation_policy version ON version.id = one.policy_id
        WHERE s.clause <> '' AND one.key = s.clause AND version.published_at <= s.made_at
        ORDER BY version.version DESC LIMIT 1
    ) clause ON true
    WHERE s.made_at <= %(at)s
        AND (s.until_at IS NULL OR s.until_at > %(at)s)
        AND (s.lifted_at IS NULL OR s.lifted_at > %(at)s)
        AND (s.target = 'name'
            OR s.commenter_id = ANY (%(commenters)s)
            OR s.mail_digest <> '' AND s.mail_digest = ANY (%(mails)s)
            OR s.network <> '' AND s.network = %(network)s)
        AND (s.post_id IS NULL AND s.branch_id IS NULL
            OR s.post_id = %(post)s
            OR EXISTS (
                SELECT FROM comments_comment parent
                WHERE parent.id = %(parent)s AND parent.tree_id = branch.tree_id
                    AND parent.lft BETWEEN branch.lft AND branch.rght
            ))
    ORDER BY s.id
"""  # noqa: S608 (put together from constants)


@dataclass(frozen=True)
class InForce:
    """One sanction, or trust, with what its sentences need."""

    id: int
    effect: str
    target: str
    note: str
    until_at: datetime | None
    made_at: datetime
    regained_after: int
    mail_digest: str
    pattern: str
    post_id: int | None
    branch_id: int | None
    where: str
    set_by: str  # empty: by an account that is no more
    clause: str  # number and title; empty: none


@dataclass(frozen=True)
class Sanctions(Asked):
    """The sanctions in force that concern the draft.

    Of the network of an edit that of the first text counts; of a comment that its writer
    continues, by the private link or not, the identity of who wrote it.
    """

    found: tuple[InForce, ...] = ()

    @classmethod
    def questions(cls, draft: Draft, at: datetime) -> Sequence[Question]:
        """See Asked."""
        asked = {
            "at": at,
            "commenters": [one.pk for one in identities(draft)],
            "mails": [digest_of_mail(mail) for mail in mails(draft)],
            "network": draft.network or (draft.replaces.network if draft.replaces else ""),
            "post": draft.post.pk,
            "parent": draft.parent.pk if draft.parent else 0,
        }
        return [Question(QUERY, asked)]

    @classmethod
    def read(cls, draft: Draft, at: datetime, answers: Sequence[Rows]) -> Self:
        """See Asked."""
        (rows,) = answers
        found = (_in_force(draft, row) for row in rows)
        return cls(tuple(one for one in found if _fits(one, draft)))


def identities(draft: Draft) -> list[Commenter]:
    """Who the writer is known to be."""
    known = [draft.commenter]
    if draft.continues and draft.parent is not None:
        known.append(draft.parent.commenter)
    return [one for one in known if one is not None]


def mails(draft: Draft) -> list[str]:
    """The addresses that came with the draft or are confirmed as its writer's."""
    confirmed = [one.mail for one in identities(draft) if one.is_confirmed]
    return [mail for mail in (draft.mail, *confirmed) if mail]


def _in_force(draft: Draft, row: Sequence[Any]) -> InForce:
    """A sanction that concerns the draft: its post, or its branch's, is the draft's own."""
    plain = dict(zip(FIELDS, row, strict=False))
    branch, set_by, number, title = row[len(FIELDS) :]
    if plain["branch_id"] is not None:
        where = scope_in_words(post=draft.post.title, branch=branch or "")
    else:
        where = scope_in_words(post=draft.post.title if plain["post_id"] else "")
    return InForce(**plain, where=where, set_by=set_by or "", clause=citation(number, title))


def _fits(sanction: InForce, draft: Draft) -> bool:
    is_name = sanction.target == Sanction.Target.NAME
    return not is_name or fits_pattern(draft.name, sanction.pattern)
