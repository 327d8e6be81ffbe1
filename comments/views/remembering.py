"""What a reader asks this site to remember, or to forget: the last visit, who one is, what one
follows.
"""

import re
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.cache import add_never_cache_headers
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from blog.models import Post
from comments import commenters, subscriptions, visits
from comments.models import Comment, Commenter
from comments.numbers import PATTERN
from core.guards import comes_from_here, make_stamp, stamped_at

VISIT = "visit"


@method_decorator(csrf_exempt, name="dispatch")  # Origin and stamp stand in: core.guards
@method_decorator(never_cache, name="dispatch")
class ButtonView(View):
    """A button under a post, answered by the way back to its conversation."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, post_id: int) -> HttpResponse:
        if not comes_from_here(request):
            raise PermissionDenied
        post = get_object_or_404(Post.objects.published(), pk=post_id)
        response = redirect(f"{post.get_absolute_url()}#comments")
        self.press(response, post)
        return response

    def press(self, response: HttpResponse, post: Post) -> None:
        """Do to the response what the button is for."""
        raise NotImplementedError


class VisitView(ButtonView):
    """Everything published after the page with this button was made is new from now on."""

    def press(self, response: HttpResponse, post: Post) -> None:
        at = stamped_at(self.request.POST.get("stamp", ""), VISIT, post.pk)
        if at is None:
            raise PermissionDenied
        visits.record_visit(self.request, response, post.pk, at)


class ForgetView(ButtonView):
    """This browser is nobody's again, and has been nowhere."""

    def press(self, response: HttpResponse, post: Post) -> None:
        for cookie in (commenters.COOKIE, visits.COOKIE):
            response.delete_cookie(cookie, samesite="Lax")


class FollowView(ButtonView):
    """A commenter with a confirmed address is told by mail of new comments from now on, or no more.

    `branch` is the number of the comment it begins with, or empty for all under the post; `stop`
    ends it. 403 without the cookie of such a commenter.
    """

    def press(self, response: HttpResponse, post: Post) -> None:
        commenter = commenters.commenter_of(self.request)
        if commenter is None or not commenter.is_confirmed:
            raise PermissionDenied
        branch = _branch(post, self.request.POST.get("branch", ""))
        act = subscriptions.unfollow if "stop" in self.request.POST else subscriptions.follow
        act(by=commenter, post=post, branch=branch)
        if branch is not None:
            response["Location"] = f"{branch.get_absolute_url()}branch/"


def _branch(post: Post, number: str) -> Comment | None:
    """The comment of a number, for everybody to see; None for no number."""
    if not re.fullmatch(PATTERN, number):
        return None
    seen = Comment.objects.filter(post=post).visible_to()
    branch: Comment = get_object_or_404(seen.select_related("post"), number=number)
    return branch


def offer_to_follow(
    commenter: Commenter | None, post: Post, branch: Comment | None = None
) -> dict[str, Any] | None:
    """What comments/follow.html shows to a commenter with a confirmed address; None to others.

    One query for such a commenter. The page has to be private.
    """
    if commenter is None or not commenter.is_confirmed or not post.is_published:
        return None
    here = {"branch": branch} if branch else {"post": post, "branch": None}
    return {
        "is_followed": commenter.subscriptions.filter(**here).exists(),
        "post": post,
        "branch": branch,
    }


def visit_stamp(post: Post) -> str:
    """What the button's form carries: when this page was made."""
    return make_stamp(VISIT, post.pk)


def is_personal(request: HttpRequest) -> bool:
    """Whether the request says who its reader is or was: its answer belongs to no cache."""
    return not {commenters.COOKIE, visits.COOKIE}.isdisjoint(request.COOKIES)


def keep_private(request: HttpRequest, response: HttpResponseBase, known: Commenter | None) -> None:
    """Let nobody else see or index an answer to a personal request; clear what led to nobody."""
    if is_personal(request):
        add_never_cache_headers(response)
        response["X-Robots-Tag"] = "noindex"
        commenters.settle(request, response, known)
        visits.settle(request, response)
