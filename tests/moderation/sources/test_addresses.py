"""One address for each source."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from moderation.sources import host_of, is_under, normalise, tidy

TIDY = {
    # scheme, host, port, slash, fragment
    "http://example.org": "https://example.org",
    "https://example.org/": "https://example.org",
    "HTTP://EXAMPLE.ORG/": "https://example.org",
    "http://www.example.org/a/": "https://example.org/a",
    "http://www.www.example.org/a//": "https://example.org/a",
    "http://www.org/a": "https://www.org/a",
    "http://www2.example.org/a": "https://www2.example.org/a",
    "http://example.org./a": "https://example.org/a",
    "http://example.org:80/a": "https://example.org/a",
    "https://example.org:443/a": "https://example.org/a",
    "http://example.org:8080/a": "https://example.org:8080/a",
    "https://example.org/a#section-2": "https://example.org/a",
    "https://example.org/a#:~:text=some%20words": "https://example.org/a",
    "https://example.org/A": "https://example.org/A",
    "https://[2001:db8::1]:443/a": "https://[2001:db8::1]/a",
    "http://127.0.0.1/a": "https://127.0.0.1/a",
    # escapes and dots
    "https://example.org/%7euser/%e4%b8%ad": "https://example.org/~user/%E4%B8%AD",
    "https://example.org/\u4e2d": "https://example.org/%E4%B8%AD",
    "https://example.org/a%2fb": "https://example.org/a%2Fb",
    "https://example.org/100%": "https://example.org/100%25",
    "https://example.org/a/./b/../c": "https://example.org/a/c",
    "https://example.org/../../c": "https://example.org/c",
    "https://example.org/%2e%2e/c": "https://example.org/c",
    # names in other letters
    "http://b\u00fccher.example/": "https://xn--bcher-kva.example",
    "http://B\u00dcCHER.example/": "https://xn--bcher-kva.example",
    "http://xn--bcher-kva.example/": "https://xn--bcher-kva.example",
    "http://example\u3002org/": "https://example.org",
    # parameters
    "https://example.org/?": "https://example.org",
    "https://example.org/?id=1": "https://example.org?id=1",
    "https://example.org/a?b=1&a=2": "https://example.org/a?a=2&b=1",
    "https://example.org/a?x=2&x=1": "https://example.org/a?x=2&x=1",
    "https://example.org/a?utm_source=x&utm_medium=y&id=1": "https://example.org/a?id=1",
    "https://example.org/a?UTM_Source=x": "https://example.org/a",
    "https://example.org/a?fbclid=x&gclid=y&mc_eid=z&igshid=1": "https://example.org/a",
    "https://example.org/a?&&id=1&": "https://example.org/a?id=1",
    "https://example.org/a?t=90": "https://example.org/a?t=90",
    "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=90s&si=abc": (
        "https://youtube.com/watch?v=dQw4w9WgXcQ"
    ),
    # AMP and mobile
    "https://amp.example.org/a": "https://example.org/a",
    "https://www.amp.example.org/a": "https://example.org/a",
    "https://example.org/a/amp/": "https://example.org/a",
    "https://example.org/a/amp": "https://example.org/a",
    "https://example.org/a.amp": "https://example.org/a",
    "https://example.org/a.amp.html": "https://example.org/a.html",
    "https://example.org/a?amp": "https://example.org/a",
    "https://example.org/a?amp=1&id=2": "https://example.org/a?id=2",
    "https://example.org/a?outputType=amp": "https://example.org/a",
    "https://example.org/camp": "https://example.org/camp",
    "https://example.org/amp/a": "https://example.org/amp/a",
    "https://en.m.wikipedia.org/wiki/Freedom": "https://en.wikipedia.org/wiki/Freedom",
    # no source
    "": "",
    "mailto:a@example.org": "",
    "ftp://example.org/": "",
    "javascript:alert(1)": "",
    "/posts/a/": "",
    "https://": "",
    "https:///a": "",
    "https://user@example.org/": "",
    "https://example.org:99999/": "",
    "https://[::1/": "",
    "https://example.org/a b": "",
    "https://example.org\\a": "",
    "https://\u2100.example/": "",
    "no address": "",
}
DOI = "https://doi.org/10.1007/s11098-020-01523-1"
SICI = (
    "https://doi.org/10.1002/(sici)1097-0258(19980815/30)17:15/16%3C1661::aid-sim968%3E3.0.co;2-2"
)
SAME = {
    DOI: [
        "http://dx.doi.org/10.1007/s11098-020-01523-1",
        "https://www.doi.org/10.1007/S11098-020-01523-1",
        "https://doi.org/10.1007%2Fs11098-020-01523-1?nosfx=y",
        "https://link.springer.com/article/10.1007/s11098-020-01523-1",
        "https://link.springer.com/article/10.1007/s11098-020-01523-1#Sec2",
        "https://link.springer.com/content/pdf/10.1007/s11098-020-01523-1.pdf",
    ],
    "https://doi.org/10.1111/papa.12123": [
        "https://onlinelibrary.wiley.com/doi/10.1111/papa.12123",
        "https://onlinelibrary.wiley.com/doi/abs/10.1111/papa.12123",
        "https://onlinelibrary.wiley.com/doi/epdf/10.1111/papa.12123?casa_token=x:y",
        "https://asistdl.onlinelibrary.wiley.com/doi/full/10.1111/papa.12123",
    ],
    "https://doi.org/10.1080/00455091.2019.1": [
        "https://www.tandfonline.com/doi/full/10.1080/00455091.2019.1",
        "https://www.tandfonline.com/doi/pdf/10.1080/00455091.2019.1?needAccess=true",
    ],
    "https://doi.org/10.1371/journal.pone.0012345": [
        "https://journals.plos.org/plosone/article?id=10.1371/journal.pone.0012345",
        "https://journals.plos.org/plosone/article/file?id=10.1371/journal.pone.0012345&type=pdf",
    ],
    "https://doi.org/10.1038/s41586-020-2649-2": [
        "https://www.nature.com/articles/s41586-020-2649-2",
        "https://www.nature.com/articles/s41586-020-2649-2.pdf",
    ],
    "https://doi.org/10.1101/2020.03.22.002386": [
        "https://www.biorxiv.org/content/10.1101/2020.03.22.002386v3.full",
        "https://www.biorxiv.org/content/10.1101/2020.03.22.002386v1",
    ],
    "https://doi.org/10.3389/fpsyg.2020.00001": [
        "https://www.frontiersin.org/articles/10.3389/fpsyg.2020.00001/full",
    ],
    SICI: [
        "https://doi.org/10.1002/(SICI)1097-0258(19980815/30)17:15/16%3C1661::AID-SIM968%3E3.0.CO;2-2",
        "https://onlinelibrary.wiley.com/doi/10.1002/"
        "(SICI)1097-0258(19980815/30)17:15/16%3C1661::AID-SIM968%3E3.0.CO;2-2",
    ],
    "https://arxiv.org/abs/2303.08774": [
        "http://arxiv.org/abs/2303.08774v4",
        "https://arxiv.org/pdf/2303.08774",
        "https://arxiv.org/pdf/2303.08774v4.pdf",
        "https://export.arxiv.org/abs/2303.08774",
        "https://ar5iv.labs.arxiv.org/html/2303.08774",
        "https://doi.org/10.48550/arXiv.2303.08774",
    ],
    "https://arxiv.org/abs/math/0309136": [
        "https://arxiv.org/abs/math.GT/0309136",
        "https://arxiv.org/pdf/math/0309136v1.pdf",
    ],
    "https://youtube.com/watch?v=dQw4w9WgXcQ": [
        "https://youtu.be/dQw4w9WgXcQ?si=abc",
        "https://m.youtube.com/watch?v=dQw4w9WgXcQ&feature=share",
        "https://www.youtube.com/embed/dQw4w9WgXcQ",
    ],
    "https://example.org/a?id=1": [
        "https://web.archive.org/web/20200101000000/http://www.example.org/a?id=1",
        "https://web.archive.org/web/2020id_/https://example.org/a/?id=1",
        "https://www.google.com/url?q=https%3A%2F%2Fexample.org%2Fa%3Fid%3D1%26utm_source%3Dx&sa=D",
        "https://www.google.co.uk/url?sa=t&url=https%3A%2F%2Fexample.org%2Fa%3Fid%3D1",
        "https://www.google.com/amp/s/example.org/a/amp?id=1",
        "https://example-org.cdn.ampproject.org/c/s/example.org/a/amp?id=1",
        "https://l.facebook.com/l.php?u=http%3A%2F%2Fexample.org%2Fa%3Fid%3D1&h=x",
    ],
}
NOT_FURTHER = [
    "https://evil.example/doi/10.1007/s11098-020-01523-1",
    "https://doi.org/about",
    "https://arxiv.org/list/math.GT/recent",
    "https://arxiv.org/abs/23.1",
    "https://nature.com/articles/d41586-020-00001-1x",
    "https://youtu.be/short",
    "https://web.archive.org/web/2020",
    "https://google.com/url?q=nothing",
    "https://link.springer.com/journal/11098",
]


@pytest.mark.parametrize(("address", "tidied"), TIDY.items())
def test_the_same_place_is_written_in_one_way(address, tidied):
    assert tidy(address) == tidied


@pytest.mark.parametrize(
    ("source", "address"), [(source, a) for source, some in SAME.items() for a in (source, *some)]
)
def test_what_leads_to_the_same_work_is_the_same_source(source, address):
    assert normalise(address) == source


@pytest.mark.parametrize("address", NOT_FURTHER)
def test_what_is_not_certain_stays_what_it_is(address):
    assert normalise(address) == address


SOME = (
    "https:// http:// www. amp. m. example.org doi.org/10.1000/ arxiv.org/abs/ 2303.08774 v2 / //"
    " ../ /amp .amp .html .pdf ? & = # % %2f %2561 %FF %C3 : :80 [::1] utm_source= id= ; ( ) ~"
    " \u00fc \u0130 \u3002 \u00a8 \u2100 xn-- @ \\ web.archive.org/web/2020/ google.com/url?q="
    " /doi/full/ link.springer.com/article/10.1007/ youtu.be/ en.m.wikipedia.org/ . .. - _ A a 1"
)
PIECES = st.sampled_from(SOME.split(" "))
ADDRESSES = st.one_of(
    st.text(),
    st.lists(PIECES, max_size=12).map("".join),
    st.lists(PIECES, max_size=12).map(lambda some: "https://" + "".join(some)),
    st.text().map(lambda text: f"https://example.org/{text}"),
    st.text().map(lambda text: f"https://{text}/"),
)


@given(ADDRESSES)
@example("https://web.archive.org/web/1/" * 400)
@example("https://google.com/url?q=https%3A//google.com/url%3Fq=https%253A//example.org/%25FF")
@example("https://example.org/\ud800")
@example("https://\ud800.example/")
def test_nothing_raises_and_what_was_made_stays(address):
    for function in (tidy, normalise):
        once = function(address)
        assert function(once) == once
        assert not once or once.startswith("https://")
        assert once.isascii()
        assert bool(once) == bool(host_of(once))


def test_the_longest_address_is_quick():
    began = time.thread_time()
    for piece in ("https://web.archive.org/web/1/", "/amp", "../a/", "%41", "&utm_a=1", "www."):
        normalise("https://www.example.org/" + piece * (20_000 // len(piece)))
        normalise((piece * 2000)[:2000])
    assert time.thread_time() - began < 1


@pytest.mark.parametrize(
    ("address", "place", "is_there"),
    [
        ("https://example.org/a/b", "example.org", True),
        ("https://sub.example.org/a", "example.org", True),
        ("https://notexample.org/a", "example.org", False),
        ("https://example.org.evil.example/a", "example.org", False),
        ("https://example.org/a/b", "example.org/a", True),
        ("https://example.org/a", "example.org/a", True),
        ("https://example.org/a?b=1", "example.org/a", True),
        ("https://example.org/ab", "example.org/a", False),
        ("https://example.org", "example.org/a", False),
        ("https://example.org?a=1", "example.org", True),
        ("https://example.org:8080/a", "example.org", False),
    ],
)
def test_a_place_holds_what_is_on_its_host_and_below_its_path(address, place, is_there):
    assert is_under(address, place) == is_there
