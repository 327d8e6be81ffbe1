"""What WordPress does to a post's text at display, done once: paragraphs, captions, block marks."""

import time

import pytest

from transfer.wordpress_html import plain_text, teaser, to_html

CASES = {
    "a\nb\n\nc": "<p>a<br>\nb</p>\n<p>c</p>",
    "a\r\n\r\nb": "<p>a</p>\n<p>b</p>",
    "<p>a</p>\n\n<p>b</p>": "<p>a</p><p>b</p>",
    "<h2>a</h2>\ntext": "<h2>a</h2><p>text</p>",
    "<pre>a\n\n  <b>b</b>\n</pre>c": "<pre>a\n\n  <b>b</b>\n</pre><p>c</p>",
    "<ul>\n<li>a</li>\n<li>b\n\nc</li>\n</ul>": "<ul><li>a</li><li><p>b</p>\n<p>c</p></li></ul>",
    "<blockquote>a\n\nb</blockquote>": "<blockquote><p>a</p>\n<p>b</p></blockquote>",
    "<table>\n<tr>\n<td>a</td>\n</tr>\n</table>": "<table><tr><td>a</td></tr></table>",
    '<!-- wp:paragraph {"x":1} -->\n<p>a</p>\n<!-- /wp:paragraph -->': "<p>a</p>",
    "a <!-- note --> b<script>evil()</script>": "<p>a  b</p>",
    '[caption id="x" width="1"]<img src="i"> Words[/caption]': (
        '<figure><img src="i"><figcaption>Words</figcaption></figure>'
    ),
    '[caption caption="Old"]<a href="h"><img src="i"></a>[/caption]': (
        '<figure><a href="h"><img src="i"></a><figcaption>Old</figcaption></figure>'
    ),
    '[gallery ids="1"]': '<p>[gallery ids="1"]</p>',
    "a < b and c > d": "<p>a < b and c > d</p>",
    "": "",
}


@pytest.mark.parametrize("content", CASES)
def test_paragraphs_as_wordpress_shows_them(content):
    assert to_html(content) == CASES[content]


def test_the_more_mark_ends_the_teaser():
    assert teaser("Some <b>words</b>.<!--more Read on--> The rest") == "Some words."
    assert teaser("No mark.") == ""


def test_plain_text_parts_words_at_blocks_only():
    assert plain_text("a<p>b</p>c <b>d</b>e<br>f &amp; g<script>x</script>") == "a b c de f & g"


@pytest.mark.parametrize("piece", ["[caption]", "<div ", "<!--", " ", "\n ", "<script>", "</div>"])
def test_hostile_content_takes_no_longer_than_its_length(piece):
    began = time.perf_counter()
    plain_text(to_html(piece * (100_000 // len(piece)) + "x"))
    assert time.perf_counter() - began < 10
