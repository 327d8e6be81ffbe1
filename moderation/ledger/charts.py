"""Small charts as SVG, drawn by the server out of numbers alone."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

HEIGHT: Final = 120
STEP: Final = 20
BAR: Final = 14

Bars = Sequence[tuple[datetime, float, float]]  # a week with its whole and the part of it


def count(number: float) -> str:
    """A number as it is read."""
    return f"{number:,.0f}"


def bars(title: str, weeks: Bars, say: Callable[[float], str] = count) -> SafeString:
    """A bar for each week, its lower, stronger part the second number; what it spans, in words.

    `say` puts a number into words.
    """
    most = max((whole for _, whole, _ in weeks), default=0) or 1
    drawn = format_html_join(
        "\n",
        '<rect class="whole" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>'
        '<rect class="part" x="{}" y="{}" width="{}" height="{}"></rect>',
        (
            (
                *_box(place, whole / most),
                _words(week, say(whole), say(part) if part else ""),
                *_box(place, part / most),
            )
            for place, (week, whole, part) in enumerate(weeks)
        ),
    )
    spans = _spans(weeks, say)
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}: {}">{}</svg>'
        '<p class="help">{}.</p>',
        len(weeks) * STEP, HEIGHT, title, spans, drawn, spans[:1].upper() + spans[1:],
    )  # fmt: skip


def _spans(weeks: Bars, say: Callable[[float], str]) -> str:
    most = max((whole for _, whole, _ in weeks), default=0)
    if not most:
        return f"nothing in {len(weeks)} weeks"
    return f"{len(weeks)} weeks from {weeks[0][0]:%-d %B %Y}, the highest bar is {say(most)}"


def _box(place: int, share: float) -> tuple[int, str, int, str]:
    height = share * (HEIGHT - 4)
    return place * STEP, f"{HEIGHT - height:.1f}", BAR, f"{height:.1f}"


def _words(week: datetime, whole: str, part: str) -> str:
    return f"{week:%-d %B %Y}: {whole}" + (f", of these {part}" if part else "")
