"""What `manage.py check` asks of the settings of moderation."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks

HERE = {"localhost", "127.0.0.1", "::1"}


def check_outside_address(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """moderation.E001, W001: the service that would be asked can't be, or hears the key in clear.

    Without a key nobody is asked, and any address will do.
    """
    if not settings.AKISMET_KEY:
        return []
    address = urlsplit(settings.AKISMET_ADDRESS)
    if address.scheme not in {"http", "https"} or not address.hostname:
        return [
            checks.Error(
                f"COLLOQUY_AKISMET_ADDRESS is {settings.AKISMET_ADDRESS!r}, which is no address"
                " of a service: begin it with https://.",
                id="moderation.E001",
            )
        ]
    if address.scheme == "http" and address.hostname not in HERE:
        return [
            checks.Warning(
                "COLLOQUY_AKISMET_ADDRESS begins with http://: key and comments can be read on"
                " the way. Use https://.",
                id="moderation.W001",
            )
        ]
    return []
