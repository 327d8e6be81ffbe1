"""What every app needs and no domain model: one-time sign-in links, rate limits, mails."""

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

    objects = MailQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["queued_at"],
                name="core_mail_waiting",
                condition=models.Q(sent_at=None, refused_at=None),
            )
        ]

    def __str__(self) -> str:
        return self.key
