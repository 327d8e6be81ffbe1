"""`#1.6` in a text: found, marked, linked, and never a way around the cleaning."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments import markup, references
from comments.models import Comment, Reference
from comments.references import Target
from tests.factories import make_post, make_published, send


def numbers_in(text):
    return references.find_numbers(markup.render(text))


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("see #1.6", ["1.6"]),
        ("(#2) and #2, #10.2.", ["2", "10.2"]),
        ("#1.6.", ["1.6"]),
        ("**#3**", ["3"]),
        ("a#1 ##1 #1x #01 #0 #1.0 #", []),
        ("`#1` and [#2](http://a.example) and http://a.example/#3", []),
        ("&#35;1 is a hash too", ["1"]),
        ("> #4 said", ["4"]),
    ],
)
def test_what_is_a_reference(text, numbers):
    assert numbers_in(text) == numbers


def test_an_unknown_number_stays_text():
    assert references.mark("<p>#1 #2</p>", {"2": 7}) == '<p>#1 <a data-comment="7">#2</a></p>'


def test_a_mark_becomes_a_link_with_a_name_that_can_not_break_out():
    html = references.link('<p><a data-comment="7">#2</a></p>', {7: Target("#c-2", '"><b>')})
    assert html == '<p><a class="reference" href="#c-2" title="&quot;>&lt;b>">#2</a></p>'


def test_a_mark_without_target_is_text():
    assert references.link('<p><a data-comment="7">#2</a></p>', {}) == "<p>#2</p>"


@given(st.text(alphabet='#1.2<>"&a `[]()\n', max_size=60))
def test_marking_and_unlinking_gives_the_same_html(text):
    html = markup.render(text)
    marked = references.mark(html, {"1": 5, "1.2": 6, "2": 7})
    assert references.unlink(marked) == html


def test_a_stranger_can_not_write_a_mark():
    assert references.marked_ids(markup.render('<a data-comment="7">x</a>')) == set()


@pytest.mark.django_db
def test_a_sent_comment_keeps_what_it_refers_to():
    post = make_post()
    first = make_published(post)
    elsewhere = make_published(make_post())
    comment = send(post, "As #1 says, unlike #2.")
    assert references.marked_ids(comment.html) == {first.pk}
    assert [r.target_id for r in Reference.objects.filter(source=comment)] == [first.pk]
    assert elsewhere.pk not in references.marked_ids(Comment.objects.get(pk=comment.pk).html)
