"""Sending a comment: the form, on a page of its own or under a post, and what comes of it."""

import logging
from dataclasses import dataclass, field
from typing import Any

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
from comments import intake, markup, references
from comments.errors import CommentError
from comments.forms import CommentForm
from comments.models import Comment
from comments.numbers import find_place
from comments.rendering import render_text
from comments.status import Status
from comments.views.own import STATUS_SALT, status_address
from core.guards import comes_from_here, is_stamped, make_stamp
from core.network import network_digest

logger = logging.getLogger(__name__)

STAMP = "comment"
ELSEWHERE = "This form did not come from this site. Nothing is lost: please send it from here."
EXPIRED = "This form is older than 30 days. Nothing is lost: please send it again."
UNAVAILABLE = "The comment could not be stored just now. Nothing is lost: please send it again."


@dataclass(frozen=True, kw_only=True)
class Spot:
    """Where a comment is about to be written, and by whom as far as that is known."""

    post: Post
    parent: Comment | None = None
    url: str
    continues: bool = False
    initial: dict[str, str] = field(default_factory=dict)


@method_decorator(csrf_exempt, name="dispatch")  # the stamp and Origin stand in: core.guards
@method_decorator(never_cache, name="dispatch")
class CommentFormView(View):
    """The form on a page of its own, for the post or for a reply; its POST sends the comment.

    `?quote=1` fills in the parent's words. The button `preview` shows the text as it will stand
    and stores nothing. Whatever goes wrong, the form comes back with the text in it. Template:
    comments/form.html; context: `post`, `parent`, `form`, `form_url`, `problem`, `preview`.
    """

    kind = Post.Kind.POST

    def get(self, request: HttpRequest, **place: str) -> HttpResponse:
        spot = self.find(request, **place)
        form = empty_form(request, spot.post, self._initial(request, spot))
        return self._page(request, spot, form)

    def post(self, request: HttpRequest, **place: str) -> HttpResponse:
        spot = self.find(request, **place)
        form = CommentForm(
            _with_fresh_stamp(request, spot.post), staff=staff_of(request) is not None
        )
        if refusal := _refusal(request, spot.post):
            return self._page(request, spot, form, problem=refusal, status=403)
        previewing = "preview" in request.POST
        if not form.is_valid():
            return self._page(request, spot, form, status=200 if previewing else 400)
        if previewing:
            html = render_text(form.cleaned_data["text"], spot.post).html
            preview = markup.trusted(references.unlink(html))
            return self._page(request, spot, form, preview=preview)
        return self._send(request, spot, form)

    def find(self, request: HttpRequest, *, slug: str, number: str = "") -> Spot:
        """What the address names; raises Http404."""
        post = get_object_or_404(Post.objects.published(), slug=slug, kind=self.kind)
        if not number:
            return Spot(post=post, url=form_url(post, None))
        place = find_place(post, number)
        if place is None or not place.comment.post.is_published:
            raise Http404
        parent = place.comment
        return Spot(
            post=parent.post,
            parent=parent,
            url=form_url(parent.post, parent),
            continues=_goes_on(request, parent),
        )

    def _initial(self, request: HttpRequest, spot: Spot) -> dict[str, str]:
        if request.GET.get("quote") and spot.parent is not None and spot.parent.is_published:
            return {**spot.initial, "text": quotation(spot.parent)}
        return spot.initial

    def _send(self, request: HttpRequest, spot: Spot, form: CommentForm) -> HttpResponse:
        try:
            comment = _receive(request, spot, form)
        except CommentError as error:
            return self._page(request, spot, form, problem=str(error), status=409)
        except Error:
            logger.exception("A comment could not be stored.")
            return self._page(request, spot, form, problem=UNAVAILABLE, status=503)
        return redirect(status_address(comment))

    def _page(
        self,
        request: HttpRequest,
        spot: Spot,
        form: CommentForm,
        *,
        problem: str = "",
        preview: str = "",
        status: int = 200,
    ) -> HttpResponse:
        context = {
            "post": spot.post,
            "parent": spot.parent,
            "continues": spot.continues,
            "form": form,
            "form_url": spot.url,
            "problem": problem or _closed(spot),
            "preview": preview,
        }
        return render(request, "comments/form.html", context, status=status)


class ContinueView(CommentFormView):
    """One's own comment continued, by the private link that proves whose it is."""

    def find(self, request: HttpRequest, *, token: str) -> Spot:  # type: ignore[override]
        """The comment of a status page's token, waiting or published; raises Http404."""
        try:
            comment_id = signing.loads(token, salt=STATUS_SALT)
        except signing.BadSignature as error:
            raise Http404 from error
        own = get_object_or_404(Comment.objects.select_related("post"), pk=comment_id)
        if not own.post.is_published:
            raise Http404
        return Spot(
            post=own.post,
            parent=own,
            url=reverse("comments:continue", args=[token]),
            continues=True,
            initial={"name": own.name, "mail": own.mail},
        )


def quotation(comment: Comment) -> str:
    """A published comment's words as a quote with its number, to be answered below."""
    lines = [f"> {line}".rstrip() for line in comment.text.splitlines()]
    return "\n".join([f"#{comment.number}:", "", *lines, "", ""])


def _receive(request: HttpRequest, spot: Spot, form: CommentForm) -> Comment:
    staff = staff_of(request)
    draft = intake.make_draft(
        post=spot.post,
        parent=spot.parent,
        name=staff.get_full_name() or staff.get_username() if staff else form.cleaned_data["name"],
        mail="" if staff else form.cleaned_data["mail"],
        text=form.cleaned_data["text"],
        user=staff,
        continues=spot.continues and form.cleaned_data["continues"],
    )
    return intake.receive(draft, sender=str(staff.pk) if staff else network_digest(request))


def staff_of(request: HttpRequest) -> Any:
    """The signed-in member of staff who sends this, or None."""
    user = request.user
    return user if user.is_authenticated and user.is_active and user.is_staff else None


def _goes_on(request: HttpRequest, parent: Comment) -> bool:
    """Whether the sender wrote what is answered: staff by account, others by their private link."""
    staff = staff_of(request)
    return staff is not None and parent.user_id == staff.pk


def _refusal(request: HttpRequest, post: Post) -> str:
    if not comes_from_here(request):
        return ELSEWHERE
    if not is_stamped(request.POST.get("stamp", ""), STAMP, post.pk):
        return EXPIRED
    return ""


def _closed(spot: Spot) -> str:
    if not spot.post.accepts_comments:
        return "Comments on this post are closed."
    if spot.parent is None or spot.parent.is_published:
        return ""
    if spot.continues and spot.parent.status == Status.PENDING:
        return ""
    return "This comment is no longer there to be answered."


def empty_form(
    request: HttpRequest, post: Post, initial: dict[str, str] | None = None
) -> CommentForm:
    """A form to fill in, stamped for this post; any page of the post may hold it."""
    stamped = {**(initial or {}), "stamp": make_stamp(STAMP, post.pk)}
    return CommentForm(initial=stamped, staff=staff_of(request) is not None)


def _with_fresh_stamp(request: HttpRequest, post: Post) -> dict[str, Any]:
    """The sent fields with a stamp that holds for the next try."""
    return {**request.POST.dict(), "stamp": make_stamp(STAMP, post.pk)}


def form_url(post: Post, parent: Comment | None) -> str:
    """Where the form is and where it is sent to: for the post, or for a reply to `parent`."""
    page = "" if post.kind == Post.Kind.POST else "page-"
    if parent is None:
        return reverse(f"comments:{page}comment", args=[post.slug])
    return reverse(f"comments:{page}reply", args=[post.slug, parent.number])
