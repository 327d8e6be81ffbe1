"""The short way says to the letter what the long one says, and is closed where it could not."""

from itertools import product
from wsgiref.util import setup_testing_defaults

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connection

from blog.models import Post
from core import short_way as short
from core.packed_answers import accepts_gzip
from core.private_cookies import private_cookies
from tests.factories import make_post, make_published

ADDRESS = "/posts/a-post/"


class Site:
    """Both ways, and how often the long one was taken."""

    def __init__(self):
        self.long = get_wsgi_application()
        self.short = short.short_way(self._counted, private_cookies())
        self.long_ways = 0

    def _counted(self, environ, start_response):
        self.long_ways += 1
        return self.long(environ, start_response)

    def ask(self, application, method="GET", path=ADDRESS, query="", **headers):
        environ = {}
        setup_testing_defaults(environ)
        environ |= {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query}
        environ |= {"HTTP_HOST": "testserver", "SERVER_NAME": "testserver", **headers}
        said = []
        response = application(environ, lambda status, headers: said.append((status, headers)))
        body = b"".join(response)
        getattr(response, "close", lambda: None)()
        return (*said[0], body)

    def takes_the_short_way(self, **asked):
        """Whether a request that was answered before is answered in short."""
        self.ask(self.short, **asked)
        before = self.long_ways
        self.ask(self.short, **asked)
        return self.long_ways == before


@pytest.fixture
def site(transactional_db):
    make_published(make_post(slug="a-post"), text="Here.")
    return Site()


def test_both_ways_say_the_same(site):
    for some in product(["GET", "HEAD"], ["", "gzip", "br, gzip;q=0.5"], ["", "page=1"]):
        asked = dict(zip(["method", "HTTP_ACCEPT_ENCODING", "query"], some, strict=True))
        etag = dict(site.ask(site.long, **asked)[1])["ETag"]
        assert_both_ways_are_one(site, "200 OK", **asked)
        assert_both_ways_are_one(site, "304 Not Modified", **asked, HTTP_IF_NONE_MATCH=etag)


def assert_both_ways_are_one(site, status, **asked):
    by_long = site.ask(site.long, **asked)
    assert site.takes_the_short_way(**asked), asked
    by_short = site.ask(site.short, **asked)
    assert by_short[:2] == by_long[:2]
    assert by_short[0] == status
    assert by_short[2] == (b"" if asked["method"] == "HEAD" else by_long[2])
    headers = dict(by_short[1])
    assert headers["Cache-Control"] == "public, no-cache"
    assert headers["Vary"] == "Cookie, Accept-Encoding"
    if status == "304 Not Modified":
        assert headers.keys() == {"Cache-Control", "ETag", "Vary"}
    is_packed = "gzip" in asked["HTTP_ACCEPT_ENCODING"] and status == "200 OK"
    assert ("Content-Encoding" in headers) == is_packed


def test_the_first_bytes_of_a_worker_may_be_a_condition(site):
    etag = dict(site.ask(site.long)[1])["ETag"]
    fresh = Site()
    assert fresh.ask(fresh.short, HTTP_IF_NONE_MATCH=etag)[0].startswith("304")
    status, _, body = fresh.ask(fresh.short)
    assert status.startswith("200")
    assert b"Here." in body
    assert fresh.long_ways == 2
    assert fresh.ask(fresh.short, HTTP_IF_NONE_MATCH='W/"x", ' + etag)[0].startswith("304")
    assert fresh.ask(fresh.short, HTTP_IF_NONE_MATCH='"x"')[0].startswith("200")
    assert fresh.long_ways == 2


def test_where_the_short_way_is_closed(site):
    for more in (
        {"HTTP_COOKIE": "commenter=x"},
        {"HTTP_COOKIE": "a=b; visits=x"},
        {"HTTP_COOKIE": "sessionid=x"},
        {"HTTP_RANGE": "bytes=0-1"},
        {"HTTP_IF_MATCH": '"x"'},
        {"method": "POST"},
        {"method": "OPTIONS"},
        {"CONTENT_LENGTH": "1"},
        {"path": "/search/"},
        {"path": "/posts/nothing/"},
    ):
        assert not site.takes_the_short_way(**more), more
    for cookie in ("_ga=1", "theme=dark; x=y"):  # other people's
        assert site.takes_the_short_way(HTTP_COOKIE=cookie)


def test_an_answer_to_head_has_no_body_where_the_short_way_is_closed(site):
    for more in ({"HTTP_COOKIE": "commenter=x"}, {"path": "/search/"}, {"path": "/nothing/"}):
        status, headers, body = site.ask(site.short, "HEAD", **more)
        assert body == b""
        whole = site.ask(site.short, "GET", **more)
        assert status == whole[0]
        assert dict(headers)["Content-Length"] == dict(whole[1])["Content-Length"]


def test_a_host_that_is_not_ours_is_refused(site):
    site.ask(site.short)
    assert site.ask(site.short, HTTP_HOST="evil.example")[0].startswith("400")


def test_what_is_published_is_on_the_next_page(site):
    assert site.takes_the_short_way()
    make_published(Post.objects.get(), text="And here.")
    assert b"And here." in site.ask(site.short)[2]
    assert site.takes_the_short_way()


def test_it_goes_on_after_the_database_was_away(site):
    assert site.takes_the_short_way()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    other.close()
    before = site.long_ways
    assert site.ask(site.short)[0].startswith("200")
    assert site.long_ways == before + 1
    assert site.takes_the_short_way()


def test_a_worker_remembers_no_more_than_it_may(site, monkeypatch):
    monkeypatch.setattr(short, "MOST_KNOWN", 1)
    assert site.takes_the_short_way()
    assert site.takes_the_short_way(query="page=1")
    before = site.long_ways
    site.ask(site.short)
    assert site.long_ways == before + 1
    monkeypatch.setattr(short, "LARGEST", 10)
    fresh = Site()
    assert not fresh.takes_the_short_way()


def test_who_takes_gzip():
    taken = ["gzip", "GZIP", "br;q=1, gzip;q=0.8", "gzip;q=0.01"]
    refused = ["gzip;q=0", "gzip; q=0.0", "", "identity", "notgzip"]
    assert [accepted for accepted in taken + refused if accepts_gzip(accepted)] == taken
