"""The rules that come with the program: one of each kind, kept by `migrate`."""

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

from moderation.models import Rule
from moderation.screening.kind import kinds


def ensure_rules(using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Receiver of post_migrate: add the rule of each kind that has none; change none."""
    if Rule._meta.db_table not in connections[using].introspection.table_names():
        return  # migrated back to before there were rules
    rules = [
        Rule(
            kind=kind.name,
            shipped_as=kind.name,
            effect=kind.effect,
            clause=kind.clause,
            is_on=kind.is_on,
        )
        for kind in kinds().values()
    ]
    Rule.objects.using(using).bulk_create(rules, ignore_conflicts=True)
