"""The text of our HTML, with single blanks whatever stands in it."""

from hypothesis import example, given
from hypothesis import strategies as st

from core.search import plain_text

PIECES = [
    "a", "b c", " ", "  ", "\n", "\t", "\u00a0", "\u2003", "\u00ad", "&nbsp;", "&amp;", "&#10;",
]  # fmt: skip
BLOCKS = dict.fromkeys(["</p>", "</p>\n", "<br>", "<br>\n", "</li>\n\n"], " ")
BETWEEN = {**BLOCKS, "<em>": "", "</em>": ""}


@example(["a", "  ", "a"])
@example(["a", "</p>", " ", "a"])
@given(st.lists(st.sampled_from([*PIECES, *BETWEEN])))
def test_blanks_are_single_and_stand_where_blocks_end(pieces):
    said = "".join(BETWEEN.get(piece, piece) for piece in pieces)
    for entity, character in {"&nbsp;": "\u00a0", "&amp;": "&", "&#10;": "\n"}.items():
        said = said.replace(entity, character)
    assert plain_text("".join(pieces)) == " ".join(said.split())
