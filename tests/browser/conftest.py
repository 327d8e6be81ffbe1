"""The site as `dev.py up` makes it from an empty folder, and headless Chromium to look at it."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import wraps
from itertools import count
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Locator, sync_playwright

from tests.browser.by_wire import ByWire
from tests.browser.desk import WAYS, Keys, numbers, public, signed_in
from tests.browser.people import Author, Reader, Watch

ROOT = Path(__file__).parent.parent.parent
SETTINGS = {"DJANGO_SETTINGS_MODULE": "config.settings.dev"}
OURS = ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "COLLOQUY_DATA")
FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-sync",
    "--no-first-run",
]


@dataclass(frozen=True)
class Site:
    """A site that is up."""

    address: str
    folder: Path
    environ: dict[str, str]
    inside: "subprocess.Popen[str]"

    def signin_link(self, user: str) -> str:
        return self._manage("signin_link", user, "--base", self.address)

    def count_no_flood(self) -> None:
        """All tests write from one network, under few names."""
        self._run("from moderation.models import Rule; Rule.objects.filter(kind='flood').delete()")

    def hold_conversation(self, size: int) -> str:
        """A post with so many comments of made-up words; its address."""
        return self._manage("demo_conversation", str(size))

    def bring(self, export: Path) -> None:
        """Import a WordPress export."""
        self._manage("import_wordpress", str(export))

    @contextmanager
    def unsettled(self) -> Iterator[None]:
        """As it was before anybody had given it a title and an author."""
        rows = "SiteSettings.objects.all()", "User.objects.filter(username='owner')"
        read = (
            "from django.core import serializers; from django.contrib.auth.models import User;"
            " from core.models import SiteSettings;"
        )
        dump = f"print(serializers.serialize('json', [*{rows[0]}, *{rows[1]}]))"
        kept = self._run(f"{read} {dump}; {rows[0]}.delete()")
        time.sleep(1.5)  # the server looks once a second whether the settings are still the same
        yield
        load = f"[one.save() for one in serializers.deserialize('json', {kept!r})]"
        self._run(f"{read} {rows[0]}.delete(); {load}")
        time.sleep(1.5)

    def up_again(self) -> str:
        """The link for the admin that `up` prints; the first one's ten minutes may be over."""
        command = [sys.executable, "dev.py", "up", "--data", str(self.folder)]
        said = subprocess.run(
            command, cwd=ROOT, env=self.environ, check=True, capture_output=True, text=True
        )
        return said.stdout.partition("admin: ")[2].strip()

    def clear_queue(self) -> None:
        """Delete what earlier modules left waiting, so that its first page shows what comes now."""
        self._run(
            "from comments import tree; from comments.errors import CommentError\n"
            "from comments.models import Comment\n"
            "for pk in Comment.objects.filter(status='pending', number=None).values_list('pk'):\n"
            "    try:\n"
            "        tree.delete_leaf(pk[0])\n"
            "    except CommentError:\n"  # answered by its own writer, who goes on
            "        pass"
        )

    def close_comments(self, post: str) -> None:
        """As the post's author does in the admin."""
        slug = post.strip("/").rpartition("/")[2]
        closing = f"filter(slug={slug!r}).update(comments_status='closed')"
        self._run(f"from blog.models import Post; Post.objects.{closing}")

    def has_address(self, user: str, address: str) -> None:
        """As an administrator adds it to an account."""
        self._run(
            "from django.contrib.auth import get_user_model as users;"
            f"users().objects.filter(username={user!r}).update(email={address!r})"
        )

    def decide_link(self, name: str, days_ago: int = 0) -> str:
        """As a mail to the author had it so many days ago, about the comment by `name`."""
        found = self._run(
            "import datetime, time_machine;"
            "from django.contrib.auth import get_user_model as users;"
            "from comments.models import Comment;"
            "from moderation.desk.deciding import make_address;"
            "user = users().objects.get(username='author');"
            f"comment = Comment.objects.get(name={name!r});"
            f"then = time_machine.travel(-datetime.timedelta(days={days_ago}), tick=True);"
            "then.start();"
            "print(make_address(comment, user));"
            "then.stop()"
        )
        return found.partition("//")[2].partition("/")[2]

    def _run(self, code: str) -> str:
        return self._manage("shell", "-v", "0", "-c", code)

    def _manage(self, *arguments: str) -> str:
        self.inside.stdin.write(json.dumps(arguments) + "\n")
        self.inside.stdin.flush()
        answer = json.loads(self.inside.stdout.readline())
        assert "error" not in answer, answer["error"]
        return answer["printed"].strip()


class Inbox:
    """Where the site's mails arrive."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    async def handle_DATA(self, server, session, envelope) -> str:
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"

    def wait_for(self, address: str, subject: str, seconds: int = 60) -> str:
        """The text of the mail to an address with these words in its subject."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for mail in self.mails:
                if mail["To"] == address and subject in mail["Subject"]:
                    return mail.get_body(("plain",)).get_content().replace("\r\n", "\n")
            time.sleep(0.2)
        raise AssertionError([(mail["To"], mail["Subject"]) for mail in self.mails])


@pytest.fixture(scope="session")
def inbox() -> Iterator[Inbox]:
    inbox = Inbox()
    controller = Controller(inbox, hostname="127.0.0.1", port=inbox.port)
    controller.start()
    yield inbox
    controller.stop()


@pytest.fixture(scope="session")
def site(inbox: Inbox) -> Iterator[Site]:
    with empty_folder() as folder:
        environ = {key: value for key, value in os.environ.items() if key not in OURS}
        environ.setdefault("COLLOQUY_PYTHON", sys.executable)  # it holds all that is needed
        environ["COLLOQUY_SMTP_HOST"], environ["COLLOQUY_SMTP_TLS"] = "127.0.0.1", "none"
        environ["COLLOQUY_SMTP_PORT"] = str(inbox.port)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = str(free.getsockname()[1])
        command = [sys.executable, "dev.py", "up", "--port", port, "--data", str(folder)]
        up = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True)
        try:
            said = [up.stdout.readline()]
            while said[-1] and not said[-1].startswith("admin: "):
                said.append(up.stdout.readline())
            found = dict(line.strip().split(": ", 1) for line in said if ": " in line)
            with inside(folder, environ) as process:
                site = Site(found["ready"], folder, environ, process)
                site.count_no_flood()
                yield site
        finally:
            up.send_signal(signal.SIGTERM)
            rest, _ = up.communicate(timeout=60)
        assert up.returncode == 0, f"dev.py up ended with {up.returncode} after {said} {rest}"
        assert processes_of(folder) == []


@contextmanager
def inside(folder: Path, environ: dict[str, str]) -> "Iterator[subprocess.Popen[str]]":
    """A process that runs management commands on the site."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.browser.inside"],
        cwd=ROOT, env={**environ, "COLLOQUY_DATA": str(folder), **SETTINGS}, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        yield process
        process.stdin.close()  # it leaves, and with it its share of the database


@contextmanager
def empty_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="colloquy-") as folder:
        # As root the server runs under another account, which must get through to its data.
        Path(folder).chmod(0o711)
        yield Path(folder).resolve()


def processes_of(folder: Path) -> list[str]:
    """What still runs with this folder in its command, its environment or as its place."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            traits = (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
            place = str((process / "cwd").readlink())
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue  # ended meanwhile, or another account's
        if os.fsencode(folder) in traits or place.startswith(str(folder)):
            found.append((process / "cmdline").read_text().replace("\0", " "))
    return found


@pytest.fixture(scope="session", autouse=True)
def acts_wait() -> Iterator[None]:
    """An act that leads to another page is over when that page is there, as `goto` is.

    Playwright's own ends with the first bytes of the answer, and what a test counts then may be
    half a page.
    """
    with pytest.MonkeyPatch.context() as patch:
        for act in (Locator.click, Locator.press, Locator.tap):
            patch.setattr(Locator, act.__name__, then_loaded(act))
        yield


def then_loaded(act):
    @wraps(act)
    def acting(locator, *args, **options):
        act(locator, *args, **options)
        locator.page.wait_for_load_state()

    return acting


@pytest.fixture(scope="module")  # while it is open, Django refuses the database to other tests
def chromium():
    program = os.environ.get("COLLOQUY_CHROMIUM") or shutil.which("chromium")
    assert program, "no browser: install chromium or name one in COLLOQUY_CHROMIUM"
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=flags)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def visit(site, chromium):
    """A context that holds a new visitor's browser; in the end nothing was complained about."""
    site.clear_queue()

    @contextmanager
    def visiting(**options):
        context = chromium.new_context(base_url=site.address, **options)
        context.set_default_timeout(30_000)
        watch = Watch(context, site.address)
        try:
            yield context
        finally:
            context.close()
        assert watch.complaints == []

    return visiting


@pytest.fixture
def context(visit):
    with visit() as context:
        yield context


@pytest.fixture
def reader(context):
    return Reader(context.new_page())


@pytest.fixture
def plain_reader(visit):
    """A reader whose browser runs no scripts."""
    with visit(java_script_enabled=False) as context:
        yield Reader(context.new_page())


@pytest.fixture
def other_visitor(visit):
    with visit(java_script_enabled=False) as context:
        yield Reader(context.new_page())


@pytest.fixture(scope="module")
def author(site, visit):
    """The demo's author: the role, no superuser, signed in by a one-time link."""
    with visit() as context:
        author = Author(context.new_page())
        author.sign_in(site.signin_link("author"))
        yield author


@pytest.fixture(scope="session")
def new_title():
    numbers = count(1)
    return lambda: f"Argument {next(numbers)}"


@pytest.fixture
def post(author, new_title):
    """The address of a new post, written in the admin."""
    return author.write_post(new_title(), status="published")


@pytest.fixture(scope="module")
def deep_post(author, new_title):
    """A post with a thread of ten levels, whose words and code are wider than a telephone.

    The first is long enough to be folded, and names a number that is yet to come.
    """
    address = author.write_post(new_title(), status="published")
    author.comment(address, "The first level; see #1.1.\n\n" + "Much more.\n\n" * 60)
    for level in range(1, 10):
        number = ".".join("1" * level)
        wide = f"Level {level + 1}: {'wide' * 60}\n\n```\n{'code ' * 60}\n```"
        author.comment(f"{address}c/{number}/reply/", wide)
    return address


@pytest.fixture(scope="module", params=WAYS)
def desk(request, site, visit):
    """The queue in each of the ways to use it."""
    kind, options = WAYS[request.param]
    with visit(**options) as context:
        yield kind(signed_in(context, site).page)


@pytest.fixture(scope="module")
def colleague(site, visit):
    """Somebody else at the desk, who uses keys."""
    with visit() as context:
        yield Keys(signed_in(context, site).page)


@pytest.fixture(scope="module")
def conversation(site, visit):
    """A post whose comments a module decides on."""
    with visit() as context:
        author = signed_in(context, site)
        return author.write_post(f"Desk {next(numbers)}", status="published")


@pytest.fixture(scope="session")
def by_wire(site):
    """A reader without a browser, who is quick."""
    return ByWire(site.address)


@pytest.fixture
def waiting(conversation, by_wire):
    """A comment that waits: the name of its writer, who tells nobody else's."""
    name = f"Writer {next(numbers)}"
    by_wire.comment(conversation, f"Sent by {name}. Some words more.", name=name)
    return name


@pytest.fixture
def is_read(conversation, plain_reader):
    """Whether a reader finds these words under the module's post by now."""
    return lambda words: words in public(plain_reader, conversation)
