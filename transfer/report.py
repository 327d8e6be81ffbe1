"""What an import read, made and left out, and why."""

from collections import Counter
from typing import Final

SECTIONS: Final = ("posts", "pages", "other items", "tags", "authors", "comments", "old addresses")


class Report:
    """Counts, by section and line; lines come out in the order in which they first counted."""

    def __init__(self) -> None:
        self.counts: dict[str, Counter[str]] = {section: Counter() for section in SECTIONS}

    def add(self, section: str, line: str, count: int = 1) -> None:
        """Count something under a line of a section."""
        self.counts[section][line] += count

    def get(self, section: str, line: str) -> int:
        """What was counted under a line."""
        return self.counts[section][line]

    def merge(self, other: "Report") -> None:
        """Add what another report counted, once its transaction is safe."""
        for section, counter in other.counts.items():
            for line, count in counter.items():
                self.add(section, line, count)

    def __str__(self) -> str:
        lines = {section: list(counter.items()) for section, counter in self.counts.items()}
        width = max((len(name) for rows in lines.values() for name, _ in rows), default=0) + 2
        out = []
        for section, rows in lines.items():
            if rows:
                out.append(section.capitalize())
                out += [f"  {name:<{width}}{count:>9,}" for name, count in rows]
        return "\n".join(out) or "There was nothing in it."
