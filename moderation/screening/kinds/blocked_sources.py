"""Sources that the author has a word on beforehand: by host and path."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple

from django.core.exceptions import ValidationError

from moderation.screening.facts import Facts
from moderation.screening.facts.earlier import listed
from moderation.screening.kind import Finding, Kind
from moderation.screening.parameters import LinesField, parameter
from moderation.sources import host_of, is_own_site, is_under, normalise, tidy

FORM: Final = (
    "One a line: a host, with all below it, and a path if you like; then a blank and a note."
    " “example.org/blog dealt with at /posts/rights/c/1.8/”."
)
NAMED: Final = 10  # in a sentence; the evidence has all


def _require_place(line: str) -> None:
    host = _read(line).host
    if not (set(".:") & set(host) or host == "localhost"):
        raise ValidationError(f"“{line}” does not begin with a host, as in example.org/path.")


def places(label: str, help_text: str) -> Any:
    """A parameter of lines that each begin with a host or a host and path."""
    check = [_require_place]
    return parameter(
        (), LinesField(label=label, required=False, help_text=help_text, validators=check)
    )


@dataclass(frozen=True)
class Blocked:
    """Places, and what is let through though it is in one."""

    sources: tuple[str, ...] = places("Sources", FORM)
    allowed: tuple[str, ...] = places("But not", "Places within these that are fine. In that form.")


@dataclass(frozen=True)
class Allowed:
    """The only places that are linked to without a look."""

    sources: tuple[str, ...] = places("Sources", FORM)


class BlockedSource(Kind[Blocked]):
    """Looks at every link, in quotes too: whoever quotes it spreads it."""

    name = "blocked source"
    label = "Blocked sources"
    help_text = (
        "Links to a host (with its subdomains) or a path there, however they are written. A note"
        " beside it is shown to the writer before sending."
    )
    takes = Blocked

    def judge(self, facts: Facts, parameters: Blocked) -> Finding | None:
        """See Kind."""
        blocked, allowed = _places(parameters.sources), _places(parameters.allowed)
        found = []
        for link in dict.fromkeys(facts.links):
            reached = _reached(link)
            if (hit := blocked.find(reached)) and not allowed.find(reached):
                found.append({"link": link, "source": hit.place, "note": hit.note})
        if not found:
            return None
        named = [*dict.fromkeys(_called(one) for one in found)]
        noted = [*dict.fromkeys(_called(one) for one in found if one["note"])]
        return Finding(
            sentence=f"It links to what is blocked: {listed(named, most=NAMED)}.",
            evidence={"sources": found},
            advice=f"It links to {listed(noted, most=NAMED)}." if noted else "",
        )


class UnlistedSource(Kind[Allowed]):
    """The stricter way round; off as it comes."""

    name = "unlisted source"
    label = "Sources that are not on a list"
    help_text = "Links to anywhere but these hosts and paths, and this site itself."
    takes = Allowed
    is_on = False

    def judge(self, facts: Facts, parameters: Allowed) -> Finding | None:
        """See Kind. Without a list nothing is found."""
        known = _places(parameters.sources)
        links = [link for link in dict.fromkeys(facts.links) if tidy(link)]
        found = [one for one in links if not is_own_site(one) and not known.find(_reached(one))]
        if not parameters.sources or not found:
            return None
        return Finding(
            sentence=f"It links to what is not on the list: {listed(found, most=NAMED)}.",
            evidence={"links": found},
            advice="A comment waits when it links to a site that is not known here.",
        )


def _called(one: dict[str, str]) -> str:
    return f"{one['source']} ({one['note']})" if one["note"] else one["source"]


class Place(NamedTuple):
    """A line: a host, or a host and path, and a note."""

    place: str
    note: str

    @property
    def host(self) -> str:
        """Its host, in which subdomains are included."""
        return self.place.partition("/")[0]


class Places:
    """Some lines, by their hosts: a list of hundreds is not gone through for each link."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._by_host: dict[str, list[Place]] = defaultdict(list)
        for place in map(_read, lines):
            self._by_host[place.host].append(place)

    def find(self, addresses: Iterable[str]) -> Place | None:
        """The first place that one of some tidy addresses is in; of the narrowest host."""
        for address in addresses:
            for host in _with_parents(host_of(address)):
                for place in self._by_host.get(host, ()):
                    if is_under(address, place.place):
                        return place
        return None


@lru_cache(maxsize=64)
def _places(lines: tuple[str, ...]) -> Places:
    return Places(lines)


@lru_cache(maxsize=2000)
def _read(line: str) -> Place:
    """Place and note of a line; no place where there is none."""
    place, _, note = line.strip().partition(" ")
    bare = place.rpartition("://")[2].removeprefix("*.")
    return Place(tidy(f"https://{bare}").removeprefix("https://"), note.strip())


def _reached(link: str) -> tuple[str, ...]:
    """Where a link leads, by what was typed and by what it wraps: that hides nothing."""
    return tuple(dict.fromkeys((tidy(link), normalise(link))))


def _with_parents(host: str) -> Iterator[str]:
    while host:
        yield host
        host = host.partition(".")[2]
