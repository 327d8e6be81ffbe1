"""What every app needs and no domain model: one-time sign-in links and rate limits."""

from django.conf import settings
from django.db import models


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
