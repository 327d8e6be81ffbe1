"""One-time sign-in links: no default password, no prompt, and no power in opening one."""

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from core.models import SignInLink

if TYPE_CHECKING:
    from django.contrib.auth.models import User

LIFETIME = timedelta(minutes=10)


def make_link_token(*, user: "User") -> str:
    """A fresh token for `user`; the caller has checked who may ask. Expired links are dropped."""
    now = timezone.now()
    SignInLink.objects.filter(expires_at__lt=now - LIFETIME).delete()
    token = secrets.token_urlsafe(32)
    SignInLink.objects.create(user=user, digest=_digest(token), expires_at=now + LIFETIME)
    return token


def open_link(token: str) -> SignInLink | None:
    """The link of `token` while it is good for a sign-in; changes nothing. One query."""
    now = timezone.now()
    good = SignInLink.objects.filter(used_at=None, expires_at__gt=now, user__is_active=True)
    return good.select_related("user").filter(digest=_digest(token)).first()


def use_link(token: str) -> "User | None":
    """Use the link up and return its user; None when it is unknown, used, or out of time.

    Of two at once exactly one gets the user: the guarded UPDATE decides.
    """
    link = open_link(token)
    if link is None:
        return None
    taken = SignInLink.objects.filter(pk=link.pk, used_at=None).update(used_at=timezone.now())
    return link.user if taken else None


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
