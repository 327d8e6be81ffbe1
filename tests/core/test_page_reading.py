"""A stranger's page is read for its links in time that grows with its size, whatever is in it."""

import time

import pytest

from core.page_reading import linked_by_headers, read_page

URL = "https://else.example/dir/page"
TARGET = "https://here.example/posts/x/"


def links(html):
    return [(one.element, one.address) for one in read_page(html, URL).links]


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<a href=/x>", ["https://else.example/x"]),
        ("<A HREF='y z'>", ["https://else.example/dir/y z"]),
        ('<a title=">" href="?a=1&amp;b=2">', [f"{URL}?a=1&b=2"]),
        ("<a\n/href = x />", ["https://else.example/dir/x"]),
        ("<a href=1 href=2>", ["https://else.example/dir/1"]),
        ("<base href=//b.example/><a href=x>", ["https://b.example/x"]),
        ("<a name=x>", []),
        ("<a href='http://[x'>", []),
        ("<!-- <a href=x> -->", []),
        ("<!-- <a href=x>", []),
        ("<script>'<a href=x>'</script><a href=y>", ["https://else.example/dir/y"]),
        ("<STYLE><a href=x></Style><a href=y>", ["https://else.example/dir/y"]),
        ("<textarea><a href=x></textarea>", []),
        ("<template><a href=x></template><noscript><a href=y></noscript>", []),
        (
            "<template><template></template><a href=x></template><a href=y>",
            ["https://else.example/dir/y"],
        ),
        ("<title>İ<a href=x></title><a href=y>", ["https://else.example/dir/y"]),
        ("&lt;a href=x>", []),
        ("1 < 2 <a href=x>", ["https://else.example/dir/x"]),
        ("<a href='x", []),
        ("<!doctype html><?xml?><a href=x>", ["https://else.example/dir/x"]),
    ],
)
def test_links_are_those_that_a_reader_could_follow(html, found):
    assert [address for _, address in links(html)] == found


def test_what_is_said_of_a_link_is_the_line_that_it_stands_in():
    html = f"""<title> A &amp; B </title><meta name=Author content="Ada Lovelace">
        <p>Before.</p><div>I <b>quite</b> agree with <a href="{TARGET}#c-1">this
        &lt;post&gt;</a>.<br>Really.</div><p>After.</p>"""
    read = read_page(html, URL, looking_for=TARGET)
    assert (read.title, read.author) == ("A & B", "Ada Lovelace")
    assert read.passage == "I quite agree with this <post>.Really."


@pytest.mark.parametrize(
    ("html", "author"),
    [
        ('<a class="u-url p-author h-card" href=/><img><b>Ada</b> L.</a> said', "Ada L."),
        ("<p>Nobody", ""),
        ("<span class=p-author>", ""),
    ],
)
def test_the_author_may_be_marked_in_the_text(html, author):
    assert read_page(html, URL).author == author


def test_headers_say_links_too():
    headers = ['<a>; rel="x webmention", <b>; rel=next', "<http://[>; rel=y", "<c>;REL = Z", "<d>"]
    assert [(sorted(one.rel), one.address) for one in linked_by_headers(headers, URL)] == [
        (["webmention", "x"], "https://else.example/dir/a"),
        (["next"], "https://else.example/dir/b"),
        (["z"], "https://else.example/dir/c"),
        ([], "https://else.example/dir/d"),
    ]


@pytest.mark.parametrize(
    "piece",
    ["<!", "<![", "<a ", "<", "&", "<!--", "<a href='", "</", "<?", "<title>", "<a x=\"' ", "<p>",
     "<template>", "<b class=p-author>", "&#", "</script", "<base href=http://[>", "\0", "İ"],
)  # fmt: skip
def test_hostile_pages_take_no_longer_than_others(piece):
    began = time.process_time()
    read_page((piece * 500_000)[:500_000], URL, looking_for=TARGET)
    read_page("<a " + (piece * 300_000)[:300_000], URL, looking_for=TARGET)
    assert time.process_time() - began < 8
