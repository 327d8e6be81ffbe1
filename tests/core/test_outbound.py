"""What this server sends to an address that somebody typed: never into its own network."""

import http.server
import socket
import threading
import time
from contextlib import contextmanager, suppress

import pytest

from core import outbound
from core.outbound import NotAllowedAddress, NotReachable, check_url, is_public, post
from core.signatures import is_signed, sign

PRIVATE_URLS = [
    "http://127.0.0.1:{port}/",
    "http://127.1:{port}/",
    "http://2130706433:{port}/",
    "http://0x7f000001:{port}/",
    "http://0177.0.0.1:{port}/",
    "http://0:{port}/",
    "http://0.0.0.0:{port}/",
    "http://localhost:{port}/",
    "http://LOCALHOST:{port}/",
    "http://localhost.:{port}/",
    "http://[::1]:{port}/",
    "http://[::]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://[::ffff:7f00:1]:{port}/",
    "http://[::127.0.0.1]:{port}/",
    "http://192.0.0.8/",
    "http://168.63.129.16/",
    "http://[3fff::1]/",
    "http://[64:ff9b::7f00:1]:{port}/",
    "http://[2002:7f00:1::]:{port}/",
    "http://[fe80::1]:{port}/",
    "http://[fd00::1]:{port}/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://[ff02::1]/",
    "http://named.example:{port}/",
]
NO_WEB_ADDRESSES = [
    "",
    "example.org",
    "//example.org/",
    "ftp://example.org/",
    "file:///etc/passwd",
    "gopher://127.0.0.1/",
    "javascript:alert(1)",
    "http:///path",
    "http://user@example.org/",
    "http://user:word@example.org/",
    "http://example.org:99999/",
    "http://example.org:0/",
    "http://example.org/a b",
    "http://example.org/\r\nHost: x",
    "http://example.org\\@127.0.0.1/",
    "http://[::1/",
    "http://exämple.org/",
]


class Receiver(http.server.BaseHTTPRequestHandler):
    """Answers as it is told, and keeps what came."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append((self.path, dict(self.headers), body))
        self.server.answer(self)

    def log_message(self, *args):
        pass


def answering(status, text=b"ok", **headers):
    def answer(handler):
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(text)

    return answer


@contextmanager
def receiving(answer):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        server.daemon_threads, server.block_on_close = True, False
        server.requests, server.answer, server.port = [], answer, server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def names(monkeypatch):
    """Host names with addresses, as a name server of a stranger would give them."""
    known, asked, real = {"named.example": ["127.0.0.1"]}, [], socket.getaddrinfo

    def look_up(host, port, *args, **kwargs):
        if host not in known:
            return real(host, port, *args, **kwargs)
        asked.append(host)
        found = known[host]
        if callable(found):
            found = found()
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    known["asked"] = asked
    return known


@pytest.mark.parametrize("url", PRIVATE_URLS)
def test_nothing_is_sent_into_a_private_network(names, url):
    with receiving(answering(200)) as server:
        with pytest.raises(NotReachable):
            post(url.format(port=server.port), b"{}", {})
        assert server.requests == []


@pytest.mark.parametrize("url", PRIVATE_URLS[:3] + PRIVATE_URLS[7:9] + PRIVATE_URLS[-1:])
def test_the_refusal_is_for_where_it_leads(names, url):
    with pytest.raises(NotAllowedAddress, match="private network"):
        post(url.format(port=9), b"{}", {})


def test_one_private_address_among_public_ones_is_enough(names):
    names["both.example"] = ["93.184.215.14", "127.0.0.1"]
    with pytest.raises(NotAllowedAddress):
        post("http://both.example/", b"{}", {})


def test_a_name_that_changes_its_mind_is_asked_once(names, settings):
    answers = iter([["127.0.0.1"], ["127.0.0.2"]])
    names["rebinding.example"] = lambda: next(answers)
    settings.WEBHOOK_PRIVATE_HOSTS = ["rebinding.example"]
    with receiving(answering(200)) as server:
        assert post(f"http://rebinding.example:{server.port}/x?y=1", b"{}", {}).status == 200
        [(path, headers, _)] = server.requests
    assert names["asked"] == ["rebinding.example"]
    assert (path, headers["Host"]) == ("/x?y=1", f"rebinding.example:{server.port}")


def test_what_was_judged_is_where_it_goes(names, monkeypatch):
    """The public address that was judged is dialled, not the name once more."""
    dialled = []
    names["public.example"] = ["93.184.215.14"]

    def dial(address, *args):
        dialled.append(address)
        raise OSError(101, "no way there")

    monkeypatch.setattr(socket, "create_connection", dial)
    with pytest.raises(NotReachable, match="no way there"):
        post("https://public.example/", b"{}", {})
    assert dialled == [("93.184.215.14", 443)]


@pytest.mark.parametrize("url", NO_WEB_ADDRESSES)
def test_what_is_no_web_address_is_refused_by_its_look(url):
    with pytest.raises(NotAllowedAddress):
        check_url(url)


@pytest.mark.parametrize(
    "url", ["https://example.org", "http://example.org:8080/a?b=c", "https://[2606:2800::1]/"]
)
def test_a_web_address_passes(url):
    assert check_url(url).hostname


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_the_internet_is_public(address):
    assert is_public(address)


@pytest.fixture
def here(settings):
    settings.WEBHOOK_PRIVATE_HOSTS = ["127.0.0.1"]


def test_a_redirect_is_not_followed(here):
    with receiving(answering(200)) as inner:
        there = f"http://127.0.0.1:{inner.port}/inner"
        with receiving(answering(302, Location=there)) as server:
            answer = post(f"http://127.0.0.1:{server.port}/", b"{}", {})
        assert answer.status == 302
        assert inner.requests == []


def test_of_an_endless_answer_the_beginning_is_read(here):
    def endless(handler):
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b"x" * 10_000)
        except OSError:
            pass

    with receiving(endless) as server:
        assert post(f"http://127.0.0.1:{server.port}/", b"{}", {}).text == "x" * 2_000


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("begin", "then"),
    [
        (CHUNKED + b"-1\r\n", b"x" * 10_000),  # "all there is", as Python reads it
        (CHUNKED + b"-5\r\n", b"x" * 10_000),
        (CHUNKED, b"1;" + b"x" * 10_000 + b"\r\ny\r\n"),
        (CHUNKED + b"1\r\ny\r\n0\r\n", b"X-Trailer: x\r\n" * 1_000),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 400),
        (b"", b"HTTP/1.1 100 Continue\r\n" + b"X: y\r\n" * 90 + b"\r\n"),
    ],
)
def test_whatever_an_answer_is_framed_by_little_of_it_is_taken(here, begin, then):
    sent = []

    def endless(handler):
        try:
            handler.wfile.write(begin)
            while sum(sent) < 200_000_000:
                handler.wfile.write(then)
                sent.append(len(then))
        except OSError:
            pass

    with receiving(endless) as server, suppress(NotReachable):
        post(f"http://127.0.0.1:{server.port}/", b"{}", {})
    assert sum(sent) < 10_000_000  # with what the two systems hold in between


def test_endless_headers_end_it(here):
    def endless(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        try:
            for number in range(1_000):
                handler.wfile.write(b"X-%d: x\r\n" % number)
        except OSError:
            pass

    with receiving(endless) as server, pytest.raises(NotReachable):
        post(f"http://127.0.0.1:{server.port}/", b"{}", {})


@pytest.mark.parametrize("begin", [b"", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_an_answer_that_drips_is_cut_off(here, monkeypatch, begin):
    monkeypatch.setattr(outbound, "TIMEOUT", 1)

    def drip(handler):
        try:
            handler.wfile.write(begin)
            for _ in range(100):
                handler.wfile.write(b"x")
                time.sleep(0.1)
        except OSError:
            pass

    began = time.monotonic()
    with receiving(drip) as server, pytest.raises(NotReachable, match="in time"):
        post(f"http://127.0.0.1:{server.port}/", b"{}", {})
    assert time.monotonic() - began < 4


def test_silence_is_cut_off(here, monkeypatch):
    monkeypatch.setattr(outbound, "STEP_TIMEOUT", 0.3)
    answer = lambda handler: time.sleep(2)  # noqa: E731
    with receiving(answer) as server, pytest.raises(NotReachable, match="in time"):
        post(f"http://127.0.0.1:{server.port}/", b"{}", {})


def test_a_port_where_nobody_listens_and_a_plain_one_where_tls_is_asked(here):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(NotReachable, match="refused"):
        post(f"http://127.0.0.1:{port}/", b"{}", {})
    with receiving(answering(200)) as server, pytest.raises(NotReachable):
        post(f"https://127.0.0.1:{server.port}/", b"{}", {})


def test_a_proxy_of_the_environment_is_not_used(here, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with receiving(answering(200)) as server:
        assert post(f"http://127.0.0.1:{server.port}/", b"{}", {}).status == 200


@pytest.mark.parametrize(
    ("change", "holds"),
    [
        ({}, True),
        ({"now": 1_000_299}, True),
        ({"now": 1_000_301}, False),
        ({"now": 999_699}, False),
        ({"body": b"{} "}, False),
        ({"secret": "other"}, False),
        ({"secret": ""}, False),
        ({"timestamp": "1000001"}, False),
        ({"timestamp": "-1"}, False),
        ({"timestamp": "٣"}, False),
        ({"timestamp": ""}, False),
        ({"signature": ""}, False),
        ({"signature": "v1=é"}, False),
    ],
)
def test_a_signature_holds_for_its_bytes_and_time_alone(change, holds):
    given = {
        "secret": "secret",
        "timestamp": "1000000",
        "signature": sign("secret", 1_000_000, b"{}"),
        "body": b"{}",
        "now": 1_000_000,
    }
    assert is_signed(**{**given, **change}) is holds
