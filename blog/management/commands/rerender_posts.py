"""Make the HTML of all posts anew after an upgrade that changed the pipeline."""

from typing import Any, TextIO

from django.core.management.base import BaseCommand

from blog.rerendering import rerender, stale
from core.progress import Progress


class Command(BaseCommand):
    help = (
        "Render the posts whose HTML another version of the pipeline made."
        " It may be ended at any time and run again."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        stream: TextIO = self.stderr  # type: ignore[assignment]
        progress = Progress(stream, "Rendering", stale().count())
        try:
            done = rerender(progress.show)
        finally:
            progress.end()
        self.stdout.write(f"{done} rendered, {stale().count()} left")
