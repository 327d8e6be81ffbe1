"""Webhooks in the admin, and the log of what was sent to them. By permission: superusers'."""

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from core import jobs
from moderation.models import Delivery, Webhook, WebhookEvent
from moderation.webhooks.announcing import enqueue_delivery
from moderation.webhooks.delivering import deliver


@admin.register(Webhook)
class WebhookAdmin(admin.ModelAdmin):
    list_display = ("name", "url", "published", "held", "reported", "is_on", "last")
    ordering = ("pk",)
    actions = ("send_test",)

    @admin.display(description="Last answer")
    def last(self, hook: Webhook) -> str:
        """What became of the latest message that was tried."""
        latest = hook.deliveries.filter(attempts__gt=0).order_by("-pk").first()
        return state_of(latest) if latest else "-"

    @admin.action(description="Send a test message", permissions=["change"])
    def send_test(self, request: HttpRequest, hooks: QuerySet[Webhook]) -> None:
        with transaction.atomic():
            for hook in hooks:
                told = {"at": timezone.now().isoformat()}
                enqueue_delivery(hook, WebhookEvent.TEST, told)
        messages.success(request, "On its way: the log of deliveries says what was answered.")


@admin.register(Delivery)
class DeliveryAdmin(admin.ModelAdmin):
    """The log, newest first."""

    list_display = ("queued_at", "webhook", "event", "state", "attempts", "answer_begins")
    list_filter = ("webhook", "event")
    list_select_related = ("webhook",)
    ordering = ("-pk",)
    actions = ("send_again",)

    @admin.display(description="State")
    def state(self, one: Delivery) -> str:
        return state_of(one)

    @admin.display(description="Last answer")
    def answer_begins(self, one: Delivery) -> str:
        return one.answer[:100]

    @admin.action(description="Send again", permissions=["send"])
    def send_again(self, request: HttpRequest, some: QuerySet[Delivery]) -> None:
        with transaction.atomic():
            for one in some.select_for_update(of=("self",)).exclude(given_up_at=None):
                one.given_up_at, one.attempts = None, 0
                one.save()
                jobs.enqueue(deliver, delivery_id=one.pk)
        messages.success(request, "What had been given up is on its way again.")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_send_permission(self, request: HttpRequest) -> bool:
        """Who may change a webhook may send to it."""
        return request.user.has_perm("moderation.change_webhook")


def state_of(one: Delivery) -> str:
    """In words, with the status that was answered."""
    status = f" ({one.status})" if one.status else ""
    if one.delivered_at:
        return f"delivered{status}"
    if one.given_up_at:
        return f"given up{status}"
    return f"waits{status}" if one.attempts else "not tried yet"
