"""What moderators have set about the writer of a draft."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.db.models import Q

from comments.intake import Draft
from comments.models import Comment, Commenter
from moderation.models import Sanction
from moderation.people.persons import digest_of_mail, fits_pattern
from moderation.screening.facts.base import Group


@dataclass(frozen=True)
class Sanctions(Group):
    """The sanctions in force that concern the draft, with what their sentences need.

    Of the network of an edit that of the first text counts; of a comment that its writer
    continues, by the private link or not, the identity of who wrote it.
    """

    found: tuple[Sanction, ...] = ()

    @classmethod
    def gather(cls, draft: Draft, at: datetime) -> Self:
        """See Group."""
        concerned = Sanction.objects.in_force(at).filter(_is_about(draft), _holds_where(draft))
        read = concerned.select_related("post", "branch__post", "made_by").order_by("pk")
        return cls(tuple(one for one in read if _fits(one, draft)))


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


def _is_about(draft: Draft) -> Q:
    """Names are compared when they are read: there are few."""
    about = Q(target=Sanction.Target.NAME)
    if known := identities(draft):
        about |= Q(commenter__in=known)
    if given := mails(draft):
        about |= Q(mail_digest__in=[digest_of_mail(mail) for mail in given])
    network = draft.network or (draft.replaces.network if draft.replaces else "")
    return about | Q(network=network) if network else about


def _holds_where(draft: Draft) -> Q:
    everywhere = Q(post=None, branch=None)
    return everywhere | Q(post=draft.post.pk) | holds("branch", draft)


def holds(branch: str, draft: Draft) -> Q:
    """Where the draft would stand in the branch that the comment named by a field begins.

    The places are read with the row: a move may have changed them since the form was made.
    """
    if draft.parent is None:
        return Q(pk__in=[])
    parent = Comment.objects.filter(pk=draft.parent.pk).order_by()[:1]
    return Q(
        **{
            f"{branch}__tree_id": parent.values("tree_id"),
            f"{branch}__lft__lte": parent.values("lft"),
            f"{branch}__rght__gte": parent.values("rght"),
        }
    )


def _fits(sanction: Sanction, draft: Draft) -> bool:
    is_name = sanction.target == Sanction.Target.NAME
    return not is_name or fits_pattern(draft.name, sanction.pattern)
