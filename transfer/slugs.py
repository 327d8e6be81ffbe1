"""Slugs out of other blogs' addresses and titles."""

import re
from collections.abc import Container
from itertools import count
from typing import Final
from urllib.parse import unquote

from django.db.models import Model

CUT_ESCAPE: Final = re.compile(r"%[0-9a-fA-F]?\Z")  # where a column's width cut one in two
NO_WORD: Final = re.compile(r"[^\w-]+")
HYPHENS: Final = re.compile(r"-{2,}")


def clean_slug(text: str) -> str:
    """Letters, digits and single hyphens of any script; percent escapes are resolved first."""
    decoded = unquote(CUT_ESCAPE.sub("", text), errors="ignore").casefold()
    return HYPHENS.sub("-", NO_WORD.sub("-", decoded)).strip("-")


def free_slug(model: type[Model], wanted: str, *, longest: int, avoid: Container[str] = ()) -> str:
    """`wanted`, or with -2, -3 … where another row of `model` or `avoid` has it."""
    wanted = wanted[: longest - 7]  # room for a number
    rows = model._default_manager.filter(slug__startswith=wanted)
    taken = set(rows.values_list("slug", flat=True))
    for number in count(1):
        slug = wanted if number == 1 else f"{wanted}-{number}"
        if slug not in taken and slug not in avoid:
            return slug
    raise AssertionError("count() has no end")
