"""An author's Markdown: what it can, and what it must not let through."""

import re
from html.parser import HTMLParser

import nh3
import pytest

from blog import markup


def test_tables_footnotes_and_struck_words():
    html = markup.render_markdown("| a |\n|---|\n| b[^n] |\n\n~~c~~\n\n[^n]: A *note*.")
    assert "<td>b<sup" in html
    assert "<s>c</s>" in html
    assert '<section class="footnotes" aria-label="Footnotes">' in html
    assert '<a href="#fnref1" class="footnote-backref">' in html


def test_columns_keep_their_sides_without_a_style():
    html = markup.render_markdown("| a | b | c |\n|:--|:-:|--:|\n| 1 | 2 | 3 |")
    assert '<th>a</th>\n<th class="center">b</th>\n<th class="right">c</th>' in html
    assert '<td class="right">3</td>' in html
    assert "style" not in html


def test_a_footnote_has_one_number_and_each_reference_an_address_of_its_own():
    html = markup.render_markdown("One.[^a] Two.[^b] One again.[^a]\n\n[^a]: A.\n[^b]: B.")
    assert re.findall(r'<a href="#(fn\d)" id="([^"]*)">(\d)</a>', html) == [
        ("fn1", "fnref1", "1"), ("fn2", "fnref2", "2"), ("fn1", "fnref1:1", "1"),
    ]  # fmt: skip
    ids = re.findall(r'id="([^"]*)"', html)
    assert len(ids) == len(set(ids))
    assert html.count('class="footnote-backref"') == 3


def test_a_listing_has_a_class_for_each_kind_of_word_and_no_style():
    html = markup.render_markdown('```python\ndef f(): return "<b>&"  # x\n```')
    assert '<span class="hl-k">def</span>' in html
    assert "&lt;b&gt;&amp;" in html
    assert "style" not in html


@pytest.mark.parametrize("language", ["", "nosuch", "nosuch'><script>", "nosuch onclick=x"])
def test_a_language_that_nobody_knows_leaves_the_listing_plain(language):
    html = markup.render_markdown(f"```{language}\n<b>\n```")
    assert "&lt;b&gt;" in html
    assert "<script" not in html
    assert "onclick" not in html


def test_a_picture_with_a_title_alone_in_its_paragraph_is_a_figure():
    html = markup.render_markdown('![A](/a.png "A *red* <script>wall</script>")')
    assert html.startswith('<figure><img src="/a.png" alt="A"><figcaption>A <em>red</em>')
    assert "<script" not in html
    assert "<figure" not in markup.render_markdown('Words ![A](/a.png "title") beside.')
    assert "<figure" not in markup.render_markdown("![A](/a.png)")


def test_classes_are_ours_or_none():
    html = markup.clean('<p class="notice">a</p><section class="footnotes comment">b</section>')
    assert html == "<p>a</p><section>b</section>"


@pytest.mark.parametrize(
    "attack",
    [
        "<svg><p><style><img src=x onerror=alert(1)>",
        "<math><mtext><table><mglyph><style><img src onerror=alert(1)>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
        "<a xlink:href='javascript:1' href='java\tscript:alert(1)'>x</a>",
        "<img srcset='https://example.org/x 1x' src=/a onload=alert(1)>",
        '```html\n</code></pre><script>alert(1)</script>\n```',
        '<pre><code class="language-python">"&lt;script&gt;1&lt;/script&gt;"</code></pre>',
        "[x](javascript:alert(1)) ![x](data:text/html,x)",
    ],
)  # fmt: skip
def test_nothing_that_acts_gets_through(attack):
    html = markup.render_markdown(attack)
    found = Elements()
    found.feed(html)
    assert {tag for tag, _ in found.elements} <= markup.TAGS
    for tag, attributes in found.elements:
        allowed = markup.ATTRIBUTES["*"] | markup.ATTRIBUTES.get(tag, frozenset()) | {"class"}
        assert attributes.keys() <= allowed
        for name in ("href", "src"):
            assert not re.match(r"\s*(javascript|data)", attributes.get(name) or "", re.IGNORECASE)
    attributes = {tag: set(markup.ATTRIBUTES.get(tag, ())) - {"rel"} for tag in markup.TAGS}
    again = nh3.clean(
        html,
        tags=set(markup.TAGS),
        attributes={**attributes, "*": {*markup.ATTRIBUTES["*"], "class"}},
        link_rel=None,
    )
    kept = Elements()
    kept.feed(again)
    assert [tag for tag, _ in kept.elements] == [tag for tag, _ in found.elements]


class Elements(HTMLParser):
    def __init__(self):
        super().__init__()
        self.elements = []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("<script>let a = '<p>';</script>after", "after"),
        ("<STYLE media=all>p { color: red }</STYLE >after", "after"),
        ("<script src=x></script><b>a</b><script>1</script>", "<b>a</b>"),
        ("a <script> without an end", "a  without an end"),
        ("<scr<script></script>ipt>alert(1)</script>", "alert(1)"),
        ("<H1 id=a>A</H1><h1>B</h1>", '<h2 id="a">A</h2><h2>B</h2>'),
        ('<a href="tel:+4930">call</a>', '<a href="tel:+4930">call</a>'),
    ],
)
def test_what_is_between_tags_for_machines_goes_with_them(source, html):
    assert markup.clean(source) == html


def test_a_script_that_is_shown_as_code_stays():
    html = markup.render_markdown("```html\n<script>1</script>\n```\n\n`<style>x</style>`")
    assert html.count("script") == 2
    assert "&lt;style&gt;x&lt;/style&gt;" in html


def test_thousands_of_scripts_take_no_minutes():
    assert markup.clean("<script>" * 50_000) == ""


def test_writers_are_told_what_is_left_out():
    text = "<iframe src=x></iframe> <center>a</center>\n\n`<video>`\n\n<script>1</script>"
    assert markup.left_out(text, is_markdown=True) == ["iframe", "script"]
    assert markup.left_out("<IFRAME></IFRAME><p>a", is_markdown=False) == ["iframe"]


def test_a_listing_of_a_thousand_lines_takes_no_minutes():
    source = "```python\n" + "def f(x, y): return x + y * 'abc'\n" * 1000 + "```"
    assert markup.render_markdown(source).count('<span class="hl-k">def</span>') == 1000
