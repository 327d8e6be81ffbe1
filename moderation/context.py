"""What the admin's pages show of the queue, wherever they are."""

from collections.abc import Callable

from django.http import HttpRequest

from comments.status import Status
from moderation.permissions import may_open_queue, moderatable


def queue(request: HttpRequest) -> dict[str, Callable[[], dict[str, int] | None]]:
    """Context processor: `queue_summary`, which queries only where a template asks for it.

    It is None for who has no queue, else `{"waiting": number of comments}`. One query.
    """

    def queue_summary() -> dict[str, int] | None:
        if not may_open_queue(request.user):
            return None
        waiting = moderatable(request.user).filter(status=Status.PENDING)
        return {"waiting": waiting.count()}

    return {"queue_summary": queue_summary}
