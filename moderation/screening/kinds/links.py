"""Many links in one comment."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings

from moderation.screening.facts import Facts
from moderation.screening.kind import Finding, Kind
from moderation.screening.parameters import LinesField, number, parameter
from moderation.screening.parts import host_of


class HostsField(LinesField):
    """Names of hosts, one a line; an address counts for its host."""

    def to_python(self, value: Any) -> Any:
        """The hosts, in their own letters."""
        return tuple(map(_host, super().to_python(value)))


@dataclass(frozen=True)
class Parameters:
    links: int = number(2, "Links from which on a comment waits", 1, 100)
    free: tuple[str, ...] = parameter(
        (),
        HostsField(
            label="Hosts whose links don't count",
            required=False,
            help_text="One a line, each with the names below it. This site never counts.",
        ),
    )


class Links(Kind[Parameters]):
    """Counts what a reader could follow to elsewhere, however it was written."""

    name = "links"
    label = "Many links"
    help_text = "Counts the links of a comment to other sites."
    takes = Parameters
    clause = "spam"

    def judge(self, facts: Facts, parameters: Parameters) -> Finding | None:
        """See Kind."""
        free = {host_of(settings.SITE_URL), *parameters.free}
        counted = [link for link in facts.links if not _is_free(link, free)]
        count, limit = len(counted), parameters.links
        if count < limit:
            return None
        links = "1 link" if count == 1 else f"{count} links"
        return Finding(
            sentence=f"It has {links} to other sites; from {limit} on it is stopped.",
            evidence={"links": counted, "limit": limit},
            advice=f"A comment with {limit} or more links to other sites is looked at first;"
            f" this one has {count}.",
        )


def _is_free(link: str, free: set[str]) -> bool:
    """Whether it leads to one of these hosts, to a name below one, or nowhere else but here."""
    host = host_of(link)
    if not host:
        return not link.lower().startswith("mailto:")
    return any(host == one or host.endswith(f".{one}") for one in free if one)


def _host(line: str) -> str:
    host = host_of(line if "://" in line else f"//{line}").removeprefix("*.").rstrip(".")
    if "." not in host and host != "localhost":
        raise forms.ValidationError(f"“{line}” is not the name of a host, like example.org.")
    return host
