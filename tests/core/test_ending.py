"""A worker that is told to end does so also while its database is away, as a process."""

import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from django.db import connection

pytestmark = [pytest.mark.server, pytest.mark.django_db(transaction=True)]

ROOT = Path(__file__).resolve().parents[2]
SOON = 10  # seconds, of which it takes two; without a bound of ours thirty


class Way:
    """A port that leads to this test's Postgres until it is cut."""

    def __init__(self):
        self.is_cut = False
        self.asked = 0
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.open = []
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def address(self):
        place = connection.settings_dict
        port = self.listening.getsockname()[1]
        return f"postgresql://{place['USER']}@127.0.0.1:{port}/{place['NAME']}?sslmode=disable"

    def cut(self):
        self.is_cut = True
        for one in self.open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self):
        self.cut()
        self.listening.close()

    def _listen(self):
        while True:
            try:
                here, _ = self.listening.accept()
            except OSError:
                return
            self.asked += 1
            if self.is_cut:
                here.close()
                continue
            there = socket.socket(socket.AF_UNIX)
            there.connect(f"{connection.settings_dict['HOST']}/.s.PGSQL.5432")
            self.open += [here, there]
            threading.Thread(target=self._hand_on, args=(here, there), daemon=True).start()

    def _hand_on(self, here, there):
        other = {here: there, there: here}
        with here, there, suppress(OSError):
            while True:
                for one in select.select([here, there], [], [])[0]:
                    if not (some := one.recv(65536)):
                        return
                    other[one].sendall(some)


@pytest.fixture
def way():
    one = Way()
    yield one
    one.close()


@contextmanager
def worker_at(address):
    environ = {
        **os.environ,
        "DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "COLLOQUY_SECRET_KEY": "only-for-tests",
    }
    command = [sys.executable, "manage.py", "worker"]
    with subprocess.Popen(command, cwd=ROOT, env=environ) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_until(holds):
    until = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


def listens():
    """Whether a worker has signed on and waits for news."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%%'"
            " AND datname = current_database()"
        )
        return cursor.fetchone()[0] > 0


def test_while_it_can_not_connect(way):
    way.cut()
    with worker_at(way.address) as process:
        wait_until(lambda: way.asked > 3)
        process.send_signal(signal.SIGTERM)
        process.wait(SOON)
    assert process.returncode == 0


@pytest.mark.parametrize("pause", [0, 3], ids=["at once", "while it tries again"])
def test_after_the_database_went_away(way, pause):
    with worker_at(way.address) as process:
        wait_until(listens)
        way.cut()
        before = way.asked
        if pause:
            wait_until(lambda: way.asked > before + pause)
        process.send_signal(signal.SIGTERM)
        process.wait(SOON)
    assert process.returncode == 0
