import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config import embedded
from config.postgres_programs import ELSEWHERE


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder to be, where the account that runs Postgres gets through (tmp_path is 0700)."""
    folder = Path(tempfile.mkdtemp(prefix="colloquy-test-")).resolve()
    folder.chmod(0o711)
    yield folder / "data"
    shutil.rmtree(folder)


@pytest.fixture
def elsewhere() -> Iterator[Path]:
    """Where root's Postgres goes when its account can't reach; what the test leaves is removed."""
    before = set(ELSEWHERE.glob("*"))
    yield ELSEWHERE
    for path in set(ELSEWHERE.glob("*")) - before:
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def run_psql(data: Path, query: str) -> str:
    place = embedded.connection(data)
    command = [embedded.binaries() / "psql", "-XAtqc", query]
    where = ["-h", place["HOST"], "-U", place["USER"], "-d", place["NAME"]]
    environ = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    result = subprocess.run(
        [*command, *where], capture_output=True, text=True, env=environ, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


@pytest.fixture
def psql() -> Callable[[Path, str], str]:
    """Ask the server of a data folder as any user of it would."""
    return run_psql


@pytest.fixture(scope="session")
def made_once() -> Iterator[Path]:
    """A cluster to copy: making one takes most of a second of every start on a fresh folder."""
    folder = Path(tempfile.mkdtemp(prefix="colloquy-test-")).resolve()
    folder.chmod(0o711)
    with embedded.attached(folder / "data"):
        pass
    yield folder / "data/postgres"
    shutil.rmtree(folder)


@pytest.fixture
def made(data: Path, made_once: Path) -> Path:
    """A data folder whose cluster is made already; nothing runs."""
    data.mkdir()
    subprocess.run(["cp", "-a", made_once, data / "postgres"], check=True)
    return data
