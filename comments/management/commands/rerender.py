"""Make the HTML of all comments anew after an upgrade that changed the pipeline."""

from typing import Any, TextIO

from django.core.management.base import BaseCommand

from comments.rerendering import rerender, stale
from core.progress import Progress


class Command(BaseCommand):
    help = (
        "Render the comments whose HTML another version of the pipeline made."
        " It may be ended at any time and run again. Exit 1 when some are left."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        stream: TextIO = self.stderr  # type: ignore[assignment]
        progress = Progress(stream, "Rendering", stale().count())
        try:
            done = rerender(progress.show)
        finally:
            progress.end()
        left = stale().count()
        self.stdout.write(f"{done - left} rendered, {left} left")
        if left:
            self.stdout.write("Those were changed meanwhile: run it again.")
            raise SystemExit(1)
