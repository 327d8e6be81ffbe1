"""What every app needs and no domain model: the one-time sign-in link."""

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
