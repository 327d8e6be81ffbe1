"""The HTML of a long conversation in parts; those that did not change are kept, written and packed.

A part is kept with all that it was made of, and used again where that is equal, value for value: so
none can be stale. It ends behind a comment with a certain id: one more comment changes the part
that it stands in, and no other. What one reader alone may see is never kept.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from operator import attrgetter
from threading import Lock
from typing import Any, Final, NamedTuple

from blog.models import Post
from comments.models import Commenter
from comments.shown import Shown
from comments.thread import Entry, Pointer
from comments.thread_html import Thread, pointers_html
from core.packing import Part

LONG: Final = 256  # comments on a page; fewer are written as fast as looked up
ONE_IN: Final = 64  # comments end a part
MOST_BYTES: Final = 24 * 1024 * 1024  # of a worker's memory, about
WEIGHT: Final = 1_500  # what a comment takes beside its words, about

Slot = tuple[str, int]  # of which conversation, and with which comment it begins

# All that is written of a comment; of what it answers all but the words.
_of_entry = attrgetter(*(field.name for field in fields(Entry) if field.name != "parent"))
_of_parent = attrgetter("pk", "name", "number", "status")


class Kept(NamedTuple):
    """A part with what it was made of, and the bytes that both take."""

    made_of: tuple[Any, ...]
    part: Part
    weight: int


class Memory:
    """What one worker keeps, one part for each slot, the last used, bounded in bytes."""

    def __init__(self) -> None:
        self._parts: OrderedDict[Slot, Kept] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, slot: Slot, made_of: tuple[Any, ...]) -> Part | None:
        """The part that was made of just this."""
        with self._lock:
            found = self._parts.get(slot)
            if found is not None:
                self._parts.move_to_end(slot)
        return found.part if found is not None and found.made_of == made_of else None

    def put(self, slot: Slot, kept: Kept) -> None:
        """Keep it in place of what was there, and let go of what was used the longest ago."""
        with self._lock:
            before = self._parts.pop(slot, None)
            self._bytes += kept.weight - (before.weight if before else 0)
            self._parts[slot] = kept
            while self._bytes > MOST_BYTES:
                self._bytes -= self._parts.popitem(last=False)[1].weight

    def forget(self) -> None:
        """Begin with nothing."""
        with self._lock:
            self._parts.clear()
            self._bytes = 0


memory: Final = Memory()


def thread_parts(
    entries: Sequence[Entry],
    post: Post,
    moved: Iterable[Pointer] = (),
    reader: Commenter | None = None,
) -> list[Part]:
    """A conversation as everybody gets it, behind what `moved` away from its top; for a `reader`
    with what only they may see.
    """
    thread = Thread(post, reader)
    if len(entries) < LONG:
        pieces = [_written(thread, entries)] if entries else []
    else:
        pieces = [_part(thread, some) for some in _cut(entries)]
    end = thread.end if entries else ""
    return [Part(pointers_html(moved).encode()), *pieces, Part(end.encode())]


def _cut(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    some: list[Entry] = []
    for entry in entries:
        some.append(entry)
        if not entry.comment.pk % ONE_IN:
            yield some
            some = []
    if some:
        yield some


def _part(thread: Thread, entries: Sequence[Entry]) -> Part:
    if _is_for_one(thread, entries):
        return _written(thread, entries)
    slot = (thread.address, entries[0].comment.pk)
    above = [entry.parent and _of_parent(entry.parent) for entry in entries]
    made_of = (thread.made_of, above, list(map(_of_entry, entries)))
    part = memory.get(slot, made_of)
    if part is None:
        part = _written(thread, entries)
        if thread.reader_id is None:
            weight = sum([WEIGHT + 2 * len(entry.html) for entry in entries])
            memory.put(slot, Kept(made_of, part, weight))
    return part


def _is_for_one(thread: Thread, entries: Iterable[Entry]) -> bool:
    """Whether something is marked new or only for its writer, or is a model, and so can't be told
    from what it was before.
    """
    for entry in entries:
        if entry.is_new or not isinstance(entry.comment, Shown) or thread.is_own(entry):
            return True
    return False


def _written(thread: Thread, entries: Sequence[Entry]) -> Part:
    written = "".join(thread.pieces(entries))
    return Part(written.encode(), private=any(map(thread.is_own, entries)))
