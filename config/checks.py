"""What `manage.py check --deploy` asks of a server beyond Django's own list."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks

from config import database, embedded

Found = list[checks.CheckMessage]
# What the development settings run with until a data folder has made a key.
PLACEHOLDER_KEY = "no-data-folder-yet"


def register() -> None:
    """Called once the settings are whole; these run with --deploy only."""
    for check in CHECKS:
        checks.register(check, checks.Tags.security, deploy=True)


def check_database(app_configs: Any, **kwargs: Any) -> Found:
    """config.E001: the embedded Postgres, which trusts whoever reaches its socket."""
    if not database.is_embedded():
        return []
    return [
        checks.Error(
            "The embedded Postgres is for one's own machine: set DATABASE_URL to a server's.",
            id="config.E001",
        )
    ]


def check_key(app_configs: Any, **kwargs: Any) -> Found:
    """config.E002: the key that `dev.py up` made for itself, or none of one's own."""
    if settings.SECRET_KEY not in {PLACEHOLDER_KEY, _development_key()}:
        return []
    return [
        checks.Error(
            "The secret key is the development one: set COLLOQUY_SECRET_KEY or"
            " COLLOQUY_SECRET_KEY_FILE to a key of this server's own.",
            id="config.E002",
        )
    ]


def check_hosts(app_configs: Any, **kwargs: Any) -> Found:
    """config.E003: no name to answer to, so that every request would be refused."""
    if settings.ALLOWED_HOSTS:
        return []
    return [
        checks.Error(
            "COLLOQUY_ALLOWED_HOSTS is empty: set it to the site's names, or every request is"
            " refused.",
            id="config.E003",
        )
    ]


def check_proxies(app_configs: Any, **kwargs: Any) -> Found:
    """config.W001: behind a proxy that is not counted, all readers look like one."""
    if settings.TRUSTED_PROXIES:
        return []
    return [
        checks.Warning(
            "COLLOQUY_TRUSTED_PROXIES is 0: behind a proxy every reader would seem to come from"
            " the proxy's address. Set it to the number of proxies, 1 for one nginx.",
            id="config.W001",
        )
    ]


def check_address(app_configs: Any, **kwargs: Any) -> Found:
    """config.E004: links in mails that no reader could follow, or that lead round the TLS."""
    address = urlsplit(settings.SITE_URL)
    if address.scheme == "https" and address.hostname:
        return []
    return [
        checks.Error(
            "COLLOQUY_SITE_URL is not the site's public address: set it, with https://, or the"
            " links in mails lead nowhere.",
            id="config.E004",
        )
    ]


def check_mail_server(app_configs: Any, **kwargs: Any) -> Found:
    """config.W002: no server to give mail to."""
    if settings.MAILERS["default"].get("OPTIONS", {}).get("host"):
        return []
    return [
        checks.Warning(
            "COLLOQUY_SMTP_HOST is empty: mail waits, and is given up after five days.",
            id="config.W002",
        )
    ]


def _development_key() -> str:
    try:
        return embedded.secret_key(embedded.data_folder()) or PLACEHOLDER_KEY
    except embedded.EmbeddedError:
        return PLACEHOLDER_KEY  # somebody else's folder: then it isn't this server's key either


CHECKS: tuple[Callable[..., Found], ...] = (
    check_database,
    check_key,
    check_hosts,
    check_proxies,
    check_address,
    check_mail_server,
)
