"""What may be chosen for the site, and the sentence for what may not."""

import re
from functools import cache
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError

COLOUR: Final = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
# The two grounds that links stand on in each scheme: --paper and --sunk of static/site.css.
PAPERS: Final = {"accent": ("#fdfcf9", "#f4f1ea"), "accent_dark": ("#191714", "#23201c")}
LEAST_CONTRAST: Final = 4.5  # WCAG 2, level AA, for text of ordinary size

# The configurations that every Postgres from 14 on comes with, and the code of their language.
SEARCH_LANGUAGE_OF: Final = {
    "ar": "arabic", "hy": "armenian", "eu": "basque", "ca": "catalan", "da": "danish",
    "nl": "dutch", "en": "english", "fi": "finnish", "fr": "french", "de": "german",
    "el": "greek", "hi": "hindi", "hu": "hungarian", "id": "indonesian", "ga": "irish",
    "it": "italian", "lt": "lithuanian", "ne": "nepali", "nb": "norwegian", "nn": "norwegian",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "es": "spanish",
    "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
SEARCH_LANGUAGES: Final = [
    ("simple", "any: words as they are written"),
    *((name, name.capitalize()) for name in sorted(set(SEARCH_LANGUAGE_OF.values()))),
]


# Whose zones are places; the other names are older ones for the same.
REGIONS: Final = frozenset({
    "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe",
    "Indian", "Pacific",
})  # fmt: skip


class Link(NamedTuple):
    """A link in the head of every page."""

    words: str
    address: str


def search_language_of(language: str) -> str:
    """Postgres's name for the language of a code such as de or pt-br; `simple` without one."""
    return SEARCH_LANGUAGE_OF.get(language.partition("-")[0], "simple")


def parse_links(text: str) -> list[Link]:
    """The links of lines such as "My books https://example.org/"; an error names its line."""
    links = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        words, _, address = line.strip().rpartition(" ")
        if not words.strip() or not _leads_somewhere(address):
            raise ValidationError(
                f"Line {number} must be words and then an address that begins with /, https:// or"
                f" mailto:, and not “{line.strip()}”."
            )
        links.append(Link(words.strip(), address))
    return links


def validate_links(text: str) -> None:
    """Raise ValidationError unless parse_links can read all lines."""
    parse_links(text)


def validate_time_zone(name: str) -> None:
    """Raise ValidationError for a zone that this machine does not know."""
    if name not in available_timezones():
        raise ValidationError(f"“{name}” is no time zone; Europe/Berlin and UTC are.")


@cache
def time_zone_choices() -> list[tuple[str, str | list[tuple[str, str]]]]:
    """Every zone that is a place, by its region, for a list to choose from; UTC stands first."""
    regions: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(available_timezones()):
        region, _, place = name.partition("/")
        if place and region in REGIONS:
            regions.setdefault(region, []).append((name, place.replace("_", " ")))
    return [("UTC", "UTC"), *regions.items()]


def colour_fault(colour: str, papers: tuple[str, ...]) -> str:
    """Why a colour can't be that of links on these grounds; empty for none and for a good one."""
    if not colour:
        return ""
    if not COLOUR.fullmatch(colour):
        return f"“{colour}” is no colour: write # and six digits or letters a to f."
    least = min(contrast(colour, paper) for paper in papers)
    if least >= LEAST_CONTRAST:
        return ""
    return (
        f"{colour} is too near the colour of the page: its contrast is {least:.1f} to 1, and"
        f" {LEAST_CONTRAST} to 1 is the least that most people can read."
    )


def contrast(one: str, other: str) -> float:
    """The contrast of two colours by WCAG 2: from 1, none, to 21, black on white."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _leads_somewhere(address: str) -> bool:
    if address.startswith("/"):
        return not address.startswith(("//", "/\\"))
    try:
        parts = urlsplit(address)
    except ValueError:  # brackets that hold no address
        return False
    return (parts.scheme in {"http", "https"} and bool(parts.hostname)) or (
        parts.scheme == "mailto" and "@" in parts.path
    )


def languages() -> Any:
    """Those that Django has words in; another release has more, which changes no table."""
    return settings.LANGUAGES
