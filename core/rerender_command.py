"""The base of commands that make stored HTML anew after an upgrade that changed the pipeline."""

from types import ModuleType
from typing import Any, TextIO

from django.core.management.base import BaseCommand

from core.progress import Progress


class RerenderCommand(BaseCommand):
    """A subclass names the module whose `stale` are to be made anew by its `rerender`."""

    rendering: ModuleType

    def handle(self, *args: Any, **options: Any) -> None:
        stream: TextIO = self.stderr  # type: ignore[assignment]
        progress = Progress(stream, "Rendering", self.rendering.stale().count())
        try:
            done = self.rendering.rerender(progress.show)
        finally:
            progress.end()
        left = self.rendering.stale().count()
        self.stdout.write(f"{done - left} rendered, {left} left")
        if left:
            self.stdout.write("Those were changed meanwhile: run it again.")
            raise SystemExit(1)
