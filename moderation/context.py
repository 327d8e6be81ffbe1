"""What the admin's pages show of the queue, wherever they are."""

from collections.abc import Callable, Mapping

from django.http import HttpRequest

from moderation.desk.queue import APPEALS, OWED, REPORTED, WAITING, count_tabs
from moderation.permissions import may_open_queue


def queue(request: HttpRequest) -> dict[str, Callable[[], dict[str, int] | None]]:
    """Context processor: `queue_summary`, which queries only where a template asks for it.

    It is None for who has no queue, else the numbers of comments as `waiting`, `reported`,
    `appeals`, `owed`, and `open` for the first two. One query.
    """

    def queue_summary() -> dict[str, int] | None:
        if not may_open_queue(request.user):
            return None
        return summary_of(count_tabs(request.user, WAITING, REPORTED, APPEALS, OWED))

    return {"queue_summary": queue_summary}


def summary_of(counted: Mapping[str, int]) -> dict[str, int]:
    """The same of numbers that are known already."""
    return {
        **{tab: counted[tab] for tab in (REPORTED, APPEALS, OWED)},
        "waiting": counted[WAITING],
        "open": counted[WAITING] + counted[REPORTED],
    }
