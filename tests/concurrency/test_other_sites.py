"""News between this site and another: gunicorn, a worker and the other site as real servers."""

import subprocess
import sys
import time
from contextlib import contextmanager
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from comments.models import Comment, ReceivedMention
from tests.concurrency.conftest import ROOT
from tests.core.test_site import make_site
from tests.factories import publish
from tests.other_sites import serving

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def worker(environ, address):
    command = [sys.executable, "-m", "tests.worker_in_the_open"]
    environ = {**environ, "COLLOQUY_SITE_URL": address.rstrip("/")}
    process = subprocess.Popen(command, cwd=ROOT, env=environ)
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def wait_until(happened, seconds=90):
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until
        time.sleep(0.1)


def page_of(address):
    with urlopen(address) as page:  # noqa: S310 (an address of our own making)
        return page.read().decode()


def test_news_go_out_and_come_in(serve, environ, make_post):
    with serving() as other, serve() as here, worker(environ, here):
        post = make_post("argued")
        target = here.rstrip("/") + post.get_absolute_url()
        post.body = f"[They](<{other.url('/their')}>) say so."
        post.save()
        other.pages = {"/their": '<link rel="webmention" href="/take">'}
        make_site(sends_webmentions=True, takes_webmentions=True, websub_hub=other.url("/hub"))

        wait_until(lambda: {path for path, _ in other.told} == {"/take", "/hub"})
        told = [fields for path, fields in other.told if path == "/take"]
        assert told == [{"source": target, "target": other.url("/their")}]

        def say(words, status=200):
            link = f'<title>Answer</title><p>{words} <a href="{target}">this</a>.'
            gone = lambda handler: handler.send_error(status)  # noqa: E731
            other.pages["/answer"] = link if status == 200 else gone
            form = {"source": other.url("/answer"), "target": target}
            with urlopen(f"{here}webmention/", urlencode(form).encode()) as answer:  # noqa: S310
                assert answer.status == 202
            ReceivedMention.objects.get(source=form["source"])
            wait_until(lambda: not ReceivedMention.objects.filter(state="waiting").exists())

        say("I answer")
        assert "I answer" not in page_of(target)
        assert publish(Comment.objects.get()).number == "1"
        assert "I answer" in page_of(target)
        say("I take it back and")
        assert "I answer" in page_of(target)
        assert "I take it back" not in page_of(target)
        assert ReceivedMention.objects.get().is_changed
        say("", status=410)
        assert "I answer" not in page_of(target)
        assert Comment.objects.get().is_withdrawn


def test_what_leads_into_this_network_is_never_asked(serve, environ, make_post):
    """The worker as it is: nothing opens this machine to it."""
    make_site(takes_webmentions=True)
    with serving() as inner, serve() as here:
        target = here.rstrip("/") + make_post("argued").get_absolute_url()
        form = {"source": inner.url("/secret"), "target": target}
        urlopen(f"{here}webmention/", urlencode(form).encode()).close()  # noqa: S310
        environ = {**environ, "COLLOQUY_SITE_URL": here.rstrip("/")}
        command = [sys.executable, "manage.py", "worker", "--once"]
        subprocess.run(command, cwd=ROOT, env=environ, check=True, timeout=60)
        assert inner.asked == []
    assert "private network" in ReceivedMention.objects.get().answer


def test_there_is_nothing_to_tell_while_it_is_off(serve, make_post):
    with serve() as here:
        target = here.rstrip("/") + make_post("argued").get_absolute_url()
        form = {"source": "https://x.example/", "target": target}
        with pytest.raises(HTTPError, match="404"):
            urlopen(f"{here}webmention/", urlencode(form).encode())  # noqa: S310
