"""Things done at once: by threads in this process, by readers and gunicorn as processes."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from psycopg.conninfo import make_conninfo

from blog.models import Post
from core.signin import make_link_token
from moderation.models import Rule

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


@pytest.fixture
def at_once():
    """Run functions in a thread each, let go together; what each returned or raised."""

    def run(*functions):
        barrier = Barrier(len(functions))

        def one(function):
            try:
                connection.ensure_connection()
                barrier.wait(10)
                return function()
            except Exception as error:  # the outcome that the test judges
                return error
            finally:
                connection.close()

        with ThreadPoolExecutor(len(functions)) as pool:
            return list(pool.map(one, functions))

    return run


@pytest.fixture
def make_post(transactional_db):
    author = get_user_model().objects.create_user("ada", is_staff=True)
    author.groups.add(Group.objects.get(name="author"))

    def make(title):
        return Post.objects.create(
            title=title,
            slug=title,
            author=author,
            status=Post.Status.PUBLISHED,
            published_at=timezone.now(),
        )

    return make


@pytest.fixture
def post(make_post):
    return make_post("a-post")


@pytest.fixture
def moderators(transactional_db):
    """Two who may decide on everything."""
    users = [get_user_model().objects.create_user(name, is_staff=True) for name in ("mo", "mia")]
    for user in users:
        user.groups.add(Group.objects.get(name="moderator"))
    return users


@pytest.fixture
def no_limits(transactional_db):
    """A storm is a flood by any measure: its database counts none."""
    Rule.objects.filter(kind="flood").update(is_on=False)


@pytest.fixture
def environ(transactional_db):
    """Leads other processes to the test database."""
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host"}
    place = {names[key]: connection.settings_dict[key] for key in names}
    place["port"] = connection.settings_dict["PORT"] or 5432
    given = {key: value for key, value in place.items() if value}
    return {**os.environ, "DATABASE_URL": make_conninfo(**given)}


@pytest.fixture
def serve(environ):
    """A context that holds gunicorn with an application on the test database: its address."""

    @contextmanager
    def serving(application="config.wsgi"):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            bind = "{}:{}".format(*free.getsockname())
        command = [sys.executable, "-m", "gunicorn", application]
        here = {"COLLOQUY_BIND": bind, "COLLOQUY_SITE_URL": f"http://{bind}"}
        server = subprocess.Popen(command, cwd=ROOT, env={**environ, **here})
        try:
            wait_for_answer(f"http://{bind}/livez", server)
            yield f"http://{bind}/"
        finally:
            server.send_signal(signal.SIGTERM)
            status = server.wait(30)
        assert status == 0

    return serving


def wait_for_answer(address, server):
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            return urlopen(address).close()  # noqa: S310 (an address of our own making)
        except URLError:
            assert server.poll() is None, "gunicorn ended before it answered"
            time.sleep(0.05)
    raise AssertionError("gunicorn did not answer within 30 seconds")


@pytest.fixture
def storm(moderators):
    """Readers as processes, the first two of them moderators too: what each of them reports."""

    def blow(address, *, readers, comments, acts, replies):
        started = []
        for number in range(readers):
            command = [sys.executable, HERE / "reader.py", address, f"reader-{number}"]
            command += ["--comments", str(comments // readers), "--replies", str(replies)]
            if number < len(moderators):
                token = make_link_token(user=moderators[number])
                signin = address.rstrip("/") + reverse("core:signin", args=[token])
                command += ["--signin", signin, "--acts", str(acts // len(moderators))]
            started.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        reports = [process.communicate(timeout=240)[0] for process in started]
        assert [process.returncode for process in started] == [0] * readers
        return [json.loads(report) for report in reports]

    return blow


@pytest.fixture
def check_threads(environ):
    """`manage.py check_threads --json`: exit status and report."""

    def check():
        command = [sys.executable, "manage.py", "check_threads", "--json"]
        result = subprocess.run(
            command, cwd=ROOT, env=environ, check=False, capture_output=True, text=True
        )
        return result.returncode, json.loads(result.stdout)

    return check
