"""Small charts as SVG, drawn by the server out of numbers alone."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

HEIGHT: Final = 120
STEP: Final = 20
BAR: Final = 14

Bars = Sequence[tuple[datetime, float, float]]  # a week with its whole and the part of it


def bars(title: str, weeks: Bars) -> SafeString:
    """A bar for each week; the darker part of it is the second number."""
    most = max((whole for _, whole, _ in weeks), default=0) or 1
    drawn = format_html_join(
        "\n",
        '<rect class="whole" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>'
        '<rect class="part" x="{}" y="{}" width="{}" height="{}"></rect>',
        (
            (*_box(place, whole / most), _words(week, whole, part), *_box(place, part / most))
            for place, (week, whole, part) in enumerate(weeks)
        ),
    )
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        len(weeks) * STEP,
        HEIGHT,
        f"{title}: from {weeks[0][0]:%Y-%m-%d}, at most {most:g} in a week" if weeks else title,
        drawn,
    )


def _box(place: int, share: float) -> tuple[int, str, int, str]:
    height = share * (HEIGHT - 4)
    return place * STEP, f"{HEIGHT - height:.1f}", BAR, f"{height:.1f}"


def _words(week: datetime, whole: float, part: float) -> str:
    return f"{week:%Y-%m-%d}: {whole:g}" + (f", of these {part:g}" if part else "")
