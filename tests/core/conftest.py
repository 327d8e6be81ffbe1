"""A mail server on loopback that does as it is told, and a worker with a clock that can jump."""

import asyncio
import email
import email.policy
import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from django.db import connection

from core import jobs

ROOT = Path(__file__).resolve().parents[2]
TABLES = "jobs, procrastinate_events, procrastinate_periodic_defers, procrastinate_workers"


class Worker:
    """Runs what is due, in this process, or as a process that can be killed."""

    def run(self):
        jobs.work(wait=False)

    def run_later(self):
        """As run(), after every wait is over."""
        self._sql("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'")
        self.run()

    def run_at(self, seconds):
        """As run(), when the clock has gone on by so many seconds since the last time."""
        earlier = f"scheduled_at - make_interval(secs => {seconds:d})"
        self._sql(
            f"UPDATE procrastinate_jobs SET scheduled_at = {earlier} WHERE status = 'todo'"  # noqa: S608
        )
        self.run()

    def run_after_a_death(self):
        """As run(), when the worker of before has been dead for long."""
        self._sql("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")
        jobs.rescue.defer(timestamp=0)
        self.run_later()

    def statuses(self):
        return self._sql(
            "SELECT status::text, count(*) FROM procrastinate_jobs"
            " WHERE queue_name = 'default' GROUP BY 1 ORDER BY 1",
            answer=True,
        )

    @contextmanager
    def process(self, port):
        """`manage.py worker` on this test's database and a mail server."""
        place = connection.settings_dict
        address = f"postgresql://{place['USER']}@/{place['NAME']}?host={place['HOST']}"
        environ = {
            **os.environ,
            "DATABASE_URL": address + (f"&port={place['PORT']}" if place["PORT"] else ""),
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "COLLOQUY_SMTP_HOST": "127.0.0.1",
            "COLLOQUY_SMTP_PORT": str(port),
            "COLLOQUY_SMTP_TLS": "none",
            "COLLOQUY_SECRET_KEY": "only-for-tests",
        }
        command = [sys.executable, "manage.py", "worker"]
        with subprocess.Popen(command, cwd=ROOT, env=environ) as process:
            try:
                yield process
            finally:
                process.kill()

    def _sql(self, query, *, answer=False):
        with connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall() if answer else None


@pytest.fixture
def worker(transactional_db):
    """Django flushes no tables that it does not manage: the jobs' are emptied here."""
    one = Worker()
    one._sql(f"TRUNCATE procrastinate_{TABLES}")
    yield one
    one._sql(f"TRUNCATE procrastinate_{TABLES}")


class MailServer:
    """Takes mails, but for what `answers` says of the next ones.

    An answer is a line of SMTP, or `drop`: the connection is cut before the mail is taken. `slow`
    is how many seconds it thinks before it takes a mail.
    """

    def __init__(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.mails, self.recipients, self.answers = [], [], []
        self.on_mail = lambda: None
        self.silent_on_quit = False
        self.slow = 0

    async def handle_DATA(self, server, session, envelope):
        await asyncio.sleep(self.slow)
        answer = self.answers.pop(0) if self.answers else "250 taken"
        if answer == "drop":
            server.transport.abort()
        elif answer.startswith("250"):
            parsed = email.message_from_bytes(envelope.content, policy=email.policy.default)
            self.mails.append(parsed)
            self.recipients.append(envelope.rcpt_tos)
            self.on_mail()
        return answer

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.answers and self.answers[0].startswith("550"):
            return self.answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 known"

    async def handle_QUIT(self, server, session, envelope):
        if self.silent_on_quit:
            await asyncio.sleep(2)
        return "221 bye"

    @contextmanager
    def up(self):
        controller = Controller(self, hostname="127.0.0.1", port=self.port)
        controller.start()
        try:
            yield
        finally:
            controller.stop()

    def wait_for(self, count):
        until = time.monotonic() + 30
        while len(self.mails) < count:
            assert time.monotonic() < until, len(self.mails)
            time.sleep(0.02)

    def ids(self):
        return [mail["Message-ID"] for mail in self.mails]


@pytest.fixture
def mail_server(settings):
    """Where the settings send mail; it answers only inside `with mail_server.up()`."""
    server = MailServer()
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": server.port, "timeout": 1},
        }
    }
    return server


@pytest.fixture
def a_worker(db):
    """Pretend that a worker gave its last sign of life at some time."""

    def seen(at):
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)", [at])

    return seen
