"""Slowing a branch, or all of a conversation, from the page of a comment in the queue."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from blog.models import Post
from comments.errors import CommentError
from comments.models import Comment
from moderation.people.brakes import (
    lift_slow_mode,
    lift_slow_mode_of_post,
    slow_branch,
    slow_post,
)
from moderation.permissions import NotAllowed


@require_POST
def slow_branch_page(request: HttpRequest, comment_id: int) -> HttpResponse:
    """Slow the branch of a comment, or its post for `scope` "post", to the `minutes` given."""
    typed = request.POST.get("minutes", "").strip()
    minutes = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else 0
    by: Any = request.user

    def slow() -> str:
        if _is_about_post(request):
            slow_post(post_id=_post_of(comment_id), minutes=minutes, by=by)
        else:
            slow_branch(comment_id=comment_id, minutes=minutes, by=by)
        return f"Slowed: one comment in {minutes} minutes for each person."

    return _do(request, comment_id, slow)


@require_POST
def lift_slow_mode_page(request: HttpRequest, comment_id: int) -> HttpResponse:
    """Let the branch of a comment, or its post for `scope` "post", run again."""
    by: Any = request.user

    def lift() -> str:
        if _is_about_post(request):
            lift_slow_mode_of_post(post_id=_post_of(comment_id), by=by)
        else:
            lift_slow_mode(comment_id=comment_id, by=by)
        return "No longer slowed."

    return _do(request, comment_id, lift)


def _is_about_post(request: HttpRequest) -> bool:
    return request.POST.get("scope") == "post"


def _post_of(comment_id: int) -> int:
    return get_object_or_404(Comment, pk=comment_id).post_id


def _do(request: HttpRequest, comment_id: int, act: Callable[[], str]) -> HttpResponse:
    try:
        messages.success(request, act())
    except (NotAllowed, Comment.DoesNotExist, Post.DoesNotExist) as error:
        raise Http404 from error
    except CommentError as error:
        messages.error(request, str(error))
    return redirect("moderation:card", comment_id)
