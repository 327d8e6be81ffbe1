"""What every template may say about the site."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest

from core.mail import mail_trouble


def site(request: HttpRequest) -> dict[str, str]:
    """Context processor; no query."""
    return {
        "site_title": settings.SITE_TITLE,
        "site_url": settings.SITE_URL,
        "site_tagline": settings.SITE_TAGLINE,
        "site_language": settings.LANGUAGE_CODE,
    }


def mail(request: HttpRequest) -> dict[str, Callable[[], str]]:
    """Context processor: `mail_trouble`, which queries only where a template asks for it.

    It is a sentence on what mail waits for, empty when it goes out.
    """
    return {"mail_trouble": mail_trouble}
