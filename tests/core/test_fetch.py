"""Pages that are fetched at a stranger's wish: never from this network, never without an end."""

import time

import pytest

from core import outbound
from core.outbound import NotAllowedAddress, NotReachable, Typed, fetch, post
from tests.core.test_outbound import PRIVATE_URLS, names, receiving
from tests.other_sites import elsewhere, moved, serving

__all__ = ["elsewhere", "names"]


def test_a_page_comes_with_its_last_address_and_its_links(elsewhere):
    elsewhere.pages = {"/a": moved("/b?x=1"), "/b": "<p>Grüße"}
    elsewhere.headers = {"/b?x=1": {"Link": '<http://x.example/>; rel="y"'}}
    page = fetch(elsewhere.url("/a#part"))
    assert (page.url, page.status, page.text) == (elsewhere.url("/b?x=1"), 200, "<p>Grüße")
    assert page.links == ('<http://x.example/>; rel="y"',)
    assert elsewhere.asked == ["/a", "/b?x=1"]


@pytest.mark.parametrize("url", PRIVATE_URLS)
def test_nothing_is_fetched_from_a_private_network(names, settings, url):
    settings.WEBHOOK_PRIVATE_HOSTS = ["127.0.0.1", "localhost", "named.example"]
    with serving() as site, pytest.raises(NotReachable):
        fetch(url.format(port=site.url().rpartition(":")[2].strip("/")))
    assert site.asked == []


def test_the_exception_for_webhooks_is_none_for_strangers(settings):
    settings.WEBHOOK_PRIVATE_HOSTS = ["127.0.0.1"]
    with serving() as site:
        assert post(site.url(), b"", {}).status == 202
        with pytest.raises(NotAllowedAddress):
            post(site.url(), b"", {}, typed=Typed.BY_STRANGER)
    assert len(site.told) == 1


@pytest.mark.parametrize(
    "to", ["http://localhost:{}/inner", "http://[::1]:{}/", "http://10.0.0.1/"]
)
def test_a_redirect_into_a_private_network_is_not_followed(elsewhere, monkeypatch, to):
    with serving() as inner:
        port = inner.url().rpartition(":")[2].strip("/")
        real = outbound._look_up

        def look_up(host, port, exempt):
            if host == "localhost":
                raise NotAllowedAddress("as it would be outside of this test")
            return real(host, port, exempt)

        monkeypatch.setattr(outbound, "_look_up", look_up)
        elsewhere.pages = {"/": moved(to.format(port))}
        with pytest.raises(NotReachable):
            fetch(elsewhere.url())
        assert inner.asked == []


@pytest.mark.parametrize(
    "to", ["ftp://x.example/", "file:///etc/passwd", "http://[", "//u@x.example/"]
)
def test_a_redirect_to_what_is_no_page_is_not_followed(elsewhere, to):
    elsewhere.pages = {"/": moved(to)}
    with pytest.raises(NotAllowedAddress):
        fetch(elsewhere.url())


def test_redirects_have_an_end(elsewhere):
    elsewhere.pages = {
        "/": moved("/"),
        **{f"/{n}": moved(f"/{n - 1}") for n in (1, 2, 3)},
        "/0": "x",
    }
    assert fetch(elsewhere.url("/3")).text == "x"
    elsewhere.asked.clear()
    with pytest.raises(NotReachable, match="more than 3"):
        fetch(elsewhere.url("/"))
    assert len(elsewhere.asked) == 4


def test_of_a_large_page_the_beginning_is_read(elsewhere, monkeypatch):
    monkeypatch.setattr(outbound, "PAGE_AT_MOST", 1_000)
    elsewhere.pages = {"/": "x" * 1_000_000}
    assert fetch(elsewhere.url()).text == "x" * 1_000


def test_all_hops_together_have_one_time(elsewhere, monkeypatch):
    monkeypatch.setattr(outbound, "TIMEOUT", 0.8)

    def slow(handler):
        time.sleep(0.5)
        moved("/")(handler)

    elsewhere.pages = {"/": slow}
    began = time.monotonic()
    with pytest.raises(NotReachable, match="in time"):
        fetch(elsewhere.url())
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    "kind", ["image/png", "application/octet-stream", "application/zip", "text/plain", "text/css"]
)
def test_what_is_no_page_has_no_text(elsewhere, kind):
    elsewhere.pages, elsewhere.headers = {"/": "<a href=x>"}, {"/": {"Content-Type": kind}}
    assert fetch(elsewhere.url()).text == ""


@pytest.mark.parametrize("kind", ["", "text/html", "application/xhtml+xml", "TEXT/HTML;x"])
def test_a_page_is_one_also_where_nobody_says_so(elsewhere, kind):
    elsewhere.pages, elsewhere.headers = {"/": "<a href=x>"}, {"/": {"Content-Type": kind}}
    assert fetch(elsewhere.url()).text == "<a href=x>"


@pytest.mark.parametrize(
    "framing", ["Content-Length: 1000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n3e8\r\n"]
)
def test_a_page_that_breaks_off_is_none(elsewhere, framing):
    """What is missing may be what was looked for: it is asked for again."""

    def broken(handler):
        handler.wfile.write(f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{framing}<p>".encode())

    elsewhere.pages = {"/": broken}
    with pytest.raises(NotReachable, match="IncompleteRead"):
        fetch(elsewhere.url())


@pytest.mark.parametrize("charset", ["punycode", "idna", "base64", "nonsense", "utf-7", "é"])
def test_a_strange_charset_is_taken_for_the_usual_one(charset):
    def answer(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=")
        handler.wfile.write(charset.encode() + b"\r\n\r\n<p>\xff\xfe")

    patch = pytest.MonkeyPatch()
    patch.setattr(outbound, "is_public", lambda one: True)
    with patch.context(), receiving(None) as server:
        server.RequestHandlerClass.do_GET = answer
        assert fetch(f"http://127.0.0.1:{server.port}/").text == "<p>��"
    patch.undo()
