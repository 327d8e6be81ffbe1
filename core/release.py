"""What pages are made by: a digest of the code, the templates and the settings of this process.

A page that another release made, or other settings, is not handed out by this one.
"""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any, Final

import django
from django.conf import settings
from django.core.signals import setting_changed
from django.dispatch import receiver

ROOT: Final = Path(__file__).resolve().parent.parent
MADE_OF: Final = (
    "core/**/*.py", "blog/**/*.py", "comments/**/*.py", "moderation/**/*.py", "config/**/*.py",
    "templates/**/*.html", "static/*",
)  # fmt: skip


@cache
def release() -> str:
    """The digest; read once in a process."""
    digest = hashlib.sha256(f"{django.VERSION} {_files()} {_settings()}".encode())
    return digest.hexdigest()[:40]


@cache
def _files() -> str:
    digest = hashlib.sha256()
    for path in sorted(path for pattern in MADE_OF for path in ROOT.glob(pattern)):
        if path.is_file():
            digest.update(f"{path.name}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def _settings() -> str:
    named = {name: getattr(settings, name) for name in dir(settings) if name.isupper()}
    return json.dumps(named, default=_plain, sort_keys=True)


def _plain(value: Any) -> Any:
    return sorted(map(str, value)) if isinstance(value, set | frozenset) else type(value).__name__


@receiver(setting_changed)
def _forget(**_: Any) -> None:
    release.cache_clear()
