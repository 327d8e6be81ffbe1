"""Which sizes a picture has, and where they are: known from its width before any is made."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

WIDTHS: Final = (480, 960, 1600)
KEY: Final = "[0-9a-f]{16}"
# What a text names a picture by: its folder, or one of its sizes.
ADDRESS: Final = re.compile(rf"/pictures/({KEY})/(?:\d+\.webp)?")
# The column of a post: 42rem of 17px, less its margins. See body in static/site.css.
SIZES: Final = "(max-width: 714px) calc(100vw - 42px), 672px"


class Size(NamedTuple):
    """Width and height in pixels, upright."""

    width: int
    height: int

    def at(self, width: int) -> "Size":
        """The same picture so wide."""
        return Size(width, max(1, round(self.height * width / self.width)))


def widths_of(size: Size) -> list[int]:
    """The widths that are made of a picture, the last the largest; none wider than it is."""
    return [*(width for width in WIDTHS if width < size.width), *[size.width][: size.width <= 1600]]


def largest(size: Size) -> Size:
    """The size that a page reserves room for."""
    return size.at(widths_of(size)[-1])


def address(key: str, width: int | None = None) -> str:
    """Where one size is; without a width, what a text names the picture by."""
    return f"/pictures/{key}/" + (f"{width}.webp" if width else "")


def keys_in(text: str) -> set[str]:
    """The pictures that a text names."""
    return set(ADDRESS.findall(text))


def attributes(key: str, size: Size) -> Iterator[tuple[str, str]]:
    """What an img of this picture says, beside its alternative text."""
    widths = widths_of(size)
    shown = next((width for width in widths if width >= 960), widths[-1])
    yield "src", address(key, shown)
    yield "srcset", ", ".join(f"{address(key, width)} {width}w" for width in widths)
    yield "sizes", SIZES
    yield "width", str(largest(size).width)
    yield "height", str(largest(size).height)
