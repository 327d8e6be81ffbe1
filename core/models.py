"""What every app needs and no domain model: one-time sign-in links, rate limits, mails, and the
addresses that get none."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class SignInLink(models.Model):
    """A link that signs one user in, once. Only the digest of its token is stored."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"sign-in link for {self.user}"


class RateWindow(models.Model):
    """How often one thing was tried in one window; written by core.ratelimit alone."""

    key = models.CharField(max_length=64, primary_key=True)
    hits = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.hits} until {self.ends_at:%Y-%m-%d %H:%M}"


class MailQuerySet(models.QuerySet["Mail"]):
    def waiting(self) -> "MailQuerySet":
        return self.filter(sent_at=None, refused_at=None)


class Mail(models.Model):
    """A mail on its way, or proof that it went: of one `key` there is one mail.

    With a `maker` it holds ids only, and is written when it goes: see core.mail.enqueue_made_mail.
    Its text is blanked when it has gone, since the links in it may open something.
    """

    key = models.CharField(max_length=200, unique=True)
    to = models.CharField(max_length=254)
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    maker = models.CharField(max_length=50, blank=True, default="", db_default="")
    made_of = models.JSONField(default=dict, blank=True, db_default={})
    queued_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(
        null=True, blank=True, help_text="When the server refused it, or nothing was left to tell."
    )
    # What went wrong last, in the mail server's words.
    trouble = models.TextField(blank=True)
    message_id = models.CharField(
        max_length=300,
        blank=True,
        default="",
        db_default="",
        help_text="Under which it was tried to be sent: by it a bounce is known to be of ours.",
    )
    # Beside those of every mail; kept only where texts are (core.mail.keeps_texts).
    headers = models.JSONField(default=dict, blank=True, db_default={})

    objects = MailQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["queued_at"],
                name="core_mail_waiting",
                condition=models.Q(sent_at=None, refused_at=None),
            ),
            models.Index(
                fields=["message_id"],
                name="core_mail_by_message_id",
                condition=~models.Q(message_id=""),
            ),
        ]

    def __str__(self) -> str:
        return self.key


class StoppedAddress(models.Model):
    """An address that gets no mail from this site, until somebody lifts that."""

    address = models.CharField(max_length=254, unique=True, help_text="In small letters.")
    reason = models.CharField(max_length=200)
    stopped_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.address


class MailFailure(models.Model):
    """What was heard of a mail that did not arrive, or was not wanted. Forgotten after 90 days."""

    class Kind(models.TextChoices):
        """What it says of the address."""

        HARD = "hard", "does not exist, or takes no mail"
        SOFT = "soft", "could not be reached"
        COMPLAINT = "complaint", "called it spam"

    event = models.CharField(
        max_length=200,
        unique=True,
        help_text="By which the same news is known again.",
    )
    address = models.CharField(max_length=254, db_index=True, help_text="In small letters.")
    kind = models.CharField(max_length=10, choices=Kind)
    detail = models.CharField(max_length=300, blank=True)
    heard_at = models.DateTimeField(default=timezone.now)
    # No longer held against the address: the stop that it led to was lifted.
    forgiven_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.kind}: {self.address}"
