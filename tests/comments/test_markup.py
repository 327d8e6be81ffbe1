"""Strangers' text becomes safe HTML with few tags, and keeps every word."""

import re
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser

import nh3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comments import markup
from tests.hostile import CORPORA, everything, examples_of_commonmark


class Inspector(HTMLParser):
    """What a parser that is not bleach's finds in the output."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.faults = []
        self.words = []

    def handle_starttag(self, tag, attrs):
        allowed = {"a": {"href", "rel"}, "ol": {"start"}}.get(tag, set())
        if tag not in markup.TAGS or not set(dict(attrs)) <= allowed:
            self.faults.append((tag, attrs))
        if tag == "a" and not markup.is_safe_address(dict(attrs).get("href") or ""):
            self.faults.append((tag, attrs))

    def handle_data(self, data):
        self.words.append(data)

    def handle_comment(self, data):
        self.faults.append(("comment", data))


def inspect(html):
    inspector = Inspector()
    inspector.feed(html)
    inspector.close()
    return inspector


def render(text):
    return markup.render(markup.normalise(text))


def test_no_hostile_text_leaves_more_than_the_list_of_tags():
    faults = [(text, found) for text in everything() if (found := inspect(render(text)).faults)]
    assert faults == []


def test_another_cleaner_with_the_same_list_finds_nothing_to_remove():
    def words(html):
        return re.sub(r"\s+", " ", "".join(inspect(html).words))

    for text in everything():
        html = render(text)
        again = nh3.clean(
            html,
            tags=set(markup.TAGS),
            attributes={"a": {"href"}, "ol": {"start"}},
            link_rel=markup.REL,
            url_schemes=set(markup.PROTOCOLS),
        )
        assert words(again) == words(html), text
        assert again.count("<") == html.count("<"), text


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_text_is_safe_and_stays_the_same_when_cleaned_again(text):
    html = render(text)
    assert inspect(html).faults == []
    assert markup.clean(html) == html


@given(
    st.lists(
        st.sampled_from(
            ["*", "_", "`", "[", "](", ")", "<", ">", "\n", "a", "http://a.b/", "&", "  "]
        )
    )
)
@settings(max_examples=200, deadline=None)
def test_any_mixture_of_markup_is_safe(parts):
    assert inspect(render("".join(parts))).faults == []


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("one\n\ntwo", "<p>one</p>\n<p>two</p>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("*a* **b** `c`", "<p><em>a</em> <strong>b</strong> <code>c</code></p>"),
        ("> said", "<blockquote>\n<p>said</p>\n</blockquote>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. a", '<ol start="3">\n<li>a</li>\n</ol>'),
        ("# no heading", "<p># no heading</p>"),
        ("a < b & c", "<p>a &lt; b &amp; c</p>"),
        (r"\&lt; is <", "<p>&amp;lt; is &lt;</p>"),
        ("`&lt;` &amp;#8238;", "<p><code>&amp;lt;</code> &amp;#8238;</p>"),
        ("a&#8238;b", "<p>a\u27e8U+202E\u27e9b</p>"),
        ("<b>raw</b>", "<p>&lt;b&gt;raw&lt;/b&gt;</p>"),
        ("foo.py and www.a.example", "<p>foo.py and www.a.example</p>"),
    ],
)
def test_the_subset_of_markdown(text, html):
    assert render(text) == html


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("see https://a.example/x, and", "https://a.example/x"),
        ("(https://a.example/x)", "https://a.example/x"),
        ("[w](https://a.example/a_(b))", "https://a.example/a_(b)"),
        ("https://a.example/?q=1&r=2", "https://a.example/?q=1&amp;r=2"),
        ("<https://a.example/>", "https://a.example/"),
    ],
)
def test_addresses_become_links_that_vouch_for_nothing(text, address):
    assert f'<a href="{address}" rel="nofollow ugc noopener">' in render(text)


def test_addresses_in_code_stay_text():
    assert "<a" not in render("`http://a.example`")


def test_threads_do_not_mix_their_texts_up():
    texts = [f"[{n}](http://a.example/{n}) " * 20 for n in range(60)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(render, texts)) == [render(text) for text in texts]


def test_the_examples_of_commonmark_leave_no_fault():
    if not CORPORA.exists():
        pytest.skip("the CommonMark specification is not at hand")
    texts = examples_of_commonmark()
    assert len(texts) > 600
    assert [text for text in texts if inspect(render(text)).faults] == []


plain_words = st.lists(st.from_regex(r"[a-zé]{1,12}[,.;:!?]?", fullmatch=True), min_size=1)


@given(st.lists(plain_words, min_size=1, max_size=8))
@settings(max_examples=100, deadline=None)
def test_every_word_of_prose_stays_in_its_place(paragraphs):
    text = "\n\n".join(" ".join(words) for words in paragraphs)
    assert " ".join(inspect(render(text)).words).split() == text.split()


@pytest.mark.parametrize("piece", ["*a* ", "- a\n", "a\n\n", "> a\n\n", "[a](http://b.cc) ", "a\n"])
def test_past_the_bound_every_word_stays_as_plain_text(piece):
    text = piece * 6000
    found = inspect(render(text))
    assert found.faults == []
    assert re.sub("[^a]", "", "".join(found.words)) == "a" * 6000
