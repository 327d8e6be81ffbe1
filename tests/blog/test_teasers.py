"""What a list says of a post that has no summary."""

import pytest

from blog.markup import render_markdown
from blog.teasers import first_words
from core.search import plain_text
from tests.factories import make_post


def test_the_first_words_are_those_of_paragraphs():
    html = (
        '<h2>Head</h2><p>One &amp; <em>two</em>.<sup class="footnote-ref"><a>1</a></sup></p>'
        "<pre>code</pre><blockquote><p>Three &lt;b&gt;.</p></blockquote>"
    )
    assert first_words(html) == "One & two. Three <b>."


def test_neither_notes_nor_their_numbers_and_arrows_are_words():
    html = render_markdown("One.[^1] Two.[^a]\n\n[^1]: Note.\n\n[^a]: Other *note*.")
    assert first_words(html) == "One. Two."
    assert plain_text(html) == "One. Two. Note. Other note."


def test_a_long_text_is_cut_at_a_word():
    teaser = first_words(f"<p>{'word ' * 5_000}</p>" * 3)
    assert teaser == ("word " * 40).strip() + " …"
    assert first_words("<ul><li>x</li></ul>") == ""


@pytest.mark.django_db
def test_lists_and_machines_are_given_the_summary_or_the_first_words(client):
    post = make_post(body="## Head\n\nCanary <i>words</i> & more.")
    for address in ("/", post.get_absolute_url()):
        assert "Canary words &amp; more." in client.get(address).content.decode()
    assert (
        '"description": "Canary words \\u0026 more."'
        in client.get(post.get_absolute_url()).content.decode()
    )
    post.summary = "In short"
    post.save()
    page = client.get("/").content.decode()
    assert ("In short" in page, "Canary" in page) == (True, False)
