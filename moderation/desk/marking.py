"""The words for which a rule spoke up, marked in a comment's text."""

import re
from collections.abc import Iterable
from html import escape
from typing import Any, Final

from django.utils.safestring import SafeString

from comments import markup, references
from comments.models import Comment, RecordedReason

LONGEST: Final = 200  # characters; what is longer is no word
MOST: Final = 100


def marked(comment: Comment, reasons: Iterable[RecordedReason]) -> SafeString:
    """The comment's HTML with <mark> around every word that a reason's evidence names."""
    html: str = references.unlink(comment.html)
    words = sorted(set(found_words(reasons)), key=len, reverse=True)[:MOST]
    if words:
        pattern = re.compile("|".join(re.escape(escape(word, quote=False)) for word in words))
        html = "".join(_with_marks(piece, pattern) for piece in references.PIECES.split(html))
    return markup.trusted(html)


def found_words(reasons: Iterable[RecordedReason]) -> Iterable[str]:
    """What stands in a text as it was found there."""
    for reason in reasons:
        matches: Any = reason.evidence.get("matches")
        for match in matches if isinstance(matches, list) else ():
            found = match.get("found") if isinstance(match, dict) else None
            if isinstance(found, str) and 0 < len(found.strip()) <= LONGEST:
                yield found


def _with_marks(piece: str, pattern: "re.Pattern[str]") -> str:
    if piece.startswith("<"):
        return piece
    return pattern.sub(lambda match: f"<mark>{match[0]}</mark>", piece)
