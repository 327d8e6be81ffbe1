"""System checks: what an operator should know of the tables of this room."""

from collections.abc import Sequence
from typing import Any

from django.core import checks
from django.db import connections

from comments.models import Comment
from moderation.models import Fingerprint
from moderation.traces import stale


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
