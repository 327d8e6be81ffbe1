"""Which sizes a picture has, and where they are: known from its width before any is made."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

WIDTHS: Final = (480, 960, 1600)
KEY: Final = "[0-9a-f]{16}"
# What a text names a picture by: its folder, or one of its sizes.
ADDRESS: Final = re.compile(rf"/pictures/({KEY})/(?:\d+\.webp)?")
# How wide a picture is at most: the column of a post by html and body of static/site.css, at each
# of its widths (a browser test compares). In rem as `sizes` takes them: of the size that the reader
# chose, of which the sheet makes its own.
SMALL: Final = 1.0625
LARGE: Final = 1.125
SIZES: Final = (
    f"(min-width: 48rem) {(40 - 2.5) * LARGE}rem, (min-width: {42 * SMALL}rem)"
    f" {(42 - 2.5) * SMALL}rem, (min-width: 30.01rem) calc(100vw - {2.5 * SMALL}rem),"
    f" calc(100vw - {2 * SMALL}rem)"
)


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
