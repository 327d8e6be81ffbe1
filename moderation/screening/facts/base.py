"""The facts of one draft: what it says itself, and groups of what the database knows."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import chain, islice
from typing import Self, TypeVar

from comments.intake import Draft
from comments.links import link_addresses, plain_text
from moderation.screening import parts
from moderation.screening.expressions import Time
from moderation.screening.facts.asking import Question, Rows, ask
from moderation.screening.parts import Part


class Group(ABC):
    """Facts that one query gathers: a frozen dataclass of plain values in a file of its own.

    With defaults for all, which stand for "nothing is known".
    """

    @classmethod
    @abstractmethod
    def gather(cls, draft: Draft, at: datetime) -> Self:
        """The group as it was at `at`, without the comment that the draft replaces. One query.

        A rehearsal asks for the past: nothing sent after `at` may count.
        """


class Asked(Group):
    """A group that says what it asks: such groups are gathered in one query together."""

    @classmethod
    @abstractmethod
    def questions(cls, draft: Draft, at: datetime) -> Sequence[Question]:
        """What to ask; the same number of questions whatever the draft, or none."""

    @classmethod
    @abstractmethod
    def read(cls, draft: Draft, at: datetime, answers: Sequence[Rows]) -> Self:
        """The group from the rows of each question; see Group.gather. No query."""

    @classmethod
    def gather(cls, draft: Draft, at: datetime) -> Self:
        """See Group."""
        return cls.read(draft, at, ask(cls.questions(draft, at)))


G = TypeVar("G", bound=Group)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All that a rule may look at."""

    draft: Draft
    at: datetime
    groups: Mapping[type[Group], Group] = field(default_factory=dict)

    def of(self, group: type[G]) -> G:
        """A group that was gathered. KeyError for one that the kind did not name in `needs`."""
        found = self.groups[group]
        assert isinstance(found, group)  # noqa: S101 (for the type checker)
        return found

    @cached_property
    def is_staff(self) -> bool:
        """Whether a signed-in member of staff writes."""
        user = self.draft.user
        return user is not None and user.is_active and user.is_staff

    @cached_property
    def links(self) -> tuple[str, ...]:
        """Every address that a reader could follow, in order, repeated ones repeated."""
        return link_addresses(self.draft.html)

    @cached_property
    def plain(self) -> str:
        """The words as a reader sees them, without Markdown's signs."""
        return plain_text(self.draft.html)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The parts to look for words in; several of one label where there are several hosts."""
        draft = self.draft
        hosts = dict.fromkeys(filter(None, map(parts.host_of, self.links)))
        return (
            Part(parts.TEXT, draft.text),
            Part(parts.READ, parts.as_read(self.plain)),
            Part(parts.NAME, draft.name),
            Part(parts.MAIL, draft.mail),
            *(Part(parts.HOST, host) for host in hosts),
        )

    @cached_property
    def time_for_expressions(self) -> Time:
        """What is left for regular expressions: all rules share it."""
        return Time()


def gather(draft: Draft, at: datetime, groups: Iterable[type[Group]]) -> Facts:
    """The facts of one draft: one query for all groups that are Asked, one for each other."""
    return gather_after([], draft, at, groups)[1]


def gather_after(
    first: Sequence[Question], draft: Draft, at: datetime, groups: Iterable[type[Group]]
) -> tuple[list[Rows], Facts]:
    """The rows of what is asked `first`, in the same query, and the facts."""
    kinds = list(dict.fromkeys(groups))
    asked = {one: one.questions(draft, at) for one in kinds if issubclass(one, Asked)}
    answers = ask([*first, *chain.from_iterable(asked.values())])
    rest = iter(answers[len(first) :])
    found: dict[type[Group], Group] = {}
    for one in kinds:
        if issubclass(one, Asked):
            found[one] = one.read(draft, at, list(islice(rest, len(asked[one]))))
        else:
            found[one] = one.gather(draft, at)
    return answers[: len(first)], Facts(draft=draft, at=at, groups=found)
