"""What differs between two versions of the policy, clause by clause: plain values, no query."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.differences import Piece, compare
from moderation.models import Clause, Policy


@dataclass(frozen=True, kw_only=True)
class Change:
    """One clause in two versions, found by its key.

    `clause` is that of the later version, of a gone one that of the earlier; `earlier_number` is
    None for a new one. `title` and `text` are empty where they are the same.
    """

    kind: Literal["same", "changed", "new", "gone"]
    clause: Clause
    earlier_number: int | None
    title: Sequence[Piece] = ()
    text: Sequence[Piece] = ()

    @property
    def is_renumbered(self) -> bool:
        """Whether it stands under another number."""
        return self.kind in {"same", "changed"} and self.earlier_number != self.clause.number


@dataclass(frozen=True, kw_only=True)
class Changes:
    """All that differs; `introduction` and `short_form` are empty where they are the same."""

    introduction: Sequence[Piece]
    short_form: Sequence[Piece]
    asks: bool | None  # whether the later one asks for the tick, where the earlier did otherwise
    clauses: Sequence[Change]

    @property
    def are_none(self) -> bool:
        """Whether both say the same."""
        same = all(one.kind == "same" and not one.is_renumbered for one in self.clauses)
        return same and not self.introduction and not self.short_form and self.asks is None


def changes_between(
    earlier: Policy, before: Sequence[Clause], later: Policy, after: Sequence[Clause]
) -> Changes:
    """From one version with its clauses to another: the later one's in order, then those gone."""
    known = {clause.key: clause for clause in before}
    kept = {clause.key for clause in after}
    changed = [_change(known.get(clause.key), clause) for clause in after]
    gone = [_gone(clause) for clause in before if clause.key not in kept]
    return Changes(
        introduction=compare(earlier.introduction, later.introduction),
        short_form=compare(earlier.short_form, later.short_form),
        asks=later.must_accept if later.must_accept != earlier.must_accept else None,
        clauses=[*changed, *gone],
    )


def _change(before: Clause | None, after: Clause) -> Change:
    if before is None:
        new = [Piece("new", after.text)]
        return Change(kind="new", clause=after, earlier_number=None, text=new)
    title, text = compare(before.title, after.title), compare(before.text, after.text)
    return Change(
        kind="changed" if title or text else "same",
        clause=after,
        earlier_number=before.number,
        title=title,
        text=text,
    )


def _gone(before: Clause) -> Change:
    return Change(
        kind="gone",
        clause=before,
        earlier_number=before.number,
        text=[Piece("gone", before.text)],
    )
