"""Programs elsewhere that are told of acts, and what was sent to them."""

from typing import Final
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.crypto import get_random_string

from core.outbound import NotAllowedAddress, check_url

SECRET_AT_LEAST: Final = 20


class WebhookEvent(models.TextChoices):
    """What a webhook can be told of; but for the test, each is a switch of Webhook."""

    PUBLISHED = "published", "A comment became public"
    HELD = "held", "A comment waits for a moderator"
    REPORTED = "reported", "A reader reported a comment"
    TEST = "test", "A test"


def make_secret() -> str:
    """40 letters and digits."""
    return get_random_string(40)


def require_web_address(url: str) -> None:
    """Refuse in a form what would never be sent to, by the look of it."""
    try:
        check_url(url)
    except NotAllowedAddress as error:
        raise ValidationError(str(error)) from error


class Webhook(models.Model):
    """An address that gets a signed POST for each event that it is switched on for."""

    name = models.CharField(max_length=80)
    url = models.CharField("address", max_length=500, validators=[require_web_address])
    secret = models.CharField(
        max_length=200,
        default=make_secret,
        help_text="Both sides know it: the receiver checks by it that a message is from here.",
    )
    published = models.BooleanField(WebhookEvent.PUBLISHED.label, default=True)
    held = models.BooleanField(WebhookEvent.HELD.label, default=True)
    reported = models.BooleanField(WebhookEvent.REPORTED.label, default=True)
    is_on = models.BooleanField("on", default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="moderation_webhook_secret_is_long",
                condition=models.Q(secret__regex=rf"^.{{{SECRET_AT_LEAST},}}$"),
                violation_error_message=(
                    f"The secret needs {SECRET_AT_LEAST} characters, or it could be guessed."
                ),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """One message to one webhook, from the transaction of the act; forgotten after 30 days."""

    uuid = models.UUIDField("id of the message", default=uuid4, unique=True, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.CharField(max_length=10, choices=WebhookEvent)
    body = models.TextField()
    queued_at = models.DateTimeField(default=timezone.now, db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)
    status = models.PositiveSmallIntegerField("last status", null=True, blank=True)
    answer = models.TextField(
        "last answer", blank=True, help_text="The beginning of what the other side said."
    )

    class Meta:
        verbose_name_plural = "deliveries"

    def __str__(self) -> str:
        return f"{self.event}, {self.queued_at:%Y-%m-%d %H:%M}"
