"""How the worker hears that it is to end, and that it then waits for no database that is away."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from typing import Any, Final, TypeVar

from psycopg_pool import AsyncConnectionPool, PoolTimeout

T = TypeVar("T")

# Seconds that a worker which is told to end waits for a connection: the first time, so that a
# database that answers gets to know what became of the job at hand, and after that was in vain.
PATIENCE: Final = 1.5
NO_MORE: Final = 0.1


class ToldToEnd:
    """Keeps a signal until there is somebody to be told."""

    def __init__(self) -> None:
        self.is_so = False
        self._tells: list[Callable[[], Any]] = []

    def note(self) -> None:
        """Told once, a worker lets its jobs end; told once more, it would cancel them."""
        if not self.is_so:
            self.is_so = True
            for tell in self._tells:
                tell()

    @contextmanager
    def passed_on(self, tell: Callable[[], Any]) -> Iterator[None]:
        """What came before is passed on at once."""
        self._tells.append(tell)
        if self.is_so:
            tell()
        try:
            yield
        finally:
            self._tells.remove(tell)


@contextmanager
def signals_kept() -> Iterator[ToldToEnd]:
    """While connections are opened or closed a signal only waits.

    An exception out of a signal's handler cancels what runs in the loop, and the pool of
    connections takes that for a connection that failed and tries again, for ever.
    """
    told_to_end = ToldToEnd()
    before = {}
    if current_thread() is main_thread():  # no other may have handlers
        for number in (signal.SIGINT, signal.SIGTERM):
            before[number] = signal.signal(number, lambda *_: told_to_end.note())
    try:
        yield told_to_end
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Pool(AsyncConnectionPool[Any]):
    """Connections of the worker, for which nobody waits half a minute once `hurry` was called."""

    _patience: float | None = None
    _waits: set[asyncio.Timeout]

    def hurry(self) -> None:
        """From now on, and for whoever waits already."""
        self._patience = PATIENCE
        until = asyncio.get_running_loop().time() + PATIENCE
        for wait in self._waits:
            wait.reschedule(until)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._waits = set()
        super().__init__(*arguments, **options)

    async def open(self, wait: bool = False, timeout: float = 30.0) -> None:
        """See AsyncConnectionPool; closed again if it took too long."""
        try:
            await self._in_time(super().open(wait, timeout))
        except PoolTimeout:
            await self.close()
            raise

    async def getconn(self, timeout: float | None = None) -> Any:
        """See AsyncConnectionPool."""
        return await self._in_time(super().getconn(timeout))

    async def close(self, timeout: float = 5.0) -> None:
        """See AsyncConnectionPool."""
        await super().close(timeout if self._patience is None else self._patience)

    async def _in_time(self, waiting: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(self._patience) as limit:
                self._waits.add(limit)
                try:
                    return await waiting
                finally:
                    self._waits.discard(limit)
        except TimeoutError as error:
            self._patience = NO_MORE
            raise PoolTimeout("no connection in the time left before the end") from error
