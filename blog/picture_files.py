"""Where the files of pictures lie. What is below `public` may be served by anybody, nothing else.

The addresses of blog.picture_sizes are paths below `public`, so that a web server can hand the
files out by itself.
"""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from django.conf import settings

NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL


def original(key: str) -> Path:
    """As it was uploaded, with all that its camera wrote into it; nothing serves it."""
    return _root() / "originals" / key


def folder(key: str) -> Path:
    """What is made of a picture."""
    return _root() / "public" / "pictures" / key


def made(key: str, width: int) -> Path:
    """One size of a picture."""
    return folder(key) / f"{width}.webp"


def keep_original(key: str, chunks: Iterable[bytes]) -> None:
    """Write an upload down, readable for nobody else on this machine."""
    place = original(key)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(place, NEW, 0o600), "wb") as file:
        for chunk in chunks:
            file.write(chunk)


def keep_made(key: str, width: int, content: bytes) -> None:
    """Write one size down, whole or not at all; a web server of another account may read it."""
    place = made(key, width)
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_suffix(f".{os.getpid()}.part")
    part.write_bytes(content)
    part.chmod(0o644)
    for above in (place.parent, place.parent.parent, place.parent.parent.parent):
        above.chmod(0o755)
    part.replace(place)


def remove(key: str) -> None:
    """Original and sizes; it is no error if they are gone."""
    original(key).unlink(missing_ok=True)
    shutil.rmtree(folder(key), ignore_errors=True)


def keys_older_than(moment: float) -> set[str]:
    """The pictures with files that were begun before a time, in seconds since 1970."""
    places = [*(_root() / "originals").glob("*"), *(_root() / "public" / "pictures").glob("*")]
    return {place.name for place in places if place.stat().st_mtime < moment}


def _root() -> Path:
    return Path(settings.MEDIA_ROOT)
