"""Reading order and indentation."""

import pytest

from comments.models import Comment
from comments.thread import arrange


def comment(pk, number, parent=None, **fields):
    return Comment(
        pk=pk,
        number=number,
        ordinal=int(number.rpartition(".")[2]),
        parent_id=parent,
        status="published",
        **fields,
    )


def outline(comments, depth=5):
    return [(e.comment.number, e.depth) for e in arrange(comments, depth)]


def test_replies_follow_what_they_answer_by_number():
    rows = [comment(1, "2"), comment(2, "1"), comment(3, "1.2", 2), comment(4, "1.1", 2)]
    assert outline(rows) == [("1", 1), ("1.1", 2), ("1.2", 2), ("2", 1)]


def test_the_tenth_comes_after_the_ninth():
    rows = [comment(n, str(n)) for n in range(12, 0, -1)]
    assert [number for number, _ in outline(rows)] == [str(n) for n in range(1, 13)]


def test_indentation_stops_and_the_order_does_not():
    rows = [comment(1, "1")]
    rows += [comment(n, ".".join(["1"] * n), n - 1) for n in range(2, 8)]
    assert [depth for _, depth in outline(rows, 3)] == [1, 2, 3, 3, 3, 3, 3]


def test_a_reply_knows_what_it_answers_beyond_the_indentation():
    rows = [comment(1, "1"), comment(2, "1.1", 1), comment(3, "1.1.1", 2)]
    assert arrange(rows, 1)[2].parent is rows[1]


def test_what_the_depth_limit_attached_elsewhere_shows_what_it_answers():
    rows = [comment(1, "1"), comment(2, "1.1", 1), comment(3, "1.2", 1, answers_id=2)]
    assert arrange(rows, 5)[2].parent is rows[1]


@pytest.mark.parametrize("depth", [1, 2, 5])
def test_lists_open_and_close_in_balance(depth):
    rows = [comment(1, "1"), comment(2, "1.1", 1), comment(3, "1.1.1", 2), comment(4, "2")]
    rows += [comment(5, "2.1", 4), comment(6, "2.1.1", 5)]
    entries = arrange(rows, depth)
    opened = sum(entry.opens for entry in entries)
    closed = sum(entry.closes for entry in entries) + 1
    assert opened == closed
    assert [e.deeper for e in entries[:-1]] == [e.opens for e in entries[1:]]


def test_an_empty_conversation_is_empty():
    assert arrange([], 5) == []


def test_a_chain_of_five_thousand_needs_no_recursion():
    rows = [comment(1, "1")] + [comment(n, f"1.{n}", n - 1) for n in range(2, 5001)]
    assert len(arrange(rows, 5)) == 5000
