"""What the admin's pages show of the queue, wherever they are."""

from collections.abc import Callable

from django.http import HttpRequest

from comments.status import Status
from moderation.permissions import may_open_queue
from moderation.queue import REPORTED, count_tabs


def queue(request: HttpRequest) -> dict[str, Callable[[], dict[str, int] | None]]:
    """Context processor: `queue_summary`, which queries only where a template asks for it.

    It is None for who has no queue, else the numbers of comments as `waiting`, `reported`, and
    `open` for both. One query.
    """

    def queue_summary() -> dict[str, int] | None:
        if not may_open_queue(request.user):
            return None
        counted = count_tabs(request.user, Status.PENDING, REPORTED)
        waiting, reported = counted[Status.PENDING], counted[REPORTED]
        return {"waiting": waiting, "reported": reported, "open": waiting + reported}

    return {"queue_summary": queue_summary}
