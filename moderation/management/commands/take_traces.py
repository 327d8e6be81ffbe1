"""Take the traces of comments that came by import, or from before an upgrade."""

from typing import Any, TextIO

from django.core.management.base import BaseCommand

from core.progress import Progress
from moderation.traces import stale, take_stale


class Command(BaseCommand):
    help = (
        "Take the sources and the fingerprint of every comment that lacks them, so that repeated"
        " links and texts are known. It may be ended at any time and run again; the worker does"
        " the same bit by bit. Exit 1 when some are left."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        stream: TextIO = self.stderr  # type: ignore[assignment]
        progress = Progress(stream, "Taking traces", stale().count())
        try:
            done = take_stale(progress.show)
        finally:
            progress.end()
        left = stale().count()
        self.stdout.write(f"{done} looked at, {left} left")
        if left:
            self.stdout.write("Those were changed meanwhile: run it again.")
            raise SystemExit(1)
