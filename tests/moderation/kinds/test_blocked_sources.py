"""Blocked and listed sources."""

import time

import pytest

from moderation.screening.kinds.blocked_sources import (
    Allowed,
    Blocked,
    BlockedSource,
    UnlistedSource,
)
from moderation.screening.parameters import UnreadableParameters, read
from tests.factories import make_facts

NOTE = "dealt with at /posts/rights/c/1.8/"
PLACES = Blocked(
    sources=("bad.example", f"mixed.example/blog {NOTE}", "doi.org/10.1000/bad"),
    allowed=("good.bad.example", "mixed.example/blog/fine"),
)


@pytest.mark.parametrize(
    ("link", "source"),
    [
        ("https://bad.example/", "bad.example"),
        ("http://WWW.bad.example:80/x?utm_source=y#z", "bad.example"),
        ("https://sub.bad.example/x", "bad.example"),
        ("https://mixed.example/blog/1", "mixed.example/blog"),
        ("https://web.archive.org/web/2020/http://bad.example/x", "bad.example"),
        ("https://www.google.com/url?q=https%3A%2F%2Fbad.example%2F", "bad.example"),
        ("https://dx.doi.org/10.1000/BAD", "doi.org/10.1000/bad"),
        ("https://notbad.example/", None),
        ("https://bad.example.org/", None),
        ("https://good.bad.example/", None),
        ("https://mixed.example/", None),
        ("https://mixed.example/blogs", None),
        ("https://mixed.example/blog/fine/1", None),
    ],
)
def test_a_link_to_a_blocked_place_is_found_however_it_is_written(link, source):
    found = BlockedSource().judge(make_facts(text=f"See {link} there."), PLACES)
    assert (found and [one["source"] for one in found.evidence["sources"]]) == (source and [source])


def test_a_note_is_said_to_the_writer_and_a_place_without_one_is_not_named():
    text = "> https://bad.example/1\n\nhttps://mixed.example/blog/2"
    found = BlockedSource().judge(make_facts(text=text), PLACES)
    assert found.sentence == (
        f"It links to what is blocked: bad.example and mixed.example/blog ({NOTE})."
    )
    assert found.evidence["sources"] == [
        {"link": "https://bad.example/1", "source": "bad.example", "note": ""},
        {"link": "https://mixed.example/blog/2", "source": "mixed.example/blog", "note": NOTE},
    ]
    assert found.advice == f"It links to mixed.example/blog ({NOTE})."
    only = BlockedSource().judge(make_facts(text="https://bad.example/1"), PLACES)
    assert only.advice == ""


def test_hundreds_of_places_and_links_take_no_time():
    places = tuple(f"host{n}.example/x a note" for n in range(1000))
    text = " ".join(f"http://h{n}.example/p?utm_source={n}" for n in range(500))
    facts = make_facts(text=f"{text} https://a.host9.example/x/y")
    began = time.thread_time()
    found = BlockedSource().judge(facts, Blocked(sources=places))
    assert [one["source"] for one in found.evidence["sources"]] == ["host9.example/x"]
    found = UnlistedSource().judge(facts, Allowed(sources=places))
    assert len(found.evidence["links"]) == 500
    assert found.sentence.endswith(" and 490 more.")
    assert time.thread_time() - began < 1


def test_a_narrower_host_goes_before_a_wider_one():
    places = Blocked(sources=("bad.example wide", "blog.bad.example narrow"))
    found = BlockedSource().judge(make_facts(text="https://blog.bad.example/1"), places)
    assert found.evidence["sources"][0]["note"] == "narrow"


@pytest.mark.parametrize("line", ["example.org/a b", "https://www.example.org", "*.example.org x"])
def test_a_line_is_a_host_perhaps_a_path_and_a_note(line):
    assert read(Blocked, {"sources": [line]}).sources == (line,)


@pytest.mark.parametrize(
    "line", ["/path", "user@example.org", "exa[mple", "https://", "-", "not a host", "word/path"]
)
def test_a_line_without_a_host_is_refused_with_a_sentence(line):
    with pytest.raises(UnreadableParameters, match="does not begin with a host"):
        read(Blocked, {"sources": ["fine.example", line]})


@pytest.mark.parametrize(
    ("text", "fires"),
    [
        ("No link.", False),
        ("https://known.example/a", False),
        ("http://127.0.0.1:8000/posts/a/", False),  # this site
        ("https://known.example/a and https://other.example/", True),
        ("[mail](mailto:a@other.example)", False),
    ],
)
def test_what_is_not_listed_is_found(text, fires):
    parameters = Allowed(sources=("known.example",))
    found = UnlistedSource().judge(make_facts(text=text), parameters)
    assert (found and found.evidence) == ({"links": ["https://other.example/"]} if fires else None)
    assert UnlistedSource().judge(make_facts(text=text), Allowed()) is None
