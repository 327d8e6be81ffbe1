"""Which addresses are this site's own, however they are written."""

from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from django.conf import settings

USUAL: Final = frozenset({None, 80, 443})  # ports that an address need not name


def is_here(address: str) -> bool:
    """Whether an address leads to this site, as the setting SITE_URL names it."""
    return path_here(address) is not None


def path_here(address: str) -> str | None:
    """The path of an address of this site, as people write it; None for any other.

    http and https are one, as are a usual port and none, and a host with a dot at its end.
    """
    if "\0" in address:
        return None
    try:
        parts = urlsplit(address)
        is_ours = _place(parts) == _place(urlsplit(settings.SITE_URL))
    except ValueError:
        return None
    return unquote(parts.path) if is_ours and parts.scheme in {"http", "https"} else None


def _place(parts: SplitResult) -> tuple[str, int | None]:
    host = (parts.hostname or "").rstrip(".")
    return host, None if parts.port in USUAL else parts.port
