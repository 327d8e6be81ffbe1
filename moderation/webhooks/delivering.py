"""A message on its way to a webhook: signed, tried again for about two days, then given up."""

import time
from datetime import timedelta
from typing import Final

from django.db import connection, transaction
from django.utils import timezone

from core import jobs
from core.message import storable
from core.outbound import NotAllowedAddress, NotReachable, post
from core.signatures import sign
from moderation.models import Delivery

RETRY: Final = jobs.Backoff(waits=(30, 300, 1_800, 7_200, 21_600), most=12)
KEPT: Final = timedelta(days=30)
SWITCHED_OFF: Final = "The webhook was switched off before this went."


class DeliveryWaits(Exception):
    """A message did not get through this time and will be tried again."""


@jobs.task(name="moderation.deliver_webhook", retry=RETRY)
def deliver(*, delivery_id: int) -> None:
    """Send a message that has not gone yet. Run twice it goes once.

    The exception, as with mails: a worker killed between the answer and the commit sends it again,
    with the same id.
    """
    with transaction.atomic():
        # A second run beside this one fails at once and comes back later.
        waiting = Delivery.objects.filter(delivered_at=None, given_up_at=None)
        one = waiting.select_for_update(nowait=True, of=("self",)).filter(pk=delivery_id).first()
        if one is None:
            return
        with connection.cursor() as cursor:  # the other side may take its time
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '5min'")
        _try(one)
        one.save()
    if one.delivered_at is None and one.given_up_at is None:
        raise DeliveryWaits(f"delivery {one.pk}: attempt {one.attempts}")


def _try(one: Delivery) -> None:
    hook = one.webhook
    if not hook.is_on and one.event != "test":
        one.given_up_at, one.answer = timezone.now(), SWITCHED_OFF
        return
    one.attempts += 1
    one.status, final = None, one.attempts >= RETRY.most
    try:
        answer = post(hook.url, one.body.encode(), headers(one))
    except NotAllowedAddress as refused:
        one.answer, final = str(refused), True
    except NotReachable as failed:
        one.answer = str(failed)
    else:
        one.status, one.answer = answer.status, storable(answer.text)
        if 300 <= answer.status < 400:
            one.answer = "It redirects, which is not followed: give the final address."
        if 200 <= answer.status < 300:
            one.delivered_at = timezone.now()
            return
        final = final or answer.status == 410  # gone: it wants no more
    if final:
        one.given_up_at = timezone.now()


def headers(one: Delivery) -> dict[str, str]:
    """With a signature of this moment over the body; docs/webhooks.md says how to check it."""
    now = int(time.time())
    return {
        "Content-Type": "application/json",
        "User-Agent": "Colloquy",
        "Colloquy-Event": one.event,
        "Colloquy-Delivery": str(one.uuid),
        "Colloquy-Timestamp": str(now),
        "Colloquy-Signature": sign(one.webhook.secret, now, one.body.encode()),
    }


@jobs.periodic(name="moderation.forget_deliveries", cron="43 * * * *")
def forget_deliveries(timestamp: int) -> None:
    """What was sent to webhooks is forgotten after 30 days."""
    Delivery.objects.filter(queued_at__lt=timezone.now() - KEPT).delete()
