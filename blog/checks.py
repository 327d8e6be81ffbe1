"""System checks: an operator's mistake is a sentence at start, not a surprise at night."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import checks
from django.db import connections

from blog.models import Post
from blog.rerendering import stale


def check_rendered(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """blog.W001: stored HTML is older than the pipeline. Said by `migrate` and `check`."""
    for alias in databases or ():
        if _knows_versions(alias) and (count := stale().using(alias).count()):
            sentence = f"{count} posts were rendered by another version: run rerender_posts."
            return [checks.Warning(sentence, id="blog.W001")]
    return []


def _knows_versions(alias: str) -> bool:
    """Whether the column is there: `migrate` checks before it makes what is new."""
    connection, table = connections[alias], Post._meta.db_table
    if table not in connection.introspection.table_names():
        return False
    with connection.cursor() as cursor:
        columns = connection.introspection.get_table_description(cursor, table)
    return "html_version" in {column.name for column in columns}


def check_pictures(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """blog.E001: the folder of pictures can't be written to. With --deploy only."""
    folder = Path(settings.MEDIA_ROOT)
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if there.is_dir() and os.access(there, os.W_OK):
        return []
    sentence = f"{folder} can't be written to: set COLLOQUY_MEDIA to a folder of this account's."
    return [checks.Error(sentence, id="blog.E001")]
