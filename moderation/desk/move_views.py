"""Moving a branch: where to, what would move, and the button that does it."""

from typing import Any, Final

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from blog.models import Post
from comments.errors import CommentError
from comments.models import Comment
from moderation.desk.moving import (
    NotMovable,
    Target,
    count_by_status,
    find_target,
    move_branch,
    why_not_moved,
)
from moderation.desk.views import number_in
from moderation.permissions import NotAllowed, may_sanction, moderatable
from moderation.post_field import PostField

NOT_YOURS: Final = {"not_there": "There is no post of yours with this address."}
INPUT: Final = {"id": "move-post", "required": True}


@require_http_methods(["GET", "HEAD", "POST"])
def move_page(request: HttpRequest, comment_id: int) -> HttpResponse:
    """A form that asks where to; with `post` in the address a preview with the button.

    Template: moderation/move.html; context: `comment`, `post_input`, `target`, `counts`,
    `problem`.
    """
    user: Any = request.user
    comments = moderatable(user).select_related("post", "parent")
    comment: Comment = get_object_or_404(comments, pk=comment_id)
    given = request.POST if request.method == "POST" else request.GET
    asked = PostField(posts=Post.objects.all())
    if not may_sanction(user, None):
        asked = PostField(posts=Post.objects.filter(author=user), error_messages=NOT_YOURS)
    target, problem = _target(comment, asked, given) if given.get("post") else (None, "")
    if request.method == "POST" and target is not None and not problem:
        return _move(request, comment, target)
    widget: Any = asked.widget
    context = {
        **admin.site.each_context(request),
        "title": "Move a branch",
        "comment": comment,
        "post_input": widget.render("post", given.get("post", ""), INPUT),
        "number": given.get("number", ""),
        "target": target,
        "counts": count_by_status(comment),
        "problem": problem,
    }
    return render(request, "moderation/move.html", context, status=400 if problem else 200)


def _target(comment: Comment, asked: PostField, given: Any) -> tuple[Target | None, str]:
    try:
        post: Any = asked.clean(given["post"])
        target = find_target(post, given.get("number", ""))
    except ValidationError as error:
        return None, " ".join(error.messages)
    except NotMovable as error:
        return None, str(error)
    return target, why_not_moved(comment, target)


def _move(request: HttpRequest, comment: Comment, target: Target) -> HttpResponse:
    user: Any = request.user
    version = number_in(request.POST.get("version", ""))
    try:
        head = move_branch(comment_id=comment.pk, version=version, target=target, by=user)
    except (NotAllowed, Comment.DoesNotExist) as error:
        raise Http404 from error
    except CommentError as error:
        messages.error(request, str(error))
    else:
        number = f"as #{head.number} " if head.number else ""
        messages.success(request, f"Moved: it stands {number}under “{head.post.title}” now.")
    return redirect("moderation:card", comment.pk)
