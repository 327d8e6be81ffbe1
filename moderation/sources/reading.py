"""An address as moderators read it: its host in its own letters, and no longer than a line or two.

The one room for how a source is shown; what it is compared by is addresses.py.
"""

import re
from typing import Final, NamedTuple

from comments.addresses import ascii_host, in_letters, readable
from comments.characters import show

LONGEST: Final = 120  # characters that are shown of an address
AT_THE_END: Final = 30  # of them; the end often says more than the middle
PARTS: Final = re.compile(r"([a-z]+://)?([^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)


class Reading(NamedTuple):
    """`text` is shown; `whole` is empty where that is all of it; `raw_host` unless it deceives.

    A host deceives by letters of scripts that aren't written together, or by lookalikes alone.
    """

    text: str
    whole: str
    raw_host: str


def read_address(address: str) -> Reading:
    """An address, or a host alone, as it is to be read. What can't be seen in it is shown."""
    match = PARTS.fullmatch(address)
    scheme, host, rest = match.groups(default="") if match else ("", "", address)
    letters, raw = _host(host)
    text = show(f"{scheme}{letters}{rest}")
    if len(text) <= LONGEST:
        return Reading(text, "", raw)
    short = f"{text[: LONGEST - AT_THE_END - 1]}…{text[-AT_THE_END:]}"
    return Reading(short, text, raw)


def _host(typed: str) -> tuple[str, str]:
    """A host in letters, and in ASCII where those deceive."""
    name, colon, port = typed.partition(":")
    plain = ascii_host(name)
    letters = in_letters(plain)
    if letters == plain:  # nothing but ASCII: as it was typed
        return typed, ""
    return f"{letters}{colon}{port}", plain if readable(plain) != letters else ""
