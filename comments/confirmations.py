"""A mail address confirmed by whoever reads its mail: a link, a page with a button, one press.

The press proves who holds the address, so it makes the browser in which it happens that commenter,
and gives that commenter the comment which asked. The browser that sent the comment gains nothing
by it, unless it is the same one: a stranger may have typed the address.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from comments import names, notifications, subscriptions
from comments.mail_kinds import Frequency, MailKind
from comments.models import Comment, Commenter, Confirmation
from comments.status import Status
from core.mail import NotAnAddress, enqueue_mail
from core.message import ascii_domain
from core.ratelimit import hit
from core.site import current

LIFETIME: Final = timedelta(days=7)
DAY: Final = timedelta(days=1)
A_DAY_PER_NETWORK: Final = 10
# Domains where dots in a mailbox make no difference, and the one that mail to them goes to.
WITHOUT_DOTS: Final = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}


class Confirmed(NamedTuple):
    """Who holds an address, and whether this browser is to be told apart from now on."""

    commenter: Commenter
    remember: bool


@dataclass(frozen=True)
class Wishes:
    """What the page with the button asked: how often, and what to follow beside answers.

    `often` None leaves what the commenter chose before.
    """

    often: Frequency | None = None
    follow: Literal["", "branch", "post"] = ""


def ask(comment: Comment, *, remember: bool, network: str) -> bool:
    """Have a link sent to the address of a comment, unless the limits of the day are reached.

    Opens its own transaction. Whether anything was sent is for tests: the sender is not told, and
    whether the address is known makes no difference.
    """
    mail = tidy(comment.mail)
    if comment.status in {Status.SPAM, Status.REJECTED} or not _is_due(mail, network):
        return False
    try:
        with transaction.atomic():
            _send(comment, mail, remember)
    except NotAnAddress:
        return False
    return True


def find(token: str) -> Confirmation | None:
    """The confirmation of a link that is still good; changes nothing. One query."""
    good = Confirmation.objects.filter(used_at=None, expires_at__gt=timezone.now())
    return good.select_related("comment__post").filter(digest=_digest(token)).first()


def confirm(
    token: str, *, browser: Commenter | None, wishes: Wishes | None = None
) -> Confirmed | None:
    """Use a link up; `browser` is the commenter of the cookie that came with the press.

    What became of the comment meanwhile is told by mail from now on, as `wishes` says. None when
    the link is unknown, used, or out of time; of two presses at once one gets through.
    """
    with transaction.atomic():
        found = find(token)
        now = timezone.now()
        unused = Confirmation.objects.filter(pk=found.pk if found else 0, used_at=None)
        if found is None or not unused.update(used_at=now):
            return None
        holder = _holder_of(found.mail, found.comment.name)
        is_sender = browser is not None and browser.pk == found.comment.commenter_id
        Comment.objects.filter(pk=found.comment_id).update(commenter=holder)
        if browser is not None and is_sender and not browser.is_confirmed:
            browser.comments.update(commenter=holder)
            browser.delete()
        _note_wishes(found.comment, holder, wishes or Wishes())
        found.comment.refresh_from_db()
        notifications.note_change(found.comment)
        return Confirmed(holder, remember=found.remember or is_sender)


def wished_before(mail: str) -> Frequency:
    """How often the holder of an address is told of answers, if it is confirmed already."""
    known = Commenter.objects.filter(mail=mail).exclude(confirmed_at=None).first()
    return Frequency(known.answers) if known else Frequency.INSTANT


def tidy(mail: str) -> str:
    """An address as it is stored: the domain as mail servers name it, the rest as it was typed."""
    mailbox, _, domain = mail.strip().rpartition("@")
    return f"{mailbox}@{ascii_domain(domain)}"


def _note_wishes(comment: Comment, holder: Commenter, wishes: Wishes) -> None:
    if wishes.often is not None:
        subscriptions.set_frequencies(holder, dict.fromkeys(MailKind.values, wishes.often))
    if wishes.follow:
        top = comment.get_root() if wishes.follow == "branch" else None
        subscriptions.follow(by=holder, post=comment.post, branch=top)


def _is_due(mail: str, network: str) -> bool:
    """Count one try: by network first, so that a flood from one uses up nobody's address."""
    if not hit("confirm:network", network, limit=A_DAY_PER_NETWORK, per=DAY).passes:
        return False
    return hit("confirm:address", _mailbox(mail), limit=1, per=DAY).passes


def _mailbox(mail: str) -> str:
    """Where a mail arrives, whatever case, `+tag` and meaningless dots it is written with."""
    mailbox, _, domain = mail.lower().rpartition("@")
    mailbox = mailbox.partition("+")[0]
    if domain in WITHOUT_DOTS:
        return f"{mailbox.replace('.', '')}@{WITHOUT_DOTS[domain]}"
    return f"{mailbox}@{domain}"


def _send(comment: Comment, mail: str, remember: bool) -> None:
    now = timezone.now()
    token = secrets.token_urlsafe(32)
    made = Confirmation.objects.create(
        comment=comment,
        mail=mail,
        digest=_digest(token),
        remember=remember,
        expires_at=now + LIFETIME,
    )
    context = {
        "post_title": comment.post.title,
        "site_title": current().title,
        "link": settings.SITE_URL + reverse("comments:confirm", args=[token]),
        "days": LIFETIME.days,
    }
    enqueue_mail(
        to=mail,
        subject=f"{current().title}: is this your address?",
        text=render_to_string("comments/confirm_mail.txt", context),
        key=f"comments.confirm:{made.pk}",
    )


def _holder_of(mail: str, name: str) -> Commenter:
    """The commenter of a confirmed address, made now if it is the first time."""
    known = Commenter.objects.filter(mail=mail).exclude(confirmed_at=None).first()
    if known is not None:
        return known
    looks = names.skeletons(name)
    is_taken = Commenter.objects.filter(~Q(skeleton=""), skeleton__in=looks).exists()
    skeleton = "" if is_taken else names.skeleton(name)
    return Commenter.objects.create(
        name=name, mail=mail, confirmed_at=timezone.now(), skeleton=skeleton
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
