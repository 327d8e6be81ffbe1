"""The Postgres that comes along when DATABASE_URL names none: a driver over ready-made binaries.

Standard library only: dev.py uses it before anything is installed. What lies in a data folder:
`postgres/` (the cluster), `socket/`, `lock` (held while starting or stopping), `users` (held
shared by every process that uses the server) and `secret_key`. Where the account that runs the
server cannot reach the data folder, all but the key lie elsewhere and `postgres-is-in` says where.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import shlex
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from config.postgres_programs import (
    ELSEWHERE,
    ROOT,
    Account,
    EmbeddedError,
    Say,
    account_name,
    binaries,
    locked,
    make_elsewhere,
    private_file,
    require_own,
    usable_binaries,
)

__all__ = [
    "EmbeddedError",
    "attached",
    "binaries",
    "connection",
    "data_folder",
    "make_folder",
    "make_secret_key",
    "require_own",
    "secret_key",
    "stop",
]

POINTER = "postgres-is-in"
# Linux takes 107 bytes, macOS 103.
LONGEST_SOCKET_PATH = 103
UNSAFE_BUT_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


@contextmanager
def _os_errors_as_sentences() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise EmbeddedError(f"{error.filename or 'Postgres'}: {error.strerror}") from error


def data_folder() -> Path:
    return (ROOT / (os.environ.get("COLLOQUY_DATA") or "var")).resolve()


def connection(data: Path) -> dict[str, str]:
    """Where the server of a data folder listens; starts and creates nothing."""
    with _os_errors_as_sentences():
        require_own(data)
        socket = _socket_folder(_home(data))
    return {"HOST": str(socket), "NAME": "colloquy", "USER": "colloquy", "PORT": ""}


@contextmanager
def attached(data: Path, say: Say = _say, *, throwaway: bool = False) -> Iterator[None]:
    """Use the server of a data folder: start it if need be, stop it if nobody else uses it.

    A throwaway server does not wait for the disk, and its cluster is erased when it stops.
    """
    with _os_errors_as_sentences():
        make_folder(data)
        cluster = _cluster(data, say)
        users = private_file(cluster.home / "users")
    with users:
        try:
            with _os_errors_as_sentences(), locked(cluster.home):
                fcntl.flock(users, fcntl.LOCK_SH)
                make_secret_key(data)
                cluster.start(throwaway)
            yield
        finally:
            with _os_errors_as_sentences(), locked(cluster.home):
                if _sole_user(users):
                    cluster.stop()
                    if throwaway:
                        shutil.rmtree(cluster.data if cluster.home == data else cluster.home)


def stop(data: Path) -> bool:
    """Stop the server of a data folder; False if none ran, an error if it is in use."""
    with _os_errors_as_sentences():
        require_own(data)
        if not (_home(data) / "postgres").is_dir():
            return False
        cluster = _cluster(data, _say)
        with locked(cluster.home), private_file(cluster.home / "users") as users:
            if not cluster.answers():
                return False
            if not _sole_user(users):
                raise EmbeddedError(
                    f"the Postgres of {data} is in use by another command and stops with it"
                )
            cluster.stop()
            return True


def secret_key(data: Path) -> str:
    """The key of a data folder, or an empty string where none was made yet."""
    with _os_errors_as_sentences():
        require_own(data)
        path = data / "secret_key"
        return path.read_text().strip() if path.exists() else ""


def make_secret_key(data: Path) -> None:
    path = data / "secret_key"
    if path.exists():
        return
    # Written elsewhere and moved: a reader must never see half a key.
    new = data / f"secret_key.{os.getpid()}"
    new.touch(mode=0o600)
    new.write_text(secrets.token_urlsafe(50) + "\n")
    new.rename(path)


def make_folder(data: Path) -> None:
    """Create a data folder, or refuse one that is not ours."""
    with _os_errors_as_sentences():
        require_own(data)
        data.mkdir(parents=True, exist_ok=True)


def _sole_user(users: IO[str]) -> bool:
    """Ask only under the lock, and only when leaving: a refusal may cost our own share."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]


def _home(data: Path) -> Path:
    pointer = data / POINTER
    return Path(pointer.read_text().strip()) if pointer.exists() else data


def _socket_folder(home: Path) -> Path:
    folder = home / "socket"
    too_long = len(os.fsencode(folder / ".s.PGSQL.5432")) > LONGEST_SOCKET_PATH
    # libpq and Postgres both read a comma as the end of one path and the start of another.
    if too_long or "," in str(folder):
        return Path("/tmp") / f"colloquy-{_digest(home)}"  # noqa: S108 (its owner is checked)
    return folder


def _cluster(data: Path, say: Say) -> _Cluster:
    account = Account.of(_home(data) / "postgres")
    home = _reachable_home(data, account, say)
    programs, version = usable_binaries(account, say)
    cluster = _Cluster(home, account, programs, version)
    cluster.require_version()
    return cluster


def _reachable_home(data: Path, account: Account, say: Say) -> Path:
    home = _home(data)
    if home != data:
        home.mkdir(mode=0o755, exist_ok=True)
        return home
    if account.reaches(data):
        return home
    if (data / "postgres").exists():
        raise EmbeddedError(
            f"the account {account_name(account.uid)} can no longer reach {data}/postgres: "
            "give the folders above it their permissions back"
        )
    make_elsewhere()
    with locked(ELSEWHERE):
        return _home(data) if (data / POINTER).exists() else _new_home(data, account, say)


def _new_home(data: Path, account: Account, say: Say) -> Path:
    home = ELSEWHERE / _digest(data)
    home.mkdir(mode=0o755, exist_ok=True)
    home.chmod(0o755)
    say(f"Postgres keeps its data in {home}: {account_name(account.uid)} can't enter {data}.")
    if (home / "postgres").exists():
        # A data folder of this name was removed: its successor must not wake up with its posts.
        aside = home / f"postgres.{time.time_ns()}"
        (home / "postgres").rename(aside)
        say(f"What an earlier folder of that name held is now in {aside}.")
    new = data / f"{POINTER}.new"
    new.write_text(f"{home}\n")
    new.rename(data / POINTER)
    return home


@dataclass(frozen=True)
class _Cluster:
    home: Path
    account: Account
    programs: Path
    version: int

    @property
    def data(self) -> Path:
        return self.home / "postgres"

    @property
    def log(self) -> Path:
        return self.data / "server.log"

    def require_version(self) -> None:
        if not self.data.exists():
            return
        version = (self.data / "PG_VERSION").read_text().strip()
        if version != str(self.version):
            raise EmbeddedError(
                f"{self.data} holds data of Postgres {version} and the programs at hand are "
                f"{self.version}: dump it with a Postgres {version}, or name another data folder"
            )

    def answers(self) -> bool:
        """A server answers here and its data are ours: a pid file would prove neither."""
        answer = self.account.run(
            self.programs / "psql", "-XAtqc", "SHOW data_directory",
            "-h", _socket_folder(self.home), "-U", "colloquy", "-d", "colloquy",
        )  # fmt: skip
        return answer.returncode == 0 and answer.stdout.rstrip("\n") == str(self.data)

    def start(self, throwaway: bool) -> None:
        if not self.data.exists():
            self._create(*(["--no-sync"] if throwaway else []))
        elif self.answers() or self._survives():
            return
        socket = _socket_folder(self.home)
        self.account.own_folder(socket)
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(socket),
            "unix_socket_permissions": "0700",
            "log_checkpoints": "off",
            **(UNSAFE_BUT_FAST if throwaway else {}),
        }
        options = " ".join(shlex.quote(f"--{name}={value}") for name, value in settings.items())
        self._ctl("start", "-l", str(self.log), "-o", options)
        if not self.answers():
            raise EmbeddedError(f"Postgres started but does not answer{self._log_tail()}")

    def stop(self) -> None:
        if self.answers() or self._processes():
            self._ctl("stop", "-m", "fast")

    def _ctl(self, act: str, *options: str) -> None:
        program = self.programs / "pg_ctl"
        result = self.account.run(
            program, act, "-s", "-w", "-t", "60", "-D", self.data, *options
        )  # fmt: skip
        if result.returncode != 0:
            raise EmbeddedError(
                f"Postgres did not {act}: {result.stderr.strip()}{self._log_tail()}"
            )

    def _log_tail(self) -> str:
        if not self.log.exists():
            return ""
        lines = self.log.read_text(errors="replace").splitlines()[-5:]
        return "".join(f"\n  {line}" for line in ("the end of its log:", *lines))

    def _create(self, *options: str) -> None:
        """Make the cluster under another name, so that what has the name is whole."""
        new = self.home / "postgres.new"
        if new.exists():
            shutil.rmtree(new)
        self.account.own_folder(new)
        locale = ["--encoding=UTF8", "--locale=C.UTF-8"]
        if self.version >= 17:
            locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        self._must("initdb", "-D", new, "-U", "colloquy", "--auth=trust", *locale, *options)
        self._must("postgres", "--single", "-D", new, "postgres", text="CREATE DATABASE colloquy\n")
        new.rename(self.data)

    def _must(self, program: str, *arguments: str | Path, text: str = "") -> None:
        result = self.account.run(self.programs / program, *arguments, text=text)
        if result.returncode != 0:
            # initdb repeats what its children say.
            lines = dict.fromkeys(result.stderr.strip().splitlines())
            raise EmbeddedError(f"{program} failed: {' '.join(lines)}")

    def _survives(self) -> bool:
        """Settle what an unclean end left: True if the server comes to itself after all.

        Postgres takes any living process with the recorded number for its postmaster, even a
        zombie or a stranger. Ours are those at work in the data folder; without the postmaster
        among them they are orphans, which must be gone before a new one may start.
        """
        if not Path("/proc/self").exists():
            return False
        pid_file = self.data / "postmaster.pid"
        postmaster = int(pid_file.read_text().split()[0]) if pid_file.exists() else None
        for _ in range(600):
            processes = self._processes()
            if not processes:
                pid_file.unlink(missing_ok=True)
                (_socket_folder(self.home) / ".s.PGSQL.5432.lock").unlink(missing_ok=True)
                return False
            if postmaster not in processes:
                for process in processes:
                    with suppress(ProcessLookupError):
                        os.kill(process, signal.SIGQUIT)
            time.sleep(0.1)
            if self.answers():
                return True
        raise EmbeddedError(f"Postgres runs (process {postmaster}) but does not answer")

    def _processes(self) -> list[int]:
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                ours = (entry / "cwd").readlink() == self.data
                if ours and (entry / "comm").read_text() == "postgres\n":
                    found.append(int(entry.name))
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue  # ended meanwhile, a zombie, or another account's
        return found
