"""What another site's page becomes as a comment: its name and its text, all of it plain words."""

import re
from typing import Final
from urllib.parse import urlsplit

from core.page_reading import ReadPage

LONGEST_NAME: Final = 80
# What Markdown would take for more than itself.
MARKS: Final = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&:])")


def text_of(address: str, read: ReadPage) -> str:
    """A mention as the text of a comment, in Markdown: what the page is called, says, and where."""
    parts = [_escaped(read.title)] if read.title else []
    if read.passage:
        parts.append(f"> {_escaped(read.passage)}")
    return "\n\n".join([*parts, address])


def name_of(address: str, read: ReadPage) -> str:
    """Who a mention is by, as far as the page says, and always which site it is from."""
    host = urlsplit(address).hostname or address
    if not read.author:
        return host[:LONGEST_NAME]
    room = LONGEST_NAME - len(host) - 3
    return f"{read.author[:room]} ({host})" if room > 10 else host[:LONGEST_NAME]


def _escaped(text: str) -> str:
    return MARKS.sub(r"\\\1", text)
