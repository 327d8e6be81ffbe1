"""Settings from the environment: read, converted and refused in one place.

A variable `NAME` may be given as `NAME_FILE`, the path of a file that holds the value: for secrets.
"""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

PREFIX = "COLLOQUY_"


def text(name: str, default: str = "") -> str:
    """The value of COLLOQUY_<name>, or of the file that COLLOQUY_<name>_FILE names."""
    key = PREFIX + name
    if path := os.environ.get(key + "_FILE"):
        try:
            return Path(path).read_text().strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{key}_FILE names {path}: {error.strerror}.") from error
    return os.environ.get(key, default)


def flag(name: str, *, default: bool) -> bool:
    """True for 1, true, yes, on; False for 0, false, no, off."""
    value = text(name).lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    if value:
        raise ImproperlyConfigured(f"{PREFIX}{name} is {value!r}; use 1 or 0.")
    return default


def integer(name: str, default: int, *, at_least: int = 0, at_most: int | None = None) -> int:
    """A whole number, `at_least` or more, `at_most` or less."""
    value = text(name)
    try:
        number = int(value) if value else default
    except ValueError as error:
        raise ImproperlyConfigured(f"{PREFIX}{name} is {value!r}, not a whole number.") from error
    if number < at_least:
        raise ImproperlyConfigured(f"{PREFIX}{name} is {number}; it must be {at_least} or more.")
    if at_most is not None and number > at_most:
        raise ImproperlyConfigured(f"{PREFIX}{name} is {number}; it must be {at_most} or less.")
    return number


def words(name: str, default: str = "") -> list[str]:
    """A list, separated by commas or white space."""
    return text(name, default).replace(",", " ").split()


def choice(name: str, default: str, *, among: tuple[str, ...]) -> str:
    """One of a few words."""
    value = text(name) or default
    if value not in among:
        raise ImproperlyConfigured(f"{PREFIX}{name} is {value!r}; use {' or '.join(among)}.")
    return value
