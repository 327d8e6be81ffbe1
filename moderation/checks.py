"""System checks: what an operator should know of the tables and settings of this room."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.db import connections

from comments.models import Comment
from moderation.models import Fingerprint
from moderation.traces import stale

HERE = {"localhost", "127.0.0.1", "::1"}


def check_traces(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """moderation.W001: comments whose links and texts no repetition is measured against yet."""
    for alias in databases or ():
        tables = set(connections[alias].introspection.table_names())
        needed = {Comment._meta.db_table, Fingerprint._meta.db_table}
        if needed <= tables and (count := stale().using(alias).count()):
            sentence = (
                f"Repeated links and texts are not known of {count} comments yet: the worker sees"
                " to it, or run manage.py take_traces."
            )
            return [checks.Warning(sentence, id="moderation.W001")]
    return []


def check_outside_address(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """moderation.E001, W002: the service that would be asked can't be, or hears the key in clear.

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
                id="moderation.W002",
            )
        ]
    return []
