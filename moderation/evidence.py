"""A reason's evidence, of whatever kind, as lines that a moderator can read.

Evidence is JSON that a kind of rule made, partly of a stranger's words: every value is taken for
text, and what can't be seen in it is shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from comments.characters import show

SHOWN: Final = 20  # values of a list
LONGEST: Final = 300  # characters of a value


@dataclass(frozen=True)
class Line:
    """Some values under a label; `notes` says where they are from. Both may be empty."""

    label: str
    values: tuple[str, ...]
    notes: str = ""


def readable(evidence: Mapping[str, Any]) -> list[Line]:
    """The evidence line by line; matched words with their places first."""
    rest = dict(evidence)
    matches = rest.pop("matches") if isinstance(rest.get("matches"), list) else []
    if rest.get("count") == len(matches):
        del rest["count"]
    return [*map(_match, matches), *(_line(key, value) for key, value in rest.items())]


def _match(match: Mapping[str, Any]) -> Line:
    """A word where it was found; places count characters from 1."""
    listed, found = str(match.get("listed", "")), str(match.get("found", ""))
    notes = f"listed as {_shown(listed)}" if listed not in {"", found} else ""
    label = str(match.get("part", ""))
    if "start" in match:
        label += f", characters {match['start'] + 1} to {match['end']}"
    return Line(label, (_shown(found),), f"({notes})" if notes else "")


def _line(key: str, value: Any) -> Line:
    label = key.replace("_", " ")
    if isinstance(value, list | tuple):
        more = f"and {len(value) - SHOWN} more" if len(value) > SHOWN else ""
        return Line(label, tuple(map(_text, value[:SHOWN])), more)
    return Line(label, (_text(value),))


def _text(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return _shown(", ".join(f"{key} {_text(one)}" for key, one in value.items()))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _shown(", ".join(map(_text, value)))
    return _shown(str(value))


def _shown(text: str) -> str:
    short = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    return show(short.replace("\n", " "))
