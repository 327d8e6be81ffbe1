"""Slowing a branch from the page of its first comment in the queue."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from comments.errors import CommentError
from comments.models import Comment
from moderation.people.brakes import lift_slow_mode, slow_branch
from moderation.permissions import NotAllowed


@require_POST
def slow_branch_page(request: HttpRequest, comment_id: int) -> HttpResponse:
    """Slow the branch of a comment to the `minutes` given."""
    typed = request.POST.get("minutes", "").strip()
    minutes = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else 0

    def slow() -> str:
        slow_branch(comment_id=comment_id, minutes=minutes, by=request.user)  # type: ignore[arg-type]
        return f"Slowed: one comment in {minutes} minutes for each person."

    return _do(request, comment_id, slow)


@require_POST
def lift_slow_mode_page(request: HttpRequest, comment_id: int) -> HttpResponse:
    """Let the branch of a comment run again."""

    def lift() -> str:
        lift_slow_mode(comment_id=comment_id, by=request.user)  # type: ignore[arg-type]
        return "No longer slowed."

    return _do(request, comment_id, lift)


def _do(request: HttpRequest, comment_id: int, act: Callable[[], str]) -> HttpResponse:
    try:
        messages.success(request, act())
    except (NotAllowed, Comment.DoesNotExist) as error:
        raise Http404 from error
    except CommentError as error:
        messages.error(request, str(error))
    return redirect("moderation:card", comment_id)
