"""The post page with its conversation, the comment form, permalinks, and the status page."""

from typing import Any

from django.conf import settings
from django.core import signing
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from blog.models import Post
from blog.views import PostView
from comments import intake
from comments.errors import CommentError
from comments.forms import CommentForm
from comments.models import Comment
from comments.numbers import find_place
from comments.thread import arrange
from core.guards import comes_from_here, is_stamped, make_stamp
from core.network import network_digest

STAMP = "comment"
STATUS_SALT = "comments.status"
ELSEWHERE = "This form did not come from this site. Nothing is lost: please send it from here."
EXPIRED = "This form is older than 30 days. Nothing is lost: please send it again."
UNAVAILABLE = "The comment could not be stored just now. Nothing is lost: please send it again."


class ConversationView(PostView):
    """A post with its conversation and the form. Two queries for any number of comments.

    Template: comments/post.html; context: `post`, `entries`, `published_count`, `form`.
    """

    template_name = "comments/post.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        post = self.object
        comments = list(Comment.objects.filter(post=post).visible_to(self.request.user))
        for comment in comments:
            comment.post = post  # one row for all: permalinks ask for it
        return super().get_context_data(
            entries=arrange(comments, settings.COMMENT_DISPLAY_DEPTH),
            published_count=sum(comment.is_published for comment in comments),
            form=_empty_form(self.request, post),
            form_url=_form_url(post, None),
            **kwargs,
        )


class PageConversationView(ConversationView):
    """The same for a page."""

    kind = Post.Kind.PAGE


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
        return self._page(request, post, parent, _empty_form(request, post))

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
                return redirect(
                    "comments:status", token=signing.dumps(comment.pk, salt=STATUS_SALT)
                )
        return self._page(request, post, parent, form, problem=problem, status=status)

    def _find(self, slug: str, number: str) -> tuple[Post, Comment | None]:
        post = get_object_or_404(Post.objects.published(), slug=slug, kind=self.kind)
        if not number:
            return post, None
        place = find_place(post, number)
        if place is None:
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
            "form_url": _form_url(post, parent),
            "problem": problem or _closed(post, parent),
        }
        return render(request, "comments/form.html", context, status=status)


class PermalinkView(View):
    """`<post url>c/1.6/`: to the place on the post's page, also for a removed or moved comment."""

    kind = Post.Kind.POST

    def get(self, request: HttpRequest, slug: str, number: str) -> HttpResponse:
        post = get_object_or_404(Post.objects.published(), slug=slug, kind=self.kind)
        place = find_place(post, number)
        if place is None or not place.comment.post.is_published:
            raise Http404
        return redirect(f"{place.comment.post.get_absolute_url()}#{place.comment.anchor}")


@method_decorator(never_cache, name="dispatch")
class StatusView(View):
    """What became of one's comment, by an unguessable link; its text is always there.

    Template: comments/status.html; context: `comment`.
    """

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            comment_id = signing.loads(token, salt=STATUS_SALT)
        except signing.BadSignature as error:
            raise Http404 from error
        comment = get_object_or_404(Comment.objects.select_related("post"), pk=comment_id)
        response = render(request, "comments/status.html", {"comment": comment})
        response["X-Robots-Tag"] = "noindex"
        return response


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


def _empty_form(request: HttpRequest, post: Post) -> CommentForm:
    stamp = make_stamp(STAMP, post.pk)
    return CommentForm(initial={"stamp": stamp}, staff=_staff(request) is not None)


def _with_fresh_stamp(request: HttpRequest, post: Post) -> dict[str, Any]:
    """The sent fields with a stamp that holds for the next try."""
    return {**request.POST.dict(), "stamp": make_stamp(STAMP, post.pk)}


def _form_url(post: Post, parent: Comment | None) -> str:
    page = "" if post.kind == Post.Kind.POST else "page-"
    if parent is None:
        return reverse(f"comments:{page}comment", args=[post.slug])
    return reverse(f"comments:{page}reply", args=[post.slug, parent.number])
