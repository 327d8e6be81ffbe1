"""What the dearest texts known cost beside prose of the same length, and whether that grows."""

import os
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
django.setup()

from bench.report import report  # noqa: E402
from comments import markdown, markup  # noqa: E402

PROSE = (
    "The argument, as far as I can see, turns on what *exactly* is meant by freedom: here & now,"
    ' or one day (see https://a.example/x).\n\n> So you said.\n\nI don\'t "agree" with that. '
)
LENGTH = 20_000
# What is dear to parse or to clean, in Markdown and in HTML; each is repeated to LENGTH.
DEAR = [
    "[", "![", "[]", "](", "[a](", "[a](<b", '[a](b "', "[a](http://a.b)", "[a.b](http://c.dd)",
    "*a ", "_a_ ", "**_", "*_", "a**b", "*`", "`a", "`]", "`\u202e", "<", "<http://a.b>", "<a>",
    "&", "&amp;", '"', "\\<", "\n\\", "a\n", "a\n\n", ">\n\n", "> \n\n", "\n``", "```\n",
    "1. ```\n", "- a\n", "-\n", "> " * 20 + "a\n\n", "- " * 20 + "a\n", "    a\n\n", "http://a.b ",
    "http://", "http://a.b/(", "a.", "\u202e", "\u200b\u00ad", "e\u0301\u0301", "\u0301", "\u6f22",
    "](x)[", "`]`", "\t", "[*a](x)", "&lt;!--",
]  # fmt: skip
AT_MOST_TIMES_PROSE = 8
AT_MOST_WHEN_DOUBLED = 3


class Cost(NamedTuple):
    """Seconds of the processor for each stage."""

    markdown: float
    cleaning: float


def seconds(function: Callable[[str], str], text: str) -> float:
    """The best of three, since the machine has other work."""

    def once() -> float:
        began = time.thread_time()
        function(text)
        return time.thread_time() - began

    return min(once() for _ in range(3))


def cost(piece: str, length: int = LENGTH) -> Cost:
    """What a piece repeated to a length costs."""
    text = markup.normalise((piece * (length // len(piece) + 1))[:length])
    html = markup.show(markdown.to_html(text))
    parsing = seconds(lambda text: markup.show(markdown.to_html(text)), text)
    return Cost(parsing, seconds(markup.clean, html))


def growth(half: Cost, whole: Cost, prose: float) -> float:
    """How much dearer twice the length is; what takes next to no time doubles by chance."""
    return max(after / max(before, prose / 10) for before, after in zip(half, whole, strict=True))


def main() -> int:
    prose = sum(cost(PROSE))
    whole = {piece: cost(piece) for piece in DEAR}
    growths = {piece: growth(cost(piece, LENGTH // 2), whole[piece], prose) for piece in DEAR}
    metrics = {
        "prose_ms": prose * 1000,
        "worst_markdown_ms": max(one.markdown for one in whole.values()) * 1000,
        "worst_cleaning_ms": max(one.cleaning for one in whole.values()) * 1000,
        "worst_times_prose": max(max(one) for one in whole.values()) / prose,
        "worst_growth_when_doubled": max(growths.values()),
    }
    held = (
        metrics["worst_times_prose"] < AT_MOST_TIMES_PROSE
        and metrics["worst_growth_when_doubled"] < AT_MOST_WHEN_DOUBLED
    )
    return report("text", metrics, held)


if __name__ == "__main__":
    sys.exit(main())
