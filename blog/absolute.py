"""A post's HTML for places that are not its page, where relative addresses lead nowhere."""

import re
from typing import Final
from urllib.parse import urljoin

# Of HTML that blog.markup cleaned: every value in double quotes, none in the text around tags.
TAG: Final = re.compile(r"<[a-z][a-z0-9]*(?:\s+[\w:-]+(?:=\"[^\"]*\")?)*\s*/?>", re.IGNORECASE)
ADDRESS: Final = re.compile(r"(\s(?:href|src|cite))=\"([^\"]*)\"", re.IGNORECASE)
SOURCES: Final = re.compile(r"(\ssrcset)=\"([^\"]*)\"", re.IGNORECASE)


def with_whole_addresses(html: str, base: str) -> str:
    """The same HTML with every address of a link or picture whole, as seen from `base`."""
    return TAG.sub(lambda tag: _whole(tag[0], base), html)


def _whole(tag: str, base: str) -> str:
    tag = ADDRESS.sub(lambda found: f'{found[1]}="{_join(base, found[2])}"', tag)
    return SOURCES.sub(lambda found: f'{found[1]}="{_each(found[2], base)}"', tag)


def _each(sources: str, base: str) -> str:
    parts = (source.strip().partition(" ") for source in sources.split(","))
    return ", ".join(f"{_join(base, address)} {width}".strip() for address, _, width in parts)


def _join(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:  # brackets that hold no address
        return address
