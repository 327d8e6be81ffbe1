"""Slowing a whole conversation, from the page of one of its comments at the desk."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from blog.models import Post
from comments.errors import CommentError
from moderation.desk.braking import Terms
from moderation.desk.slowing import end_slow_mode_of_post, slow_post
from moderation.desk.views import READ, number_in, words_in_vain
from moderation.permissions import NotAllowed, moderatable


@require_POST
def slow_post_page(request: HttpRequest, comment_id: int) -> HttpResponse:
    """Slow all under the post of a comment by `minutes`, `why`, `until`, `clause` and `brake`."""
    by: Any = request.user

    def slow(post_id: int) -> str:
        terms = {name: READ[name](request) for name in ("minutes", "reason", "until", "clause")}
        seen = number_in(request.POST.get("brake", ""))
        slow_post(post_id=post_id, by=by, terms=Terms(**terms), brake=seen)
        return "The conversation is slowed."

    return _do(request, comment_id, slow)


@require_POST
def end_slow_mode_of_post_page(request: HttpRequest, comment_id: int) -> HttpResponse:
    """Let all under the post of a comment run again."""
    by: Any = request.user

    def end(post_id: int) -> str:
        end_slow_mode_of_post(post_id=post_id, by=by)
        return "The conversation is no longer slowed."

    return _do(request, comment_id, end)


def _do(request: HttpRequest, comment_id: int, act: Callable[[int], str]) -> HttpResponse:
    post_id: int = get_object_or_404(moderatable(request.user), pk=comment_id).post_id
    try:
        messages.success(request, act(post_id))
    except (NotAllowed, Post.DoesNotExist) as error:
        raise Http404 from error
    except CommentError as error:
        messages.error(request, f"{error}{words_in_vain(request)}")
    return redirect("moderation:card", comment_id)
