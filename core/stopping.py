"""To whom no mail goes any more: where it can't arrive, and who complained of it.

What comes in here was proved before: by a provider's signature (core.mail_events), or by the
Message-ID of a mail that this site sent (core.bounces).
"""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from core.message import one_line, storable
from core.models import MailFailure, StoppedAddress

# So many soft failures of different mails within this time stop an address too.
SOFT_ENOUGH: Final = 5
SOFT_WITHIN: Final = timedelta(days=30)
KEPT: Final = timedelta(days=90)
SENTENCES: Final = {
    MailFailure.Kind.HARD: "The address does not exist, or takes no mail",
    MailFailure.Kind.SOFT: f"{SOFT_ENOUGH} mails could not be delivered in 30 days",
    MailFailure.Kind.COMPLAINT: "The recipient complained of a mail",
}


def note_failure(*, event: str, address: str, kind: MailFailure.Kind, detail: str = "") -> bool:
    """Keep what was heard of an address, and stop mail to it if that is enough.

    `event` names the news: heard again it changes nothing, and the answer is False. Also if a stop
    was lifted since.
    """
    address = address.lower()
    words = one_line(storable(detail))[:300]
    with transaction.atomic():
        _, is_new = MailFailure.objects.get_or_create(
            event=event, defaults={"address": address, "kind": kind, "detail": words}
        )
        if is_new and (kind != MailFailure.Kind.SOFT or _is_often(address)):
            reason = f"{SENTENCES[kind]}: {words}" if words else f"{SENTENCES[kind]}."
            StoppedAddress.objects.get_or_create(address=address, defaults={"reason": reason[:200]})
    return is_new


def is_stopped(address: str) -> bool:
    """Whether no mail goes to an address. One query."""
    return StoppedAddress.objects.filter(address=address.lower()).exists()


def lift_stop(address: str) -> None:
    """Send mail to an address again; what was heard until now counts no more."""
    with transaction.atomic():
        heard = MailFailure.objects.filter(address=address.lower(), forgiven_at=None)
        heard.update(forgiven_at=timezone.now())
        StoppedAddress.objects.filter(address=address.lower()).delete()


def forget_failures() -> None:
    """What was heard longer ago than 90 days is forgotten; a stop stays."""
    MailFailure.objects.filter(heard_at__lt=timezone.now() - KEPT).delete()


def _is_often(address: str) -> bool:
    since = timezone.now() - SOFT_WITHIN
    soft = MailFailure.objects.filter(address=address, forgiven_at=None, heard_at__gt=since)
    return soft.filter(kind=MailFailure.Kind.SOFT).count() >= SOFT_ENOUGH
