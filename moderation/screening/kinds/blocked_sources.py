"""Sources that the author has a word on beforehand: by host and path."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from django.core.exceptions import ValidationError

from moderation.screening.facts import Facts
from moderation.screening.kind import Finding, Kind
from moderation.screening.parameters import LinesField, parameter
from moderation.sources import is_own_site, is_under, normalise, tidy

FORM: Final = (
    "One a line: a host, with all below it, and a path if you like; then a blank and a note."
    " “example.org/blog dealt with at /posts/rights/c/1.8/”."
)


def _require_place(line: str) -> None:
    host = _read(line)[0].partition("/")[0]
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
        blocked = [_read(line) for line in parameters.sources]
        allowed = [_read(line)[0] for line in parameters.allowed]
        found = []
        for link in dict.fromkeys(facts.links):
            hit = next(((place, note) for place, note in blocked if _is_in(link, place)), None)
            if hit and not any(_is_in(link, place) for place in allowed):
                found.append({"link": link, "source": hit[0], "note": hit[1]})
        if not found:
            return None
        named = ", ".join(dict.fromkeys(_called(one) for one in found))
        noted = dict.fromkeys(_called(one) for one in found if one["note"])
        return Finding(
            sentence=f"It links to what is blocked: {named}.",
            evidence={"sources": found},
            advice=f"It links to {', '.join(noted)}." if noted else "",
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
        listed = [_read(line)[0] for line in parameters.sources]
        links = [link for link in dict.fromkeys(facts.links) if tidy(link)]
        found = [
            link
            for link in links
            if not is_own_site(link) and not any(_is_in(link, place) for place in listed)
        ]
        if not listed or not found:
            return None
        return Finding(
            sentence=f"It links to what is not on the list: {', '.join(found)}.",
            evidence={"links": found},
            advice="A comment waits when it links to a site that is not known here.",
        )


def _called(one: dict[str, str]) -> str:
    return f"{one['source']} ({one['note']})" if one["note"] else one["source"]


@lru_cache(maxsize=2000)
def _read(line: str) -> tuple[str, str]:
    """Place and note of a line; no place where there is none."""
    place, _, note = line.strip().partition(" ")
    bare = place.rpartition("://")[2].removeprefix("*.")
    return tidy(f"https://{bare}").removeprefix("https://"), note.strip()


def _is_in(link: str, place: str) -> bool:
    """By what was typed and by what it leads to: a wrapped link hides nothing."""
    return is_under(tidy(link), place) or is_under(normalise(link), place)
