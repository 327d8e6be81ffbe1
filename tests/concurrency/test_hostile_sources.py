"""A stranger's server against a live worker: whatever it does, the worker goes on, and asks nobody
in its own network. The same rules one by one are in tests/core/test_fetch.py and test_outbound.py.
"""

import gzip
import time
from contextlib import suppress
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from comments.models import Comment, ReceivedMention
from tests.concurrency.test_other_sites import page_of, wait_until, worker
from tests.core.test_site import make_site
from tests.factories import publish
from tests.other_sites import moved, serving

pytestmark = pytest.mark.django_db(transaction=True)

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
PRIVATE = "127.0.0.2"  # an address in a private network: the machine's own other one
SECONDS = 60  # what one page may take of the worker: ten, and the waits of a busy machine


def raw(*parts, pause=0.0, then=b"", times=200_000):
    """A page that sends these bytes and then others again and again, until nobody listens."""

    def page(handler):
        with suppress(OSError):
            handler.wfile.write(b"".join(parts))
            for _ in range(times if then else 0):
                handler.wfile.write(then)
                time.sleep(pause)

    return page


def silent(handler):
    time.sleep(30)


def hostile_pages(link, inner_port):
    """By path: what it does, and what the worker says of it."""
    return {
        "/private": (moved(f"http://127.0.0.2:{inner_port}/secret"), "private network"),
        "/private-name": (moved(f"http://inner.example:{inner_port}/secret"), "private network"),
        "/metadata": (moved("http://169.254.169.254/latest/meta-data/"), "private network"),
        "/file": (moved("file:///etc/passwd"), "has to begin with"),
        "/loop": (moved("/loop"), "redirects more than"),
        "/round": (moved("/trip"), "redirects more than"),
        "/trip": (moved("/round"), "redirects more than"),
        "/nowhere": (moved("http://["), "no address"),
        "/long": (moved("/" + "x" * 3_000), "too long an address"),
        "/endless": (raw(OK, b"\r\n", then=b"<p>" + b"x" * 65_536), "does not link"),
        "/headers": (raw(OK, then=b"X-Y: " + b"z" * 1_000 + b"\r\n"), "No answer"),
        "/status": (raw(b"HTTP/1.1 ", then=b"2" * 65_536), "No answer"),
        "/go-on": (raw(then=b"HTTP/1.1 100 Continue\r\n\r\n" * 99), "No answer"),
        "/drip": (raw(OK, b"\r\n", then=b"x", pause=0.2), "in time"),
        "/drips-headers": (raw(OK, then=b"x", pause=0.2), "in time"),
        "/chunks": (
            raw(OK, b"Transfer-Encoding: chunked\r\n\r\n", then=b"1;x\r\nx\r\n", pause=0.001),
            "in time",
        ),
        "/chunk": (raw(OK, b"Transfer-Encoding: chunked\r\n\r\n-5\r\nxx"), "No answer"),
        "/all": (
            raw(OK, b"Transfer-Encoding: chunked\r\n\r\n-1\r\n", then=b"x" * 9_000),
            "No answer",
        ),
        "/silent": (silent, "in time"),
        "/cut": (raw(OK, b"Content-Length: 100000\r\n\r\n<p>", link), "No answer"),
        "/bomb": (
            raw(OK, b"Content-Encoding: gzip\r\n\r\n", gzip.compress(link + b"0" * 50_000_000)),
            "does not link",
        ),
        "/image": (raw(OK.replace(b"text/html", b"image/png"), b"\r\n", link), "does not link"),
        "/zip": (raw(OK.replace(b"text/html", b"application/zip"), b"\r\n", link), "does not"),
        "/plain": (raw(OK.replace(b"html", b"plain"), b"\r\n", link), "does not link"),
        "/script": (raw(OK, b"\r\n<script>", link, b"</script>"), "does not link"),
        "/comment": (raw(OK, b"\r\n<!--", link, b"-->"), "does not link"),
        "/template": (raw(OK, b"\r\n<template>", link, b"</template>"), "does not link"),
        "/open": (raw(OK, b"\r\n", b"<a " * 160_000), "does not link"),
        "/quotes": (raw(OK, b"\r\n", b"<a href='" * 50_000), "does not link"),
        "/entities": (raw(OK, b"\r\n<p>", b"&#x1f600;&amp;&" * 40_000), "does not link"),
        "/nul": (raw(OK, b"\r\n<p>\0\xff\xfe<a href='http://\0x/'>\0</a>"), "does not link"),
        "/locked": (raw(b"HTTP/1.1 403 No\r\n\r\n", link), "answers 403"),
        "/garbage": (raw(b"\0\xff" * 1_000), "No answer"),
    }


def test_the_worker_outlives_whatever_a_source_does(serve, environ, make_post):
    make_site(takes_webmentions=True)
    with serving() as other, serving(PRIVATE) as secret, serve() as here, worker(environ, here):
        target = here.rstrip("/") + make_post("argued").get_absolute_url()
        link = f'<a href="{target}">this</a>'.encode()
        port = secret.url().rpartition(":")[2].strip("/")
        pages = hostile_pages(link, port)
        other.pages = {path: page for path, (page, _) in pages.items()}
        wrong = {}
        for path, (_, says) in pages.items():
            began = time.monotonic()
            one = look(here, other.url(path), target)
            took = time.monotonic() - began
            if says not in one.answer or took > SECONDS or one.state == "taken":
                wrong[path] = (one.state, one.answer, round(took, 1))
        assert wrong == {}
        assert secret.asked == []
        assert not Comment.objects.exists()


def look(here, source, target):
    """Have a page looked at, once: its row as it then is."""
    ReceivedMention.objects.all().delete()
    form = urlencode({"source": source, "target": target}).encode()
    with urlopen(f"{here}webmention/", form) as answer:  # noqa: S310 (our own address)
        assert answer.status == 202
    rows = ReceivedMention.objects.filter(source=source)
    wait_until(lambda: rows.exclude(attempts=0).exclude(state="waiting", answer="").exists())
    return rows.get()


def test_a_name_that_turns_into_a_private_address_leads_nowhere(serve, environ, make_post):
    """The worker asks a stranger's name server: at first it says "here", then "there, inside"."""
    make_site(takes_webmentions=True)
    with serving(PRIVATE) as secret, serving() as other, serve() as here, worker(environ, here):
        target = here.rstrip("/") + make_post("argued").get_absolute_url()
        port = secret.url().rpartition(":")[2].strip("/")
        other_port = other.url().rpartition(":")[2].strip("/")
        other.pages = {"/": moved(f"http://once.turning.example:{port}/secret")}
        one = look(here, f"http://once.turning.example:{other_port}/", target)
        assert "private network" in one.answer
        assert other.asked == ["/"]
        for name in ("inner.example", "both.example"):
            assert "private network" in look(here, f"http://{name}:{port}/", target).answer
        assert secret.asked == []


def test_a_hundred_links_and_a_script_are_one_comment_of_plain_words(serve, environ, make_post):
    """Which goes when the page does, by 404 or 410, and comes again only to wait."""
    make_site(takes_webmentions=True)
    with serving() as other, serve() as here, worker(environ, here):
        target = here.rstrip("/") + make_post("argued").get_absolute_url()
        link = f'<a href="{target}">this</a>'
        page = (
            "<title><script>alert(1)</script></title><script>alert(2)</script>"
            f"<p onclick=alert(3)><img src=x onerror=alert(4)>Words {link * 100} &lt;b&gt;"
        )
        for number, status in enumerate((404, 410)):
            source = f"/page-{number}"
            other.pages[source] = page
            look(here, other.url(source), target)
            wait_until(lambda number=number: Comment.objects.count() == number + 1)
            comment = publish(Comment.objects.latest("pk"))
            shown = page_of(target)
            assert "Words this" in shown
            assert "<script>alert" not in shown
            assert "onerror" not in comment.html
            assert "<b>" not in comment.html
            gone = lambda handler, status=status: handler.send_error(status)  # noqa: E731
            other.pages[source] = gone
            one = look_again(here, other.url(source), target)
            assert one.state == "refused"
            assert Comment.objects.get(pk=comment.pk).is_withdrawn
            assert "Words this" not in page_of(target)


def look_again(here, source, target):
    """The same for a page that was taken before."""
    form = urlencode({"source": source, "target": target}).encode()
    urlopen(f"{here}webmention/", form).close()  # noqa: S310 (our own address)
    rows = ReceivedMention.objects.filter(source=source)
    wait_until(lambda: rows.exclude(state__in=["waiting", "taken"]).exists())
    return rows.get()
