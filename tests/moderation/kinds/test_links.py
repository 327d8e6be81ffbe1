"""Many links."""

import pytest

from moderation.screening.kinds.links import Links, Parameters
from moderation.screening.parameters import UnreadableParameters, read
from tests.factories import make_facts


@pytest.mark.parametrize(("links", "fires"), [(0, False), (1, False), (2, True), (9, True)])
def test_from_the_limit_on_it_fires(links, fires):
    addresses = [f"http://{n}.example/" for n in range(links)]
    found = Links().judge(make_facts(text=" ".join(addresses)), Parameters())
    assert bool(found) == fires
    if found:
        assert found.evidence == {"links": addresses, "limit": 2}
        assert f"{links} links" in found.sentence
        assert f"{links}" in found.advice


@pytest.mark.parametrize(
    ("link", "counts"),
    [
        ("http://testserver.example/posts/a/", False),
        ("https://TestServer.example:8443/c/1/", False),
        ("http://free.example/", False),
        ("http://www.free.example/a", False),
        ("http://b\N{LATIN SMALL LETTER U WITH DIAERESIS}cher.example/", False),
        ("http://notfree.example/", True),
        ("http://free.example.evil.example/", True),
        ("http://free.example@evil.example/", True),
        ("mailto:somebody@free.example", True),
    ],
)
def test_the_site_itself_and_listed_hosts_are_free(settings, link, counts):
    settings.SITE_URL = "https://testserver.example"
    free = "https://free.example/path\nB\N{LATIN CAPITAL LETTER U WITH DIAERESIS}cher.example\n"
    parameters = read(Parameters, {"links": 1, "free": free})
    found = Links().judge(make_facts(html=f'<a href="{link}">x</a>'), parameters)
    assert bool(found) == counts


def test_a_link_within_the_page_is_free():
    facts = make_facts(html='<a href="#c-1">1</a> <a href="/about/">2</a>')
    assert Links().judge(facts, Parameters(links=1)) is None


def test_what_is_no_host_is_refused():
    with pytest.raises(UnreadableParameters, match="“somewhere” is not the name of a host"):
        read(Parameters, {"free": "example.org\nsomewhere"})
