"""Some write and others read the same thread through gunicorn: nobody is shown a stale page."""

import gzip
import http.client
import re
import threading
import time
from urllib.parse import urlencode, urlsplit

import pytest
from django.conf import settings
from django.test import Client

from comments.commenters import COOKIE
from moderation.models import Rule
from tests.factories import make_user, remembered

pytestmark = pytest.mark.server

SECONDS = 30
READERS, KNOWN, WRITERS = 8, 2, 2


class Reader(threading.Thread):
    """Reads again and again, by If-None-Match; every number known to be out is on what it has.

    With a cookie the page is private, and has the thread that is stored for all.
    """

    def __init__(self, address, out, until, cookie=""):
        super().__init__()
        self.cookie = cookie
        self.connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
        self.out, self.until = out, until
        self.faults, self.statuses = [], {}
        self.etag, self.body = "", ""

    def run(self):
        while time.monotonic() < self.until:
            self.look()

    def look(self):
        must_be_there = set(self.out)
        headers = {"Accept-Encoding": "gzip"}
        headers |= {"Cookie": self.cookie} if self.cookie else {"If-None-Match": self.etag}
        self.connection.request("GET", "/posts/a-post/", headers=headers)
        answer = self.connection.getresponse()
        body = answer.read()
        self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
        if answer.status == 200:
            self.etag, self.body = answer.headers.get("ETag", ""), gzip.decompress(body).decode()
        missing = {text for text in must_be_there if f"{text}<" not in self.body}
        if missing or answer.status not in {200, 304}:
            self.faults.append((answer.status, missing))


class Writer(Reader):
    """A member of staff, whose words are public at once, who looks for each as anybody would."""

    def __init__(self, address, out, until, cookie, name):
        super().__init__(address, out, until)
        self.staff, self.name_of_texts, self.sent = cookie, name, 0

    def run(self):
        self.look()
        while time.monotonic() < self.until:
            self.write()
            self.look()

    def write(self):
        text = f"{self.name_of_texts}-{self.sent}"
        stamp = re.search(r'name="stamp" value="([^"]+)"', self.body)[1]
        replies = re.findall(r'href="(/posts/a-post/c/[\d.]+/reply/)"', self.body)
        action = replies[self.sent % len(replies)] if replies else "/posts/a-post/comment/"
        form = urlencode({"text": text, "stamp": stamp})
        headers = {"Cookie": self.staff, "Content-Type": "application/x-www-form-urlencoded"}
        self.connection.request("POST", action, form, headers)
        answer = self.connection.getresponse()
        answer.read()
        self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
        if answer.status == 302:
            self.out.append(text)
        self.sent += 1


def test_what_is_published_is_on_every_later_page(make_post, serve, no_limits):
    Rule.objects.update(is_on=False)
    make_post("a-post")
    cookies = []
    for name in ("wim", "wanda"):
        client = Client()
        client.force_login(make_user(username=name))
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        cookies.append(f"{settings.SESSION_COOKIE_NAME}={cookie}")
    cookie = remembered(Client(), make_post("elsewhere")).cookies[COOKIE].value
    known = f"{COOKIE}={cookie}"
    out, until = [], time.monotonic() + SECONDS
    with serve() as address:
        people = [Reader(address, out, until + 2) for _ in range(READERS)]
        people += [Reader(address, out, until + 2, known) for _ in range(KNOWN)]
        people += [Writer(address, out, until, *one) for one in zip(cookies, "ab", strict=True)]
        for one in people:
            one.start()
        for one in people:
            one.join()
            one.connection.close()
    assert [fault for one in people for fault in one.faults] == []
    statuses = {status for one in people for status in one.statuses}
    assert statuses <= {200, 302, 304}
    assert 304 in statuses
    assert len(out) >= WRITERS * 3
