"""System checks: an operator's mistake is a sentence at start, not a surprise at night."""

from collections.abc import Sequence
from typing import Any, Final

from django.conf import settings
from django.core import checks
from django.db import connections
from django.utils.module_loading import import_string

from comments.models import Comment
from comments.rerendering import stale

# The methods of comments.intake.Screener.
ASKED: Final = (
    "advise",
    "count",
    "screen",
    "record",
    "record_own_act",
    "remember_acceptance",
    "explain",
    "cite",
)


def check_rendered(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """comments.W002: stored HTML is older than the pipeline. Said by `migrate` and `check`."""
    for alias in databases or ():
        tables = connections[alias].introspection.table_names()
        if Comment._meta.db_table in tables and (count := stale().using(alias).count()):
            sentence = f"{count} comments were rendered by another version: run manage.py rerender."
            return [checks.Warning(sentence, id="comments.W002")]
    return []


def check_screener(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """comments.E001, E002: COMMENT_SCREENER names no screener. comments.W001: it is empty."""
    path = settings.COMMENT_SCREENER
    if not path:
        return [checks.Warning("No COMMENT_SCREENER: every comment will wait.", id="comments.W001")]
    try:
        screener = import_string(path)()
    except Exception as error:
        return [
            checks.Error(f"COMMENT_SCREENER {path!r} can't be loaded: {error}", id="comments.E001")
        ]
    lacking = [name for name in ASKED if not callable(getattr(screener, name, None))]
    if lacking:
        message = f"COMMENT_SCREENER {path!r} lacks {', '.join(lacking)}."
        return [checks.Error(message, id="comments.E002")]
    return []
