"""How far a long command is: a bar on a terminal, a line every few seconds elsewhere."""

import time
from typing import Final, TextIO

WIDTH: Final = 30
SECONDS_BETWEEN_LINES: Final = 5.0
SECONDS_BETWEEN_DRAWINGS: Final = 0.1


class Progress:
    """Shows `what` with the share done; `show` is cheap to call often."""

    def __init__(self, stream: TextIO, what: str, total: int) -> None:
        self.stream, self.what, self.total = stream, what, max(total, 1)
        self._is_terminal = stream.isatty()
        self._pause = SECONDS_BETWEEN_DRAWINGS if self._is_terminal else SECONDS_BETWEEN_LINES
        self._next = time.monotonic() + self._pause
        self._drawn = False

    def show(self, done: int) -> None:
        """Say that `done` of `total` is behind us, if it is time to say something again."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + self._pause
        share = min(done / self.total, 1.0)
        if self._is_terminal:
            bar = "#" * round(share * WIDTH)
            self.stream.write(f"\r{self.what} [{bar:<{WIDTH}}] {share:4.0%}")
            self._drawn = True
        else:
            self.stream.write(f"{self.what}: {share:.0%}\n")
        self.stream.flush()

    def end(self) -> None:
        """Clear the bar away."""
        if self._drawn:
            self.stream.write("\r" + " " * (len(self.what) + WIDTH + 8) + "\r")
            self.stream.flush()
