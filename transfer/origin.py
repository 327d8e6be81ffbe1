"""Which things of one blog elsewhere are here already."""

import hashlib
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Final

from django.db.models import QuerySet

from transfer.models import ImportedItem

LONGEST_ID: Final = 200


def external_id(*parts: str) -> str:
    """A name for a thing within its blog; a digest where the parts are too long."""
    joined = "/".join(parts)
    if len(joined) <= LONGEST_ID:
        return joined
    return "sha256:" + hashlib.sha256(joined.encode()).hexdigest()


class Origin:
    """One blog elsewhere: what was brought from it, and what is being brought."""

    def __init__(self, system: str, address: str) -> None:
        self.system, self.address = system, address[:300]

    def find(self, kind: str, external: str) -> int | None:
        """The id that a thing was given here, whether or not it still exists."""
        found = self._all(kind).filter(external_id=external)
        return found.values_list("object_id", flat=True).first()

    def find_all(self, kind: str, externals: Sequence[str]) -> dict[str, int]:
        """The same for many."""
        found: dict[str, int] = {}
        for start in range(0, len(externals), 1000):
            rows = self._all(kind).filter(external_id__in=externals[start : start + 1000])
            found.update(rows.values_list("external_id", "object_id"))
        return found

    def remember(self, kind: str, made: Mapping[str, int], *, replace: bool = False) -> None:
        """Record what was made, in the transaction that made it.

        What was made before and recorded is an error, unless it is to be replaced.
        """
        rows = (
            ImportedItem(
                system=self.system,
                origin=self.address,
                kind=kind,
                external_id=external,
                object_id=object_id,
            )
            for external, object_id in made.items()
        )
        while some := list(islice(rows, 1000)):
            ImportedItem.objects.bulk_create(
                some,
                update_conflicts=replace,
                unique_fields=["system", "origin", "kind", "external_id"] if replace else None,
                update_fields=["object_id"] if replace else None,
            )

    def _all(self, kind: str) -> "QuerySet[ImportedItem]":
        return ImportedItem.objects.filter(system=self.system, origin=self.address, kind=kind)
