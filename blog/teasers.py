"""What a post begins with, in a sentence or two, for lists and for where its address is shared."""

import re
from typing import Final

from django.utils.text import Truncator

from core.search import plain_text

WORDS: Final = 40
# Of HTML that blog.markup made, so much is looked at.
LOOKED_AT: Final = 8_000
PARAGRAPH: Final = re.compile(r"<p>(.*?)(?:</p>|\Z)", re.DOTALL)
FOOTNOTES: Final = '<section class="footnotes"'


def first_words(html: str) -> str:
    """The first words of its paragraphs as plain text, without headings, listings and notes."""
    begin = html if len(html) <= LOOKED_AT else html[:LOOKED_AT].rpartition(" ")[0]
    text = " ".join(PARAGRAPH.findall(begin.partition(FOOTNOTES)[0]))
    return Truncator(plain_text(text)).words(WORDS, truncate=" …")
