"""Which addresses are linked, how much of a text they take, and when the real host must show."""

import re

import pytest

from comments.addresses import is_linked_whole, is_safe_address, readable, real_host, trim
from comments.markup import normalise, render
from tests.hostile import CORPORA

CYRILLIC_APPLE = "\u0430\u0440\u0440\u04cf\u0435.com"
MIXED_PAYPAL = "p\u0430ypal.com"


@pytest.mark.parametrize(
    "address",
    [
        "javascript:1",
        "//a.example",
        "/x",
        "http://u@a.example",
        "http://u:p@a.example",
        "http://",
        "http://a.example:99999/",
        "http://a.example\\@b.example/",
        "http://a.example/ x",
        "ht\ntp://a.example",
        "http://%65vil.example/",
        "http://a<b.example",
        "ftp://a.example",
        "mailto:",
        "http://[x",
    ],
)
def test_addresses_that_are_refused(address):
    assert not is_safe_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "http://a.example",
        "https://a.example:8443/x?y=@z#w",
        "http://[::1]/",
        "http://b\u00fccher.example/",
        "http://\u0917\u0942\u0917\u0932.\u092d\u093e\u0930\u0924/x",
        "mailto:a@b.example",
    ],
)
def test_addresses_that_are_taken(address):
    assert is_safe_address(address)


@pytest.mark.parametrize(
    ("address", "rest"),
    [
        ("https://en.wikipedia.org/wiki/Liberty_(Mill)", ""),
        ("https://en.wikipedia.org/wiki/Liberty_(Mill)", ")."),
        ("https://a.example/x", "),"),
        ("https://a.example/(a)(b", "..."),
        ("https://a.example/", "\u3002"),
        ("https://a.example/x;y", ";"),
    ],
)
def test_brackets_and_punctuation_around_an_address(address, rest):
    assert trim(address + rest) == (address, rest)
    assert f'href="{address}"' in render(f"see ({address}{rest} and")
    assert is_linked_whole(address)


@pytest.mark.parametrize(
    ("text", "address", "host"),
    [
        ("paypal.com", "https://evil.example/", "evil.example"),
        ("https://paypal.com/login", "https://evil.example/", "evil.example"),
        ("PayPal.com, of course", "https://evil.example/", "evil.example"),
        ("\uff50aypal\u3002com", "https://evil.example/", "evil.example"),
        ("me@paypal.com", "mailto:a@evil.example", "evil.example"),
        ("10.0.0.1", "http://10.0.0.2/", "10.0.0.2"),
        ("a.example", "https://b.a.example/", "b.a.example"),
        (CYRILLIC_APPLE, "https://xn--80ak6aa92e.com/", "xn--80ak6aa92e.com"),
        (f"http://{MIXED_PAYPAL}/", f"http://{MIXED_PAYPAL}/", "xn--pypal-4ve.com"),
        ("b\u00fccher.example", "https://evil.example/", "evil.example"),
        ("paypal.com", "http://b\u00fccher.example/", "b\u00fccher.example"),
        # No other host is named:
        ("here", "https://evil.example/", ""),
        ("e.g. version 2.5", "https://a.example/", ""),
        ("node.js", "https://nodejs.example/", ""),
        ("https://a.example/index.html", "https://www.a.example/other", ""),
        ("b\u00fccher.example", "https://xn--bcher-kva.example/", ""),
        ("www.a.example", "https://a.example/", ""),
    ],
)
def test_the_host_beside_a_link(text, address, host):
    assert real_host(text, address) == host


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("xn--bcher-kva.example", "b\u00fccher.example"),
        ("xn--e1afmkfd.example", "\u043f\u0440\u0438\u043c\u0435\u0440.example"),
        ("xn--80ak6aa92e.com", "xn--80ak6aa92e.com"),
        ("xn--pypal-4ve.com", "xn--pypal-4ve.com"),
        ("xn--.example", "xn--.example"),
        ("xn--\u00e9.example", "xn--\u00e9.example"),
    ],
)
def test_hosts_in_their_own_letters_unless_those_deceive(host, shown):
    assert readable(host) == shown


def test_the_real_host_shows_in_the_page():
    html = render("[**paypal**.com](https://evil.example/) and http://a.example/")
    assert '<strong>paypal</strong>.com [evil.example]</a> and <a href="http://a.example/"' in html


def test_an_autolink_corpus_gives_no_new_scheme_and_keeps_every_letter():
    path = CORPORA / "twitter-text-autolink.yml"
    if not path.exists():
        pytest.skip("the twitter-text corpus is not at hand")
    texts = re.findall(r'^ +text: "(.*)"$', path.read_text(), re.MULTILINE)
    assert len(texts) > 100
    for text in texts:
        html = render(normalise(text))
        assert re.findall(r'href="(?!https?://)', html) == []
        for address in re.findall(r'href="([^"]*)"', html):
            assert is_safe_address(address.replace("&amp;", "&"))
            assert address.replace("&amp;", "&") in text
