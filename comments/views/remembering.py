"""What a reader asks this site to remember, or to forget: the last visit, and who one is."""

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
from comments import commenters, visits
from comments.models import Commenter
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
