"""Where the marks of a redaction stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.desk.redacting import NothingTakenOut, WordsPutIn, with_marks


@pytest.mark.parametrize(
    ("before", "after", "marked"),
    [
        ("one two three", "one three", "one [x] three"),
        ("one two three", "three", "[x] three"),
        ("one two three", "", "[x]"),
        ("one\n\ntwo three\n\nfour", "one\n\nfour", "one\n\n[x]\n\nfour"),
        ("say it, idiot.", "say it, .", "say it, [x]"),
        ("[removed: clause 1] two three", "two", "[removed: clause 1] two [x]"),
        ("[removed: clause 1] two three", "[removed: clause 1] two", "[removed: clause 1] two [x]"),
        ("one two three", "one [removed: clause 9] three", "one [x] three"),
    ],
)
def test_marks_stand_where_words_went(before, after, marked):
    assert with_marks(before, after, "[x]") == marked


@pytest.mark.parametrize("after", ["one two three four", "four", "three two one zero", "On two"])
def test_no_word_comes_in(after):
    with pytest.raises(WordsPutIn):
        with_marks("one two three", after, "[x]")


@pytest.mark.parametrize("after", ["one two", " one \n two ", "one two [removed]"])
def test_nothing_taken_out_is_said(after):
    with pytest.raises(NothingTakenOut):
        with_marks("one two", after, "[x]")


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "cc", "d\n\n"]), st.booleans()), min_size=1))
def test_of_any_words_left_only_those_that_were_there_remain(words):
    before = " ".join(word for word, _ in words)
    after = " ".join(word for word, stays in words if stays)
    try:
        marked = with_marks(before, after, "[x]")
    except (NothingTakenOut, WordsPutIn):
        return
    assert marked.replace("[x]", " ").split() == after.split()
