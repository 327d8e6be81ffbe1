"""What a commenter with a confirmed address wants to be told of, and whom a comment concerns.

Nobody here checks who asks: a view does, by the commenter's cookie or a signed link of a mail.
"""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import Q, QuerySet

from blog.models import Post
from comments.mail_kinds import Frequency, MailKind
from comments.models import Comment, Commenter, Mute, Subscription
from comments.private_links import ALL, CONVERSATION, DAILY, Unsubscription


def follow(*, by: Commenter, post: Post, branch: Comment | None = None) -> None:
    """Tell `by` of every new comment under a post, or of those below one comment of it.

    Also where that was muted, or switched off for everything: this is the later wish.
    """
    where = {"branch": branch} if branch else {"post": post}
    with transaction.atomic():
        Subscription.objects.get_or_create(commenter=by, **where)
        Mute.objects.filter(commenter=by, post=post).delete()
        silent = Commenter.objects.filter(pk=by.pk, followed=Frequency.OFF)
        silent.update(followed=Frequency.INSTANT)


def unfollow(*, by: Commenter, post: Post, branch: Comment | None = None) -> None:
    """The opposite of `follow`; answers to one's own comments go on."""
    where = {"branch": branch} if branch else {"post": post}
    Subscription.objects.filter(commenter=by, **where).delete()


def mute(*, by: Commenter, post_id: int) -> None:
    """Tell `by` nothing about the conversation under a post, and follow nothing in it."""
    with transaction.atomic():
        followed_under(by, post_id).delete()
        if Post.objects.filter(pk=post_id).exists():
            Mute.objects.get_or_create(commenter=by, post_id=post_id)


def unsubscribe(asked: Unsubscription) -> None:
    """Stop what a link names. Again, or for who is no longer known, it does nothing."""
    commenter = Commenter.objects.filter(pk=asked.commenter_id).first()
    if commenter is None:
        return
    if asked.scope == CONVERSATION:
        mute(by=commenter, post_id=asked.post_id)
        return
    stopped = [kind.value for kind in MailKind if _is_meant(kind, asked.scope, commenter)]
    set_frequencies(commenter, dict.fromkeys(stopped, Frequency.OFF.value))


def set_frequencies(commenter: Commenter, frequencies: Mapping[str, str]) -> None:
    """How often mails of some kinds come from now on; other kinds stay as they are."""
    chosen = {MailKind(kind).value: Frequency(often) for kind, often in frequencies.items()}
    if chosen:
        Commenter.objects.filter(pk=commenter.pk).update(**chosen)


def frequency_of(commenter: Commenter, kind: MailKind) -> Frequency:
    """How often the commenter gets mails of one kind."""
    return Frequency(getattr(commenter, kind.value))


def is_muted(commenter: Commenter, post_id: int) -> bool:
    """Whether the commenter wants no mail about this conversation. One query."""
    return Mute.objects.filter(commenter=commenter, post_id=post_id).exists()


def followed_under(commenter: Commenter, post_id: int) -> "QuerySet[Subscription]":
    """What the commenter follows in one conversation."""
    here = Q(post_id=post_id) | Q(branch__post_id=post_id)
    return Subscription.objects.filter(here, commenter=commenter)


def listeners(comment: Comment) -> list[tuple[Commenter, MailKind]]:
    """Whom a new public comment concerns, each once with the reason for it. Three queries.

    An answer comes before what is merely followed. Not its own writer, as far as that is known;
    nobody without a confirmed address, who muted the conversation, or who switched the kind off.
    """
    answered = comment.answers or comment.parent
    reasons: dict[int, MailKind] = {}
    for pk in _followers(comment):
        reasons[pk] = MailKind.FOLLOWED
    if answered is not None and answered.is_published and answered.commenter_id:
        answered_person = Commenter.objects.filter(pk=answered.commenter_id)
        if answered_person.exclude(answers=Frequency.OFF).exists():
            reasons[answered.commenter_id] = MailKind.ANSWERS
    reasons.pop(comment.commenter_id or 0, None)
    people = Commenter.objects.filter(pk__in=reasons).exclude(confirmed_at=None)
    willing = people.exclude(mutes__post_id=comment.post_id).order_by("pk")
    concerned = [(one, reasons[one.pk]) for one in willing]
    return [(one, kind) for one, kind in concerned if frequency_of(one, kind) != Frequency.OFF]


def _followers(comment: Comment) -> "QuerySet[Subscription, int]":
    above = comment.get_ancestors().order_by().values("pk")
    followed = Q(post_id=comment.post_id) | Q(branch__in=above)
    return Subscription.objects.filter(followed).values_list("commenter_id", flat=True)


def _is_meant(kind: MailKind, scope: str, commenter: Commenter) -> bool:
    if scope == DAILY:
        return frequency_of(commenter, kind) == Frequency.DAILY
    return scope in {ALL, kind.value}
