"""Addresses of this site, put together from pieces.

Django's `reverse` compares a pattern each time: of a page with a hundred links that is a third.
"""

import re
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.urls import get_script_prefix, get_urlconf, reverse

# What stands in an address as it is. For anything else `reverse` is asked.
PLAIN: Final = re.compile(r"[-a-zA-Z0-9_]+|[0-9]+(?:\.[0-9]+)*")
STAND_IN: Final = "9"


def address_of(route: str, *parts: str | int) -> str:
    """What `reverse(route, args=parts)` gives, if the route takes such parts.

    For routes with nothing between their parts that has a 9 in it, nor behind them. Raises
    NoReverseMatch.
    """
    words = [str(part) for part in parts]
    if not all(map(PLAIN.fullmatch, words)):
        return reverse(route, args=parts)
    root = get_urlconf() or settings.ROOT_URLCONF
    start, *rest = _pieces(route, len(words), get_script_prefix(), root)
    return start + "".join(map("".join, zip(words, rest, strict=True)))


@lru_cache(maxsize=1000)
def _pieces(route: str, parts: int, prefix: str, root: str) -> list[str]:
    """What stands around the parts, by all that it hangs on."""
    return reverse(route, args=[STAND_IN] * parts).rsplit(STAND_IN, parts)
