"""Bring a WordPress export into the site."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from comments.errors import TreeBusy
from core.progress import Progress
from transfer.models import ImportedItem
from transfer.wordpress import WordPressImport
from transfer.wxr import Export, NotAnExport

if TYPE_CHECKING:
    from django.contrib.auth.models import User

LOCK = 0x575852  # one import at a time: two could make the same tag or account


class Command(BaseCommand):
    help = (
        "Bring posts, pages, tags and comments of a WordPress export (WXR) into the site. "
        "What came before stays as it is here; a newer export adds what is new."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="the XML file of Tools > Export in WordPress, unpacked")
        parser.add_argument(
            "--author",
            metavar="USERNAME",
            help="the account that all posts will belong to; without it each WordPress author "
            "becomes an account that can't sign in",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if ImportedItem._meta.db_table not in connection.introspection.table_names():
            raise CommandError("This database has no site yet: run `migrate` first.")
        author = _find_author(options["author"])
        path = Path(options["file"])
        try:
            file = path.open("rb")
        except OSError as error:
            raise CommandError(f"{path} can't be read: {error.strerror}.") from error
        with file:
            if not file.seekable():
                raise CommandError(f"{path} is no file: it is read twice, so save it as one first.")
            _take_lock()
            try:
                self.stdout.write(self._import(path, file, author))
            finally:
                _give_lock_back()

    def _import(self, path: Path, file: BinaryIO, author: "User | None") -> str:
        work = WordPressImport(Export(file), author)
        size = path.stat().st_size
        stream: TextIO = self.stderr  # type: ignore[assignment]
        try:
            _with_progress(work.check, stream, "Checking", size)
        except NotAnExport as error:
            raise CommandError(f"{path.name}, {error}. Nothing was imported.") from error
        except OSError as error:
            raise CommandError(f"{path} can't be read: {error.strerror}.") from error
        try:
            _with_progress(work.run, stream, "Importing", size)
        except TreeBusy as error:
            raise CommandError(f"{error} What is in so far stays; run it again.") from error
        except (NotAnExport, OSError) as error:
            reason = "The file has changed since it was checked"
            raise CommandError(f"{reason}: {error}. What is in so far stays.") from error
        return f"Imported {path.name}.\n\n{work.report}"


def _with_progress(step: Any, stream: TextIO, what: str, size: int) -> None:
    progress = Progress(stream, what, size)
    try:
        step(progress.show)
    finally:
        progress.end()


def _find_author(username: str | None) -> "User | None":
    if username is None:
        return None
    user = get_user_model().objects.filter(username=username).first()
    if user is None:
        raise CommandError(f"There is no account named {username}.")
    return user


def _take_lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            raise CommandError("Another import is running; wait until it has ended.")


def _give_lock_back() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
