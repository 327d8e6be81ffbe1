"""Words that a reader looks for: Postgres's own search, and its findings safely marked."""

import html
import re
from collections.abc import Sequence
from typing import Final

from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from core.site import current

LONGEST_QUERY: Final = 200
LONGEST_TEXT: Final = 50_000  # characters of a text in which words are marked
# Two characters of no script stand for the marks until the text around them is escaped.
BEGIN, END = "\ue000", "\ue001"
OPTIONS: Final = (
    f'StartSel="{BEGIN}", StopSel="{END}", MaxFragments=2, FragmentDelimiter=" … ",'
    " MinWords=12, MaxWords=28"
)
TAGS: Final = re.compile(r"""<(?:[^<>"']|"[^"]*"|'[^']*')*>""")
# Characters by which the ends of a passage are found again, and so few that they are shown too.
ENDS: Final = 30
LITTLE: Final = 15
PHRASE: Final = re.compile(r"\"|\w-\w")
TO_NOTES: Final = re.compile(
    r'<sup class="footnote-ref"><a\b[^<>]*>[^<>]*</a></sup>'
    r'|<a\b[^<>]*class="footnote-backref">[^<>]*</a>'
)
BLOCK_ENDS: Final = re.compile(
    r"(?:</(?:p|li|h\d|blockquote|td|th|pre|div|dt|dd|figure)>|<br\b[^>]*>)\n?"
)


def wanted(text: str) -> str:
    """What a reader typed, as it is looked for: without what Postgres can't store, and cut."""
    return " ".join(text.replace("\0", " ").split())[:LONGEST_QUERY]


def is_cut(text: str) -> bool:
    """Whether more was typed than is looked for."""
    return len(" ".join(text.split())) > LONGEST_QUERY


def make_query(text: str) -> SearchQuery:
    """Words, "phrases", or, -not: in the site's search language. Never fails, whatever is typed."""
    return SearchQuery(wanted(text), config=current().search_language, search_type="websearch")


def has_phrase(text: str) -> bool:
    """Whether words are looked for that stand side by side: in quotation marks, or hyphenated."""
    return PHRASE.search(wanted(text)) is not None


def is_searchable(text: str) -> bool:
    """Whether anything remains to be looked for once words as common as "the" are left out.

    One query.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT numnode(websearch_to_tsquery(%s::regconfig, %s)) > 0",
            [current().search_language, wanted(text)],
        )
        row = cursor.fetchone()
    return bool(row and row[0])


def plain_text(source: str) -> str:
    """The text of HTML that we made, for excerpts; it is not safe HTML. What leads to a footnote
    and back is no text.
    """
    words = BLOCK_ENDS.sub(" ", TO_NOTES.sub("", source))
    text = html.unescape(TAGS.sub("", words))
    # Blanks that are all single need not be taken apart, which takes longer than all the rest.
    return text.strip() if "  " not in text and text.isprintable() else " ".join(text.split())


def excerpts(sources: Sequence[str], text: str) -> list[SafeString]:
    """Of each HTML source the passages that a search for `text` finds, escaped, in <mark>.

    One query for all of them; none for none.
    """
    if not sources:
        return []
    plain = [_unmarked(plain_text(source))[:LONGEST_TEXT] for source in sources]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ts_headline(%(language)s::regconfig, text,"
            " websearch_to_tsquery(%(language)s::regconfig, %(query)s), %(options)s)"
            " FROM unnest(%(texts)s::text[]) WITH ORDINALITY AS given (text, place) ORDER BY place",
            {
                "language": current().search_language,
                "query": wanted(text),
                "options": OPTIONS,
                "texts": plain,
            },
        )
        return [
            _marked(_with_ellipses(row[0], whole))
            for row, whole in zip(cursor.fetchall(), plain, strict=True)
        ]


def _unmarked(text: str) -> str:
    return text.replace(BEGIN, "").replace(END, "").replace("\0", "")


def _with_ellipses(headline: str, whole: str) -> str:
    """A passage with what little stands around it, or with signs that more does."""
    bare = _unmarked(headline)
    start, end = whole.find(bare[:ENDS]), whole.rfind(bare[-ENDS:])
    before, after = whole[:start], whole[end + len(bare[-ENDS:]) :]
    if start < 0 or len(before) > LITTLE:
        before = "… "
    if end < 0 or len(after) > LITTLE:
        after = " …"
    return f"{before}{headline}{after}"


def _marked(headline: str) -> SafeString:
    escaped = escape(headline).replace(BEGIN, "<mark>").replace(END, "</mark>")
    return mark_safe(escaped)  # noqa: S308 (escaped but for our own marks)
