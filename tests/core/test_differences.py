"""Differences word by word: exact, short, and quick whatever was written."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.differences import MAX_PAIRS, Piece, compare


def test_words_that_went_and_came_are_told_apart():
    assert compare("the cat sat", "the dog sat") == [
        Piece("same", "the "),
        Piece("gone", "cat "),
        Piece("new", "dog "),
        Piece("same", "sat"),
    ]


def test_equal_texts_have_no_difference():
    assert compare("same", "same") == []


def test_what_stayed_is_cut_short_around_the_change():
    pieces = compare("word " * 900 + "end", "word " * 900 + "other")
    assert [piece.kind for piece in pieces] == ["same", "gone", "new"]
    assert "…" in pieces[0].text
    assert len(pieces[0].text) < 200


@given(*[st.lists(st.sampled_from("ab\n c")).map("".join)] * 2)
def test_the_pieces_give_back_both_texts(before, after):
    pieces = compare(before, after)
    if before == after:
        assert pieces == []
        return
    assert "".join(piece.text for piece in pieces if piece.kind != "new") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "gone") == after


@pytest.mark.parametrize("words", [1, 2, 101, 300, 800, 4000])
def test_20_000_characters_of_the_worst_take_less_than_a_second(words):
    one = [f"{number:x}" for number in range(words)]
    before, after = (" ".join(part * (20_000 // words))[:20_000] for part in (one, one[::-1]))
    started = time.process_time()
    assert compare(before, after) or words == 1
    assert time.process_time() - started < 1


def test_beyond_the_bound_all_is_shown_as_replaced():
    words = [str(number) for number in range(200)] * 19
    assert MAX_PAIRS < 19 * 19 * 200
    pieces = compare(" ".join(words), " ".join(words[::-1]))
    assert [piece.kind for piece in pieces] == ["gone", "new"]
