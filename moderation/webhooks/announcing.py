"""Which acts webhooks are told of, and in which words: ids and places, nothing that is private.

No name, no address, no text: what is told can't be taken back, and a comment can.
"""

import json
from functools import cache
from typing import Any

from django.conf import settings
from django.urls import reverse

from comments.models import Comment
from comments.private_links import absolute
from comments.status import Status
from core import jobs
from core.compiled import Compiled
from moderation.models import Act, Delivery, LogEntry, Webhook, WebhookEvent
from moderation.webhooks.delivering import deliver


def announce(entry: LogEntry, comment: Comment) -> None:
    """Have every webhook told that is switched on for this act; in the transaction of the act."""
    event = event_of(entry)
    if event is None:
        return
    for hook in _told_of(event).rows():
        enqueue_delivery(hook, event, content(entry, comment, event))


@cache
def _told_of(event: WebhookEvent) -> Compiled[Webhook]:
    switches = {"is_on": True, event.value: True}
    return Compiled(lambda: Webhook.objects.filter(**switches).order_by("pk"))


def event_of(entry: LogEntry) -> WebhookEvent | None:
    """What an act is to the outside; None for most."""
    if entry.act == Act.REPORTED:
        return WebhookEvent.REPORTED
    if entry.status_after == entry.status_before:
        return None
    told = {Status.PUBLISHED: WebhookEvent.PUBLISHED, Status.PENDING: WebhookEvent.HELD}
    return told.get(Status(entry.status_after))


def enqueue_delivery(hook: Webhook, event: WebhookEvent, told: dict[str, Any]) -> Delivery:
    """One message to one webhook, once the caller's transaction is committed."""
    delivery = Delivery(webhook=hook, event=event)
    whole = {"id": str(delivery.uuid), "event": event.value, "site": settings.SITE_URL, **told}
    delivery.body = json.dumps(whole)
    delivery.save()
    jobs.enqueue(deliver, delivery_id=delivery.pk)
    return delivery


def content(entry: LogEntry, comment: Comment, event: WebhookEvent) -> dict[str, Any]:
    """What is told of an act on a comment. Its public address only if it is public."""
    post, is_shown = comment.post, comment.post.is_published and comment.post.shows_comments
    public = comment.status == Status.PUBLISHED and is_shown
    return {
        "at": entry.at.isoformat(),
        "comment": {
            "id": comment.pk,
            "number": comment.number,
            "status": comment.status,
            "address": absolute(comment.get_absolute_url()) if public else None,
            "queue": absolute(reverse("moderation:card", args=[comment.pk])),
        },
        "post": {"id": post.pk, "address": absolute(post.get_absolute_url())}
        if post.is_published
        else {"id": post.pk, "address": None},
    }
