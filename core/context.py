"""What every template may say about the site."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from core.choices import parse_links
from core.mail import mail_trouble
from core.site import current


def site(request: HttpRequest) -> dict[str, Any]:
    """Context processor; as many queries as `core.site.current`, as a rule none."""
    chosen = current()
    return {
        "site_title": chosen.title,
        "site_url": settings.SITE_URL,
        "site_tagline": chosen.tagline,
        "site_language": chosen.language,
        "site_links": parse_links(chosen.header_links),
        "site_footer": chosen.footer,
        "site_colours": chosen.version if chosen.accent or chosen.accent_dark else 0,
        "site_takes_webmentions": chosen.takes_webmentions,
        "site_is_set_up": chosen.version > 0,
    }


def mail(request: HttpRequest) -> dict[str, Callable[[], str]]:
    """Context processor: `mail_trouble`, which queries only where a template asks for it.

    It is a sentence on what mail waits for, empty when it goes out.
    """
    return {"mail_trouble": mail_trouble}
