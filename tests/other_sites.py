"""Other sites, as real servers on this machine that the code takes for the internet."""

import http.server
import threading
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import pytest

from core import outbound


class Site:
    """Pages by path: HTML, or a function from a handler; and what was asked."""

    def __init__(self, port):
        self.address = f"http://127.0.0.1:{port}"
        self.pages, self.headers, self.asked, self.told = {}, {}, [], []
        self.answer = 202  # to what is posted

    def url(self, path="/"):
        return self.address + path


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        site = self.server.site
        site.asked.append(self.path)
        page = site.pages.get(urlsplit(self.path).path)
        if callable(page):
            page(self)
            return
        self.send_response(404 if page is None else 200)
        headers = {"Content-Type": "text/html; charset=utf-8", **site.headers.get(self.path, {})}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write((page or "").encode())

    def do_POST(self):
        site = self.server.site
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        fields = {name: values[0] for name, values in parse_qs(body).items()}
        site.told.append((self.path, fields))
        self.send_response(site.answer)
        self.end_headers()

    def log_message(self, *args):
        pass


def moved(to, status=302):
    """A page that leads elsewhere."""

    def page(handler):
        handler.send_response(status)
        handler.send_header("Location", to)
        handler.end_headers()

    return page


@contextmanager
def serving(host="127.0.0.1"):
    """A site that answers until the end of the block."""
    with http.server.ThreadingHTTPServer((host, 0), Handler) as server:
        server.daemon_threads, server.block_on_close = True, False
        server.site = Site(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        try:
            yield server.site
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def elsewhere(monkeypatch):
    """A site of another; this machine's own address counts as the internet meanwhile."""
    real = outbound.is_public
    monkeypatch.setattr(outbound, "is_public", lambda one: one == "127.0.0.1" or real(one))
    with serving() as site:
        yield site
