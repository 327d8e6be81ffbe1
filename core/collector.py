"""Python's collector of circular garbage, kept from work that makes very many objects."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_lock = Lock()
_resting = 0


@contextmanager
def at_rest() -> Iterator[None]:
    """No collection meanwhile, in any thread; for some tenths of a second.

    Rows made into objects in a moment bring the collector to look through the whole process again
    and again, for nothing: none of them is garbage yet, and they leave without it.
    """
    global _resting  # noqa: PLW0603 (a count of those inside, under its lock)
    with _lock:
        _resting += 1
        gc.disable()
    try:
        yield
    finally:
        with _lock:
            _resting -= 1
            if not _resting:
                gc.enable()
