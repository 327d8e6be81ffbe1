"""Sending a comment: the form, on a page of its own or under a post, and what comes of it."""

from typing import Any

from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from blog.models import Post
from comments import intake
from comments.errors import CommentError
from comments.forms import CommentForm
from comments.models import Comment
from comments.numbers import find_place
from comments.views.own import status_address
from core.guards import comes_from_here, is_stamped, make_stamp
from core.network import network_digest

STAMP = "comment"
ELSEWHERE = "This form did not come from this site. Nothing is lost: please send it from here."
EXPIRED = "This form is older than 30 days. Nothing is lost: please send it again."
UNAVAILABLE = "The comment could not be stored just now. Nothing is lost: please send it again."


@method_decorator(csrf_exempt, name="dispatch")  # the stamp and Origin stand in: core.guards
@method_decorator(never_cache, name="dispatch")
class CommentFormView(View):
    """The form on a page of its own, for the post or for a reply; its POST sends the comment.

    Whatever goes wrong, the form comes back with the text in it. Template: comments/form.html;
    context: `post`, `parent`, `form`, `problem`.
    """

    kind = Post.Kind.POST

    def get(self, request: HttpRequest, slug: str, number: str = "") -> HttpResponse:
        post, parent = self._find(slug, number)
        return self._page(request, post, parent, empty_form(request, post))

    def post(self, request: HttpRequest, slug: str, number: str = "") -> HttpResponse:
        post, parent = self._find(slug, number)
        staff = _staff(request)
        form = CommentForm(_with_fresh_stamp(request, post), staff=staff is not None)
        problem, status = _refusal(request, post), 403
        if not problem and not form.is_valid():
            return self._page(request, post, parent, form, status=400)
        if not problem:
            try:
                comment = _send(request, post, parent, form)
            except CommentError as error:
                problem, status = str(error), 409
            except Error:
                intake.logger.exception("A comment could not be stored.")
                problem, status = UNAVAILABLE, 503
            else:
                return redirect(status_address(comment))
        return self._page(request, post, parent, form, problem=problem, status=status)

    def _find(self, slug: str, number: str) -> tuple[Post, Comment | None]:
        post = get_object_or_404(Post.objects.published(), slug=slug, kind=self.kind)
        if not number:
            return post, None
        place = find_place(post, number)
        if place is None or not place.comment.post.is_published:
            raise Http404
        return place.comment.post, place.comment

    def _page(  # noqa: PLR0917
        self,
        request: HttpRequest,
        post: Post,
        parent: Comment | None,
        form: CommentForm,
        problem: str = "",
        status: int = 200,
    ) -> HttpResponse:
        context = {
            "post": post,
            "parent": parent,
            "form": form,
            "form_url": form_url(post, parent),
            "problem": problem or _closed(post, parent),
        }
        return render(request, "comments/form.html", context, status=status)


def _send(request: HttpRequest, post: Post, parent: Comment | None, form: CommentForm) -> Comment:
    staff = _staff(request)
    draft = intake.make_draft(
        post=post,
        parent=parent,
        name=staff.get_full_name() or staff.get_username() if staff else form.cleaned_data["name"],
        mail="" if staff else form.cleaned_data["mail"],
        text=form.cleaned_data["text"],
        user=staff,
    )
    return intake.receive(draft, sender=str(staff.pk) if staff else network_digest(request))


def _staff(request: HttpRequest) -> Any:
    """The signed-in member of staff who sends this, or None."""
    user = request.user
    return user if user.is_authenticated and user.is_active and user.is_staff else None


def _refusal(request: HttpRequest, post: Post) -> str:
    if not comes_from_here(request):
        return ELSEWHERE
    if not is_stamped(request.POST.get("stamp", ""), STAMP, post.pk):
        return EXPIRED
    return ""


def _closed(post: Post, parent: Comment | None) -> str:
    if not post.accepts_comments:
        return "Comments on this post are closed."
    if parent is not None and not parent.is_published:
        return "This comment is no longer there to be answered."
    return ""


def empty_form(request: HttpRequest, post: Post) -> CommentForm:
    """A form to fill in, stamped for this post; any page of the post may hold it."""
    stamp = make_stamp(STAMP, post.pk)
    return CommentForm(initial={"stamp": stamp}, staff=_staff(request) is not None)


def _with_fresh_stamp(request: HttpRequest, post: Post) -> dict[str, Any]:
    """The sent fields with a stamp that holds for the next try."""
    return {**request.POST.dict(), "stamp": make_stamp(STAMP, post.pk)}


def form_url(post: Post, parent: Comment | None) -> str:
    """Where the form is and where it is sent to: for the post, or for a reply to `parent`."""
    page = "" if post.kind == Post.Kind.POST else "page-"
    if parent is None:
        return reverse(f"comments:{page}comment", args=[post.slug])
    return reverse(f"comments:{page}reply", args=[post.slug, parent.number])
