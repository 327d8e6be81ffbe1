"""What the admin's pages show of the queue, wherever they are."""

from collections.abc import Callable

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
        counted = count_tabs(request.user, WAITING, REPORTED, APPEALS, OWED)
        return {
            **counted,
            "waiting": counted[WAITING],
            "open": counted[WAITING] + counted[REPORTED],
        }

    return {"queue_summary": queue_summary}
