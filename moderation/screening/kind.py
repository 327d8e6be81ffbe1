"""What a kind of rule is: a class in a file of its own under kinds/, found there by itself."""

import importlib
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any, ClassVar, Generic, Literal, TypeVar

from comments.intake import Effect
from moderation.screening.facts import Facts, Group

P = TypeVar("P")
# What has to be known for `judge` to say something sound, the widest first.
KnownFrom = Literal["place", "writer", "text"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a rule found. `sentence` is for moderators, `evidence` is JSON.

    `advice` is for the writer, above the form, in the preview and while the comment waits; empty:
    nothing is said there. `effect` stands in place of the rule's own where it is given.
    """

    sentence: str
    evidence: dict[str, Any] = field(default_factory=dict)
    advice: str = ""
    effect: Effect | None = None


@dataclass(frozen=True)
class Limit:
    """At most `count` tries of `who` in `per`, counted as core.ratelimit does.

    Each limit of a rule needs a `who` of its own: that is all by which its count is known.
    `exceeded` makes the finding from the time until the next try passes.
    """

    who: str
    count: int
    per: timedelta
    exceeded: Callable[[timedelta], Finding]


class CouldNotRun(Exception):
    """Raised by `judge`: the rule came to no end. Its comment is held, with what it found."""

    def __init__(self, why: str, evidence: dict[str, Any] | None = None) -> None:
        super().__init__(why)
        self.evidence = evidence or {}


class Kind(ABC, Generic[P]):
    """One kind of rule. Instances hold no state.

    `takes` is a frozen dataclass whose fields have defaults and metadata (see
    moderation.screening.parameters); `needs` names the groups of facts that `judge` looks at.
    Each kind ships as one rule with the defaults, `effect`, `clause` and `is_on`; `clause` is the
    key of a clause of the policy that comes along (moderation.policy.shipped), empty for none.

    `known_from` says when its advice can be given: with "place" on every page with a form (it looks
    at post and branch alone, so it is the same for everybody), with "writer" above a form that was
    made for one reader, with "text" only once there are words to judge. `unrehearsed` is empty or a
    sentence: why a rehearsal can't know what it would have found.
    """

    name: ClassVar[str]  # never changes: stored rules and reasons name it
    label: ClassVar[str]
    help_text: ClassVar[str]
    takes: type[P]
    effect: ClassVar[Effect] = "hold"
    effects: ClassVar[tuple[Effect, ...]] = ("note", "hold", "spam", "reject")
    clause: ClassVar[str] = ""
    is_on: ClassVar[bool] = True
    needs: ClassVar[tuple[type[Group], ...]] = ()
    known_from: ClassVar[KnownFrom] = "text"
    unrehearsed: ClassVar[str] = ""

    @abstractmethod
    def judge(self, facts: Facts, parameters: P) -> Finding | None:
        """What speaks against the draft, or None. Pure: no query, no clock, nothing written.

        May raise CouldNotRun; any other exception is taken for a fault of the rule, and holds too.
        """

    def limits(self, facts: Facts, parameters: P) -> Sequence[Limit]:
        """What one try to send counts against: no group is gathered then. None for most kinds."""
        return ()

    def trouble(self) -> str:
        """Why rules of this kind can do nothing as the site is set up; empty if they can."""
        return ""


@dataclass(frozen=True)
class NoParameters:
    """For a kind that has none."""


@cache
def kinds() -> dict[str, Kind[Any]]:
    """Every kind by name, from the files in kinds/."""
    from_files = importlib.import_module("moderation.screening.kinds")
    found: dict[str, Kind[Any]] = {}
    for module in pkgutil.iter_modules(from_files.__path__):
        contents = vars(importlib.import_module(f"{from_files.__name__}.{module.name}"))
        for one in contents.values():
            if isinstance(one, type) and issubclass(one, Kind) and "name" in vars(one):
                found[one.name] = one()
    return found
