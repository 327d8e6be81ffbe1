#!/usr/bin/env python3
"""Everything a clone of Colloquy needs on one machine: run it, test it, check it, lock it.

Standard library only, because it makes the environment that everything else is installed in.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 (a clone meets machines that are older than it asks)
    sys.exit("dev.py: Colloquy needs Python 3.11 or newer, and this is " + sys.version.split()[0])

import argparse
import ctypes
import fcntl
import hashlib
import http.client
import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from types import FrameType
from urllib.parse import quote

from config import embedded

ROOT = Path(__file__).resolve().parent
LOCKS = {
    "requirements.txt": ("3.11", "Django<5.3", []),
    "requirements-local.txt": ("3.11", "Django<5.3", ["local"]),
    "requirements-test.txt": ("3.11", "Django<5.3", ["local", "test"]),
    "requirements-test-django61.txt": ("3.13", "Django>=6.1,<6.2", ["local", "test"]),
}
# What was installed with a lock on the right holds what the lock on the left asks for.
HELD_BY = {"requirements-local.txt": "requirements-test.txt"}
CHECKS = {
    "ruff check": ["ruff", "check"],
    "ruff format": ["ruff", "format", "--check"],
    "mypy": ["mypy", "."],
    "import-linter": ["lint-imports", "--no-cache"],
    "djlint": ["djlint", "--lint", "--profile=django", "--quiet", "templates"],
    "pip check": ["python", "-m", "pip", "check"],  # locks are installed without resolving
    "manage.py check": ["python", "manage.py", "check"],
    "migrations": ["python", "manage.py", "makemigrations", "--check", "--dry-run"],
}
ENDING = threading.Event()
ENDED_BY = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


class MistakeError(Exception):
    """What the operator can put right, as one sentence."""


def main() -> int:
    named = os.environ.get("COLLOQUY_PYTHON")
    if named and Path(named).absolute() != Path(sys.executable).absolute():
        # Its packages hold the Postgres that manage.py will find too.
        os.execv(named, [named, *sys.argv])  # noqa: S606
    options = arguments()
    os.chdir(ROOT)
    os.environ["PYTHONUNBUFFERED"] = "1"
    if getattr(options, "data", None):
        os.environ["COLLOQUY_DATA"] = str(options.data.resolve())
    try:
        return int(options.act(options))
    except (MistakeError, embedded.EmbeddedError) as error:
        say(f"dev.py: {error}", stream=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def arguments() -> argparse.Namespace:
    """What `test`, `db` and `bench` do not know is for pytest, psql and the benchmark."""
    known = parser()
    options, rest = known.parse_known_args()
    if rest and options.act not in (test, db, bench):
        known.error(f"unknown: {' '.join(rest)}")
    options.rest = [argument for argument in rest if argument != "--"]
    return options


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="dev.py", description=(__doc__ or "").split("\n")[0])
    acts = top.add_subparsers(required=True, metavar="COMMAND")

    def act(name: str, function: Callable[..., int], text: str) -> argparse.ArgumentParser:
        one = acts.add_parser(name, help=text, description=text)
        one.set_defaults(act=function)
        return one

    def data_option(one: argparse.ArgumentParser) -> None:
        one.add_argument("--data", type=Path, metavar="DIR", help="the data folder (var)")

    one = act("up", up, "Install, start Postgres and the site, and say where it is.")
    one.add_argument("--port", type=port_number, default=8000, metavar="N")
    one.add_argument("--no-demo", action="store_true", help="leave an empty database empty")
    data_option(one)
    data_option(act("down", down, "End a running `up` and its Postgres."))
    one = act("test", test, "Run the checks and all tests, or those that pytest's arguments name.")
    one.add_argument("--django", choices=["6.1"], help="with this Django, on Python 3.13")
    act("check", check, "Lint, types, import contract and migrations: the fast half of `test`.")
    one = act("bench", bench, "Run a benchmark on a Postgres of its own.")
    one.add_argument("name", choices=benchmarks(), metavar="NAME", help=", ".join(benchmarks()))
    one.add_argument("--json", action="store_true", help="print one JSON object last")
    data_option(act("db", db, "Open psql on the database; further arguments are for psql."))
    one = act("link", link, "Print a one-time sign-in link.")
    one.add_argument("user", nargs="?", default="owner", metavar="USER")
    data_option(one)
    one = act("lock", lock, "Write the lock files from pyproject.toml; pins that still fit stay.")
    one.add_argument("--upgrade", action="store_true", help="take the newest that fits instead")
    return top


def port_number(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port (1 to 65535)")
    return int(text)


def benchmarks() -> list[str]:
    return sorted(p.stem for p in (ROOT / "bench").glob("[a-z]*.py") if p.stem != "report")


def say(line: str, stream: object = None) -> None:
    print(line, file=stream or sys.stdout, flush=True)  # type: ignore[arg-type]


# The environment


def environment(lock_name: str, folder: str = ".venv", base: str = sys.executable) -> str:
    """The Python of a virtual environment that holds what a lock file asks for.

    COLLOQUY_PYTHON names one that is ready: then nothing is made or installed.
    """
    if os.environ.get("COLLOQUY_PYTHON"):
        return os.environ["COLLOQUY_PYTHON"]
    place = ROOT / folder
    python = place / "bin" / "python"
    installed = read_json(place / "installed.json")
    wanted = {lock_name: digest(lock_name)}
    if python.exists() and wanted.items() <= installed.items():
        return str(python)
    if not os.access(place if place.exists() else ROOT, os.W_OK):
        raise MistakeError(f"{ROOT} is not yours to write, so nothing can be installed in it")
    make_environment(place, base)
    say(f"Installing what {lock_name} lists …")
    # A lock is whole. Asked to resolve, older pips meet `psycopg[pool]`, look past the pin of
    # `psycopg` at a newer release, and refuse it for want of a hash.
    pip = [str(python), "-m", "pip", "install", "--quiet", "--no-input", "--require-hashes"]
    result = capture([*pip, "--no-deps", "--disable-pip-version-check", "-r", lock_name])
    if result.returncode != 0:
        raise MistakeError(f"pip could not install {lock_name}:\n{errors_of(result.stdout)}")
    for smaller, larger in HELD_BY.items():
        if larger == lock_name:
            wanted[smaller] = digest(smaller)
    (place / "installed.json").write_text(json.dumps(wanted))
    return str(python)


def digest(lock_name: str) -> str:
    return hashlib.sha256((ROOT / lock_name).read_bytes()).hexdigest()


def read_json(path: Path) -> dict[str, str]:
    """Empty when the file is missing or was cut short while it was written."""
    try:
        return dict(json.loads(path.read_text()))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}


def make_environment(place: Path, base: str) -> None:
    """Also mends one that an interrupted start or a vanished Python left half there.

    One that works is kept, whoever made it; one that lies elsewhere is not ours to empty.
    """
    if capture_if_there([str(place / "bin" / "python"), "-m", "pip", "--version"]):
        return
    if place.is_symlink():
        raise MistakeError(f"{place} leads elsewhere and has no working pip: remove the link")
    if base == sys.executable and importlib.util.find_spec("ensurepip") is None:
        install_package("python3-venv", "Python's venv module")
    result = capture([base, "-m", "venv", "--clear", str(place)])
    if result.returncode != 0:
        raise MistakeError(f"Python could not make {place}:\n{result.stdout.strip()}")


def install_package(package: str, what: str) -> None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise MistakeError(
            f"{what} is missing: run `sudo apt-get install -y {package}` and try again"
        )
    say(f"{what} is missing: installing {package} with apt-get …")
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update"], ["apt-get", "install", "-y", package]):
        result = capture(command, env=environ)
        if result.returncode != 0:
            raise MistakeError(f"`{' '.join(command)}` failed:\n{errors_of(result.stdout)}")


def capture(
    command: list[str], env: dict[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run to the end, out of reach of the terminal's Ctrl-C, which is dev.py's to act on."""
    return subprocess.run(
        command, env=env, check=False, text=True, start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def capture_if_there(command: list[str]) -> bool:
    """Whether a program is there and ends well."""
    return Path(command[0]).exists() and capture(command).returncode == 0


def errors_of(output: str) -> str:
    lines = output.strip().splitlines()
    return "\n".join([line for line in lines if line.lower().startswith("e")][-5:] or lines[-5:])


# up, down, link, db


def up(options: argparse.Namespace) -> int:
    """Answer SIGINT, SIGTERM and SIGHUP by ending, in order, all that was started."""
    for number in ENDED_BY:
        signal.signal(number, end)
    data = embedded.data_folder()
    if is_up(data):
        return show(data)
    require_free(options.port)
    embedded.make_folder(data)
    with claim(data, options.port) as claimed:
        if not claimed:
            return show(data)
        python = environment("requirements-local.txt")
        os.environ.setdefault("COLLOQUY_SITE_URL", address(options.port))
        with database(data):
            signin = first_run(python, options.port, *(["--no-demo"] if options.no_demo else []))
            with web_server(python, options.port) as server:
                wait_for_pages(server, options.port)
                announce(options.port, signin)
                with Worker(python) as worker:
                    while server.poll() is None:
                        worker.keep()
                        if ENDING.wait(0.5):
                            return 0
    raise MistakeError(f"the web server ended by itself with status {server.returncode}")


def end(number: int, frame: FrameType | None) -> None:
    """A second signal must not cut short the ending that the first began.

    The flag is for a signal that comes while a process is forked: what a handler raises there,
    Python drops.
    """
    ENDING.set()
    for one in ENDED_BY:
        signal.signal(one, signal.SIG_IGN)
    sys.exit(0)


@contextmanager
def held_back() -> Iterator[None]:
    """Let a signal wait while a process is started and written down: else nobody would end it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDED_BY)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def address(port: int) -> str:
    return f"http://127.0.0.1:{port}/"


def announce(port: int, signin: str) -> None:
    say(f"ready: {address(port)}")
    say(f"admin: {signin}")


def require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError as error:
            raise MistakeError(f"port {port} is reserved for root: use --port N") from error
        except OSError as error:
            raise MistakeError(f"port {port} is taken by another program: use --port N") from error


@contextmanager
def claim(data: Path, port: int) -> Iterator[bool]:
    """Hold the data folder's site for as long as it is up, and record where it is."""
    with (data / "site").open("a+") as site:
        try:
            fcntl.flock(site, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        site.truncate(0)
        site.write(json.dumps({"port": port, "pid": os.getpid()}))
        site.flush()
        yield True


def is_up(data: Path) -> bool:
    """Whether some `up` holds the site: a lock ends with its process, a number on file may not."""
    embedded.require_own(data)
    if not (data / "site").exists():
        return False
    with (data / "site").open() as site:
        try:
            fcntl.flock(site, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def show(data: Path) -> int:
    """What `up` prints where the site is up already, perhaps since a moment ago."""
    while is_up(data):
        port = read_json(data / "site").get("port")
        if port and answers(int(port), "/livez"):
            python = environment("requirements-local.txt")
            announce(int(port), first_run(python, int(port), "--link-only"))
            return 0
        time.sleep(0.1)
    raise MistakeError(f"the site in {data} has just ended: run this again")


def database(data: Path) -> AbstractContextManager[None]:
    embedded.make_folder(data)
    embedded.make_secret_key(data)
    return nullcontext() if os.environ.get("DATABASE_URL") else embedded.attached(data, say)


def first_run(python: str, port: int, *options: str) -> str:
    """Run config/firstrun.py; pass on what it says but its last line, the sign-in link."""
    command = [python, "-m", "config.firstrun", address(port), *options]
    with ExitStack() as leaving:
        with held_back():
            process = start(command, stdout=subprocess.PIPE)
            leaving.callback(finish, process)
        lines = process.communicate()[0].decode().splitlines()
    if process.returncode != 0 or not lines:
        raise MistakeError("the site could not be prepared: see above")
    for line in lines[:-1]:
        say(line)
    return lines[-1]


@contextmanager
def web_server(python: str, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """gunicorn, ended with us: in peace when we leave, by the kernel when we are killed."""
    settings = os.environ.get("DJANGO_SETTINGS_MODULE") or "config.settings.dev"
    ours = {"DJANGO_SETTINGS_MODULE": settings, "COLLOQUY_BIND": f"127.0.0.1:{port}"}
    command = [python, "-m", "gunicorn", "--graceful-timeout", "5"]
    with ExitStack() as leaving:
        with held_back():
            server = start(command, ours)
            leaving.callback(finish, server)
        yield server


def start(
    command: list[str], ours: dict[str, str] | None = None, stdout: int | None = None
) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        command, env={**os.environ, **(ours or {})}, start_new_session=True, stdout=stdout,
        preexec_fn=partial(end_with_parent, os.getpid()),  # noqa: PLW1509 (no threads run here)
    )  # fmt: skip


def finish(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Worker:
    """The process that sends mail. The site works without it, so its end is no end of the site."""

    PAUSE = 5.0

    def __init__(self, python: str) -> None:
        self.command = [python, "manage.py", "worker"]
        self.process: subprocess.Popen[bytes] | None = None
        self.not_before = 0.0

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *error: object) -> None:
        if self.process:
            finish(self.process)

    def keep(self) -> None:
        """Start it, and start it again some seconds after it ended by itself."""
        now = time.monotonic()
        if self.process and self.process.poll() is None:
            self.not_before = 0.0
        elif self.process and not self.not_before:
            self.not_before = now + self.PAUSE
            status = self.process.returncode
            say(f"dev.py: the worker ended with status {status}, it starts again", sys.stderr)
        elif now > self.not_before:
            with held_back():
                self.process = start(self.command)


def end_with_parent(parent: int) -> None:
    """Linux only: elsewhere a killed dev.py leaves its web server to `dev.py down`."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDED_BY)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)
        if os.getppid() != parent:  # it was killed before the kernel knew what that means to us
            os._exit(1)


def wait_for_pages(server: "subprocess.Popen[bytes]", port: int) -> None:
    until = time.monotonic() + 60
    while not (answers(port, "/livez") and answers(port, "/")):
        if server.poll() is not None:
            raise MistakeError("the web server did not start: see above")
        if time.monotonic() > until:
            raise MistakeError("the site did not answer within a minute")
        time.sleep(0.05)


def answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def down(options: argparse.Namespace) -> int:
    data = embedded.data_folder()
    ended = is_up(data)
    if ended:
        os.kill(int(read_json(data / "site")["pid"]), signal.SIGTERM)
        wait_until_down(data)
    stopped = embedded.stop(data)
    say(f"{data} is down." if ended or stopped else f"Nothing was up in {data}.")
    return 0


def wait_until_down(data: Path) -> None:
    until = time.monotonic() + 60
    while is_up(data):
        if time.monotonic() > until:
            raise MistakeError(f"the site in {data} did not end within a minute")
        time.sleep(0.05)


def link(options: argparse.Namespace) -> int:
    data = embedded.data_folder()
    port = int(read_json(data / "site").get("port", 8000)) if is_up(data) else 8000
    python = environment("requirements-local.txt")
    command = [python, "manage.py", "signin_link", options.user, "--base", address(port)]
    return subprocess.run(command, check=False).returncode


def db(options: argparse.Namespace) -> int:
    data = embedded.data_folder()
    with database(data):
        place = embedded.connection(data)
        where = ["-h", place["HOST"], "-U", place["USER"], "-d", place["NAME"]]
        if os.environ.get("DATABASE_URL"):
            where = ["-d", os.environ["DATABASE_URL"]]
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is psql's
        command = [str(embedded.binaries() / "psql"), *where, *options.rest]
        return subprocess.run(command, check=False).returncode


# test, check, bench, lock


@contextmanager
def throwaway_database() -> Iterator[None]:
    """A cluster of its own, in DATABASE_URL for the duration."""
    with tempfile.TemporaryDirectory(prefix="colloquy-") as folder:
        # As root the server runs under another account, which must get through to its data.
        Path(folder).chmod(0o711)
        data = Path(folder).resolve()
        with embedded.attached(data, say, throwaway=True):
            host = quote(embedded.connection(data)["HOST"], safe="")
            os.environ["DATABASE_URL"] = f"postgresql://colloquy@/colloquy?host={host}"
            yield


def test(options: argparse.Namespace) -> int:
    end_like_interrupt()
    python = test_environment(options.django)
    os.environ["COLLOQUY_CHROMIUM"] = browser(python)
    # A site that a test starts through dev.py must run on the Django under test.
    os.environ["COLLOQUY_PYTHON"] = python
    with throwaway_database():
        passed = run_checks(Path(python).parent)
        pytest = [python, "-m", "pytest"]
        if options.rest:
            return tee([*pytest, *options.rest])[0] or int(not passed)
        closing, failed = [], not passed
        # In the second half a file's tests share what is dear to start.
        parts = {"not browser and not server": "load", "browser or server": "loadfile"}
        for part, dist in parts.items():
            status, last = tee([*pytest, "-n", "2", f"--dist={dist}", "-m", part])
            closing.append(last)
            failed = failed or status != 0
    say("\n".join(closing))
    return int(failed)


def end_like_interrupt() -> None:
    """A CI that cancels sends SIGTERM: leave no cluster behind."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def tee(command: list[str]) -> tuple[int, str]:
    """Run and show; the exit status and the last line."""
    last = ""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            last = line.rstrip("\n")
            say(last)
    return process.returncode, last


def test_environment(django: str | None) -> str:
    if django is None:
        return environment("requirements-test.txt")
    return environment("requirements-test-django61.txt", ".venv-django61", python313())


def python313() -> str:
    found = shutil.which("python3.13")
    candidates = [Path(found)] if found else []
    if os.environ.get("PYENV_ROOT"):
        candidates += Path(os.environ["PYENV_ROOT"]).glob("versions/3.13*/bin/python3.13")
    for candidate in candidates:
        # pyenv's shim is on PATH even where no 3.13 is switched on.
        if capture([str(candidate), "--version"]).returncode == 0:
            return str(candidate)
    raise MistakeError(
        "Django 6.1 is tested with Python 3.13: put python3.13 on PATH and try again"
    )


def browser(python: str) -> str:
    named = os.environ.get("COLLOQUY_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found and os.geteuid() == 0 and shutil.which("apt-get"):
        install_package("chromium", "A browser")
        found = shutil.which("chromium")
    if not found:
        found = playwright_browser(python)
    if not found or not Path(found).exists():
        raise MistakeError("no browser for the tests: run `sudo apt-get install -y chromium`")
    return found


def playwright_browser(python: str) -> str:
    """Playwright's own download. Untried where downloads are closed, as they were to its author."""
    say("A browser is missing: asking Playwright for one …")
    capture([python, "-m", "playwright", "install", "chromium"])
    show_path = (
        "from playwright.sync_api import sync_playwright as start\n"
        "with start() as playwright: print(playwright.chromium.executable_path)"
    )
    return capture([python, "-c", show_path]).stdout.strip()


def check(options: argparse.Namespace) -> int:
    end_like_interrupt()
    python = environment("requirements-test.txt")
    with throwaway_database():
        return int(not run_checks(Path(python).parent))


def run_checks(programs: Path) -> bool:
    def step(name: str) -> bool:
        began = time.monotonic()
        program, *arguments = CHECKS[name]
        result = capture([str(programs / program), *arguments])
        verdict = "ok  " if result.returncode == 0 else "FAIL"
        say(f"{verdict}  {name:<16} {time.monotonic() - began:5.1f} s")
        if result.returncode != 0:
            say(result.stdout.rstrip())
        return result.returncode == 0

    # The slowest first; the rest run beside it.
    names = sorted(CHECKS, key=lambda name: name != "mypy")
    with ThreadPoolExecutor(2) as pool:
        return all(list(pool.map(step, names)))


def bench(options: argparse.Namespace) -> int:
    end_like_interrupt()
    python = environment("requirements-local.txt")
    arguments = [*(["--json"] if options.json else []), *options.rest]
    with throwaway_database():
        command = [python, "-m", f"bench.{options.name}", *arguments]
        return subprocess.run(command, check=False).returncode


def lock(options: argparse.Namespace) -> int:
    uv = str(Path(environment("requirements-test.txt")).with_name("uv"))
    for name, (python, constraint, extras) in LOCKS.items():
        say(f"Resolving {name} …")
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as constraints:
            constraints.write(constraint + "\n")
            constraints.flush()
            command = [
                uv, "pip", "compile", "--quiet", "--universal", "--python-version", python,
                "--generate-hashes", "--no-emit-index-url", "--no-header", "--no-annotate",
                *(["--upgrade"] if options.upgrade else []), "-c", constraints.name,
                *(f"--extra={extra}" for extra in extras),
                "pyproject.toml", "-o", name,
            ]  # fmt: skip
            result = capture(command)
        if result.returncode != 0:
            raise MistakeError(f"uv could not resolve {name}:\n{result.stdout.strip()}")
        if "://" in (ROOT / name).read_text():
            raise MistakeError(f"{name} names an address, and a lock must install from anywhere")
    return 0


if __name__ == "__main__":
    sys.exit(main())
