"""A small figure beside a name, so that the eye finds one writer again in a long conversation.

Made here from who wrote, not from an address, and by a keyed digest: nothing can be read back from
it. Two comments share a figure if account, or commenter and name, or else the name are the same;
so a typed name never has the figure of an account. It proves nothing: the badge does.
"""

from functools import lru_cache
from typing import Final

from django.utils.crypto import salted_hmac
from django.utils.html import format_html
from django.utils.safestring import SafeString

from comments import names
from comments.shown import Row

HUES: Final = 8  # classes shape-0 to shape-7 in site.css
SIDE: Final = 5


def shape_of(comment: Row) -> SafeString:
    """The figure as inline SVG, coloured by a class; for the eye only."""
    return _shape(comment.user_id, comment.commenter_id, comment.name)


@lru_cache(maxsize=2000)
def _shape(user_id: int | None, commenter_id: int | None, typed: str) -> SafeString:
    if user_id is not None:
        return _draw(f"account:{user_id}")
    name = names.skeleton(typed) or typed
    return _draw(f"commenter:{commenter_id or ''}:{name}")


def _draw(writer: str) -> SafeString:
    digest = salted_hmac("comments.shape", writer, algorithm="sha256").digest()
    return format_html(
        '<svg class="shape shape-{}" viewBox="0 0 5 5" aria-hidden="true"><path d="{}"/></svg>',
        digest[0] % HUES,
        _path(int.from_bytes(digest[1:3])),
    )


def _path(bits: int) -> str:
    """Squares of a field that is the same left and right: three columns of five bits."""
    squares = []
    for column in range(3):
        for row in range(SIDE):
            if bits >> (column * SIDE + row) & 1:
                squares += [(x, row) for x in sorted({column, SIDE - 1 - column})]
    return "".join(f"M{x} {y}h1v1h-1z" for x, y in squares)
