"""Barring, holding and trusting people: one function each, permission checked, one log row.

Each opens its own transaction. All raise NotAllowed and change nothing then. What tells a person
stands in the row of the sanction, which may be erased; the log holds only its number.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from blog.models import Post
from comments import markup
from comments.errors import CommentError
from comments.models import Comment, Commenter
from moderation.models import Act, LogEntry, Sanction
from moderation.people.persons import digest_of_mail, is_pattern_wide
from moderation.permissions import require_may_sanction

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class NotSanctionable(CommentError):
    """The terms make no sense together; the sentence says why."""


class NoLongerInForce(CommentError):
    """Lifted or over already; nothing was changed."""

    def __init__(self) -> None:
        super().__init__("This sanction is no longer in force; nothing was changed.")


@dataclass(frozen=True, kw_only=True)
class Person:
    """By what somebody is known: exactly one of these."""

    commenter: Commenter | None = None
    mail: str = ""
    network: str = ""  # core.network.network_digest
    pattern: str = ""  # a whole name, or with `*` for anything

    def fields(self) -> dict[str, Any]:
        """The columns of a sanction. Raises NotSanctionable unless there is exactly one."""
        given = [one for one in (self.commenter, self.mail, self.network, self.pattern) if one]
        if len(given) != 1:
            raise NotSanctionable("Say by exactly one thing who is meant.")
        if self.commenter is not None:
            return {"target": Sanction.Target.IDENTITY, "commenter": self.commenter}
        if self.mail:
            digest = digest_of_mail(self.mail)
            return {"target": Sanction.Target.MAIL, "mail_digest": digest, "mail": self.mail}
        if self.network:
            return {"target": Sanction.Target.NETWORK, "network": self.network}
        if is_pattern_wide(self.pattern):
            raise NotSanctionable("A pattern for names needs three letters or more.")
        return {"target": Sanction.Target.NAME, "pattern": self.pattern}


def sanction_person(
    *,
    person: Person,
    effect: str,
    by: "User",
    post: Post | None = None,
    branch: Comment | None = None,
    until_at: datetime | None = None,
    clause: str = "",
    note: str = "",
    occasion: Comment | None = None,
) -> Sanction:
    """Bar or hold somebody from now on: everywhere, under a post, or in the branch of a comment.

    `note` is for the person, who reads it with the clause above the form. Also raises
    NotSanctionable.
    """
    if effect not in {Sanction.Effect.BAR, Sanction.Effect.HOLD}:
        raise NotSanctionable("A sanction bars or holds.")
    return _make(
        Act.SANCTIONED, by, person, effect=effect, post=post, branch=branch, until_at=until_at,
        clause=clause, note=note, occasion=occasion,
    )  # fmt: skip


def trust_commenter(
    *,
    commenter: Commenter,
    by: "User",
    post: Post | None = None,
    branch: Comment | None = None,
    until_at: datetime | None = None,
    regained_after: int = 2,
    occasion: Comment | None = None,
) -> Sanction:
    """Let the comments of a known commenter appear at once where only a rule would hold them.

    After a rejection that rests until `regained_after` comments were published since. Also raises
    NotSanctionable.
    """
    return _make(
        Act.TRUSTED, by, Person(commenter=commenter), effect=Sanction.Effect.TRUST, post=post,
        branch=branch, until_at=until_at, regained_after=regained_after, occasion=occasion,
    )  # fmt: skip


def lift_sanction(*, sanction_id: int, by: "User") -> Sanction:
    """End a sanction, or a trust, now; an address kept with it is forgotten.

    Also raises NoLongerInForce, Sanction.DoesNotExist.
    """
    now = timezone.now()
    with transaction.atomic():
        sanction = Sanction.objects.select_for_update().get(pk=sanction_id)
        require_may_sanction(by, _post_of(sanction.post, sanction.branch))
        if not sanction.is_in_force(now):
            raise NoLongerInForce
        sanction.lifted_at, sanction.mail = now, ""
        sanction.save(update_fields=["lifted_at", "mail"])
        _log(Act.LIFTED, sanction, by, now)
    return sanction


def forget_addresses(now: datetime | None = None) -> int:
    """Blank the mail addresses of sanctions that are over; how many. One UPDATE.

    Their digests stay: they tell nobody's address and end with the row.
    """
    over = Sanction.objects.filter(until_at__lte=now or timezone.now()).exclude(mail="")
    return over.update(mail="")


def _make(act: Act, by: "User", person: Person, **terms: Any) -> Sanction:
    now = timezone.now()
    post, branch = terms["post"], terms["branch"]
    require_may_sanction(by, _post_of(post, branch))
    if post is not None and branch is not None:
        raise NotSanctionable("It holds under a post or in a branch, not both.")
    if terms["until_at"] is not None and terms["until_at"] <= now:
        raise NotSanctionable("The time at which it ends is over already.")
    terms["note"] = markup.normalise(terms.get("note", ""))
    if len(terms["note"]) > Sanction.NOTE_MAX_LENGTH:
        raise NotSanctionable(
            f"The note has {len(terms['note']):,} characters; {Sanction.NOTE_MAX_LENGTH:,} are"
            " possible."
        )
    with transaction.atomic():
        sanction = Sanction.objects.create(**person.fields(), **terms, made_by=by, made_at=now)
        _log(act, sanction, by, now)
    return sanction


def _post_of(post: Post | None, branch: Comment | None) -> Post | None:
    return branch.post if branch is not None else post


def _log(act: Act, sanction: Sanction, by: "User", at: datetime) -> None:
    """One row without a comment, since it is an act on none; in the caller's transaction."""
    post = _post_of(sanction.post, sanction.branch)
    LogEntry.objects.create(
        act=act,
        sanction_id=sanction.pk,
        post_id=post.pk if post is not None else None,
        actor_id=by.pk,
        at=at,
    )
