"""dev.py and manage.py as an operator meets them: commands, what they print, how they end."""

import ast
import http.client
import json
import os
import pwd
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from config import embedded
from config.postgres_programs import ROOT
from manage import needs_database

server = pytest.mark.server


def environ(data: Path) -> dict[str, str]:
    """As in an operator's shell, which knows nothing of the test run's database and settings."""
    ours = {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}
    return {**{k: v for k, v in os.environ.items() if k not in ours}, "COLLOQUY_DATA": str(data)}


def run(data: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT, env=environ(data), capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Site:
    """A `dev.py up` in the background."""

    def __init__(self, data: Path, *options: str) -> None:
        self.data, self.port = data, free_port()
        self.process = subprocess.Popen(
            [sys.executable, "dev.py", "up", "--port", str(self.port), *options],
            cwd=ROOT, env=environ(data), stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.printed: list[str] = []
        for line in self.process.stdout:
            self.printed.append(line.rstrip())
            if line.startswith("admin:"):
                break

    def get(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(30)


@contextmanager
def site(data: Path, *options: str) -> Iterator[Site]:
    one = Site(data, *options)
    try:
        yield one
    finally:
        one.process.stdout.close()
        if one.process.poll() is None:
            one.end()


def works_in(data: Path) -> list[int]:
    """The processes of Postgres in a data folder and of gunicorn on its site."""
    mark = f"COLLOQUY_DATA={data}".encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            ours = (entry / "cwd").readlink().is_relative_to(data)
            ours = ours or mark in (entry / "environ").read_bytes().split(b"\0")
        except OSError:
            continue  # ended meanwhile, a zombie, or another account's
        if ours:
            found.append(int(entry.name))
    return found


def wait_for_nobody(data: Path) -> None:
    until = time.monotonic() + 60
    while works_in(data):
        assert time.monotonic() < until, works_in(data)
        time.sleep(0.05)


@pytest.fixture(scope="module")
def migrated_once(made_once: Path) -> Path:
    """The cluster to copy, with its tables and the first account."""
    for command in (("migrate", "--verbosity", "0"), ("demo", "--accounts-only")):
        assert run(made_once.parent, "manage.py", *command).returncode == 0
    return made_once


@pytest.fixture
def prepared(data: Path, migrated_once: Path) -> Path:
    """A data folder with a site that was up before."""
    data.mkdir()
    subprocess.run(["cp", "-a", migrated_once, data / "postgres"], check=True)
    return data


@server
def test_up_twice_then_down(data):
    with site(data) as one:
        assert one.printed[-2] == f"ready: http://127.0.0.1:{one.port}/"
        assert re.fullmatch(rf"admin: http://127.0.0.1:{one.port}/\S+", one.printed[-1])
        assert (one.get("/livez"), one.get("/")) == (200, 200)
        again = run(data, "dev.py", "up", "--port", "1")
        assert again.returncode == 0
        first, second = one.printed[-2:], again.stdout.splitlines()
        assert second[0] == first[0]
        assert second[1].startswith("admin: http")
        assert second[1] != first[1]
        assert run(data, "manage.py", "migrate", "--check").returncode == 0
        down = run(data, "dev.py", "down")
        assert (down.returncode, down.stdout) == (0, f"{data} is down.\n")
        assert one.process.wait(1) == 0
        wait_for_nobody(data)
    down = run(data, "dev.py", "down")
    assert (down.returncode, down.stdout) == (0, f"Nothing was up in {data}.\n")


@server
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_up_ends_with_all_that_it_started(prepared, number):
    with site(prepared, "--no-demo") as one:
        assert len(works_in(prepared)) > 4
        assert one.end(number) == 0
    wait_for_nobody(prepared)


STARTED_AND_INTERRUPTED = """
import atexit, os, signal, subprocess, dev

class Interrupted(subprocess.Popen):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        atexit.register(lambda: print(os.path.exists(f"/proc/{self.pid}")))
        os.kill(os.getpid(), signal.SIGTERM)

subprocess.Popen = Interrupted
for number in dev.ENDED_BY:
    signal.signal(number, dev.end)
with dev.Worker("python3") as worker:
    worker.command = ["sleep", "60"]
    worker.keep()
"""


@server
def test_a_process_whose_start_is_interrupted_is_ended_too():
    command = [sys.executable, "-c", STARTED_AND_INTERRUPTED]
    ended = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "False\n", "")


KILLED_WHILE_IT_STARTS_ANOTHER = """
import ctypes, os, signal, dev

prctl = ctypes.CDLL(None)
def killed_first(_):
    os.kill(os.getppid(), signal.SIGKILL)
    while os.getppid() == PARENT:
        pass
    return prctl

PARENT = os.getpid()
ctypes.CDLL = killed_first
dev.start(["sleep", "7"])
"""


@server
def test_a_process_whose_parent_is_killed_before_it_is_tied_to_it_is_ended_too():
    started = time.monotonic()
    command = [sys.executable, "-c", KILLED_WHILE_IT_STARTS_ANOTHER]
    # The pipe is open for as long as anything of that family lives.
    ended = subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.PIPE)
    assert ended.returncode == -signal.SIGKILL
    assert time.monotonic() - started < 7


@server
def test_killed_up_takes_its_web_server_along_and_the_next_one_works(prepared):
    with site(prepared, "--no-demo") as one:
        one.end(signal.SIGKILL)
    with site(prepared, "--no-demo") as one:
        assert one.get("/livez") == 200
    wait_for_nobody(prepared)


def worker_of(data: Path) -> int:
    """The worker's process, waited for."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        for process in works_in(data):
            with suppress(OSError):
                if b"manage.py\0worker" in Path(f"/proc/{process}/cmdline").read_bytes():
                    return process
        time.sleep(0.05)
    raise AssertionError("no worker")


@server
def test_a_worker_that_dies_is_no_end_of_the_site_and_starts_again(prepared):
    with site(prepared, "--no-demo") as one:
        first = worker_of(prepared)
        os.kill(first, signal.SIGKILL)
        while first in works_in(prepared):
            time.sleep(0.05)
        assert one.get("/") == 200
        assert worker_of(prepared) != first
        assert one.end() == 0
    wait_for_nobody(prepared)


@server
def test_up_ends_soon_while_its_postgres_is_gone(prepared, psql):
    """The worker waits for half a minute where nobody tells it not to; `up` kills it before."""
    with site(prepared, "--no-demo") as one:
        worker = worker_of(prepared)
        listening = "SELECT count(*) > 0 FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
        while psql(prepared, listening) != "t":
            time.sleep(0.05)
        postmaster = int(
            (embedded._home(prepared) / "postgres/postmaster.pid").read_text().split()[0]
        )
        os.kill(postmaster, signal.SIGKILL)
        os.kill(worker, signal.SIGTERM)
        until = time.monotonic() + 10
        while worker in works_in(prepared):
            assert time.monotonic() < until
            time.sleep(0.05)
        one.process.send_signal(signal.SIGTERM)
        assert one.process.wait(10) == 0
    wait_for_nobody(prepared)


@server
def test_postgres_stays_while_another_command_uses_it(prepared):
    with site(prepared, "--no-demo") as one, embedded.attached(prepared):
        assert one.end() == 0
        assert works_in(prepared)
    wait_for_nobody(prepared)


@server
def test_up_ended_before_it_is_ready_leaves_nothing(data):
    process = subprocess.Popen(
        [sys.executable, "dev.py", "up", "--port", str(free_port())],
        cwd=ROOT, env=environ(data), stdout=subprocess.DEVNULL,
    )  # fmt: skip
    while not (data / "postgres/postmaster.pid").exists():
        time.sleep(0.01)
    process.terminate()
    assert process.wait(30) == 0
    wait_for_nobody(data)


def test_occupied_port_is_one_sentence_and_nothing_touched(data):
    with socket.create_server(("127.0.0.1", 0)) as occupant:
        port = occupant.getsockname()[1]
        result = run(data, "dev.py", "up", "--port", str(port))
    message = f"dev.py: port {port} is taken by another program: use --port N\n"
    assert (result.returncode, result.stdout, result.stderr) == (1, "", message)
    assert not data.exists()


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_what_is_no_port_is_said(data, port):
    result = run(data, "dev.py", "up", "--port", port)
    assert result.returncode == 2
    assert f"{port!r} is not a port" in result.stderr


@pytest.mark.parametrize(
    "command",
    [("dev.py", "up"), ("dev.py", "down"), ("dev.py", "link"), ("manage.py", "migrate")],
)
def test_someone_elses_folder_is_one_sentence(data, command):
    foreign = Path("/usr")
    if os.geteuid() == 0:
        foreign = data
        foreign.mkdir()
        os.chown(foreign, pwd.getpwnam("nobody").pw_uid, -1)
    before = set(foreign.iterdir())
    result = run(foreign, *command)
    assert (result.returncode, result.stdout) == (1, "")
    assert re.fullmatch(rf"{command[0]}: {foreign} belongs to \w+ and you are .*\n", result.stderr)
    assert set(foreign.iterdir()) == before


@server
def test_data_of_another_version_are_one_sentence(made):
    (made / "postgres/PG_VERSION").write_text("12\n")
    result = run(made, "dev.py", "up", "--port", str(free_port()))
    assert result.returncode == 1
    assert re.fullmatch(r"dev.py: .* holds data of Postgres 12 and .*\n", result.stderr)


@server
def test_manage_alone_starts_and_stops_the_same_postgres(data, psql):
    result = run(data, "manage.py", "migrate", "--verbosity", "0")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    wait_for_nobody(data)
    with embedded.attached(data):
        assert int(psql(data, "SELECT count(*) FROM django_migrations")) > 0


@server
def test_link_is_for_whoever_may_sign_in(prepared, psql):
    with site(prepared, "--no-demo") as one:
        psql(prepared, "UPDATE auth_user SET username = 'somebody' WHERE username = 'owner'")
        again = run(prepared, "dev.py", "up")
        assert again.stdout.startswith(f"ready: http://127.0.0.1:{one.port}/\nadmin: http")
        unknown = run(prepared, "dev.py", "link", "owner")
        assert (unknown.returncode, unknown.stdout) == (1, "")
        assert unknown.stderr == "CommandError: There is no user 'owner'.\n"
        psql(prepared, "UPDATE auth_user SET is_staff = false")
        nobody = run(prepared, "dev.py", "up")
        assert nobody.returncode == 1
        assert "no account may enter the admin" in nobody.stderr


@server
def test_db_opens_the_database(made):
    result = run(made, "dev.py", "db", "-XAtc", "SELECT current_database()")
    assert (result.returncode, result.stdout) == (0, "colloquy\n")


def test_older_pythons_can_read_dev_py_as_far_as_the_sentence_for_them():
    ast.parse((ROOT / "dev.py").read_text(), feature_version=(3, 7))


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        ("", False),
        ("help migrate", False),
        ("migrate --help", False),
        ("--version", False),
        ("check", False),
        ("check --deploy", False),
        ("check --database default", True),
        ("migrate", True),
        ("shell", True),
        ("collectstatic --no-input", False),
    ],
)
def test_which_commands_need_the_database(arguments, needed):
    assert needs_database(arguments.split()) is needed


@server
def test_commands_without_a_database_start_nothing(data):
    result = run(data, "manage.py", "check")
    assert result.returncode == 0
    assert not data.exists()


def test_locks_name_no_address_and_hash_every_package():
    for path in ROOT.glob("requirements*.txt"):
        text = path.read_text()
        assert "://" not in text
        packages = re.findall(r"^[a-zA-Z0-9_.\[\]-]+==", text, re.MULTILINE)
        hashed = re.findall(r"^[a-zA-Z0-9_.\[\]-]+==.*\\\n    --hash=", text, re.MULTILINE)
        assert len(packages) == len(hashed) > 5


@server
def test_gunicorn_settings(made):
    """As gunicorn itself reads them."""
    script = (
        "import json, sys; from gunicorn.app.wsgiapp import WSGIApplication as App\n"
        "sys.argv = ['gunicorn']; cfg = App().cfg\n"
        "print(json.dumps({k: cfg.settings[k].get() for k in sys.stdin.read().split()}))"
    )
    names = "bind workers threads worker_class control_socket_disable accesslog max_requests"
    names += " limit_request_line"
    result = subprocess.run(
        [sys.executable, "-c", script], input=names, cwd=ROOT, capture_output=True, text=True,
        env={**environ(made), "COLLOQUY_WEB_THREADS": "7"}, check=True,
    )  # fmt: skip
    assert json.loads(result.stdout) == {
        "bind": ["127.0.0.1:8000"],
        "workers": 2,
        "threads": 7,
        "worker_class": "gthread",
        "limit_request_line": 8190,
        "control_socket_disable": True,
        "accesslog": None,
        "max_requests": 0,
    }


@server
def test_psql_opens_on_a_data_folder_that_is_not_there_yet(data):
    asked = run(data, "dev.py", "db", "-Atc", "SELECT 41 + 1")
    assert (asked.returncode, asked.stdout.strip().splitlines()[-1]) == (0, "42"), asked.stderr
