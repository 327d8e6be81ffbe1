"""The views beside the post's form: preview, autosave, upload, history, private link.

Each is made for one PostAdmin, which asks for a signed-in member of staff first. What somebody may
not edit is not there: 404.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_http_methods, require_POST

from blog import autosaving, previews, revisions
from blog.models import Autosave, Post
from blog.permissions import editable_posts
from blog.pictures import receive_picture
from blog.raster import NotAPicture

if TYPE_CHECKING:
    from blog.admin.posts import PostAdmin

View = Callable[..., HttpResponse]

CAN_NOT_GO_ON = "The post was saved elsewhere meanwhile. Look at the history again."


def preview(site: "PostAdmin") -> View:
    """The text as it would stand, stored nowhere: a page, or with `fragment` its inside."""

    @require_POST
    def view(request: HttpRequest) -> HttpResponse:
        _require_writer(request)
        post = _typed(request)
        html = post.body_rendered_now()
        if request.POST.get("fragment"):
            response = HttpResponse(html)
        else:
            context = {"title": post.title, "html": html, "is_unsaved": True}
            response = TemplateResponse(request, "blog/preview.html", context)
        add_never_cache_headers(response)
        return response

    return view


def autosave(site: "PostAdmin") -> View:
    """Keeps what is typed. 409 if the form was saved meanwhile."""

    @require_POST
    def view(request: HttpRequest) -> HttpResponse:
        _require_writer(request)
        slot, pk = request.POST.get("slot", ""), request.POST.get("post", "")
        version = request.POST.get("read_version", "")
        if not slot.isalnum() or len(slot) > 32:
            return JsonResponse({"error": "no slot"}, status=400)
        post = get_object_or_404(editable_posts(request.user), pk=_number(pk)) if pk else None
        kept = autosaving.keep_text(
            slot=slot,
            post=post,
            based_on=_number(version) if version else 0,
            texts={key: str(value).replace("\0", "") for key, value in request.POST.items()},
            by=cast(User, request.user),
        )
        if kept is None:
            return JsonResponse({"error": "saved"}, status=409)
        return JsonResponse({"at": f"{timezone.localtime():%H:%M}"})

    return view


def discard(site: "PostAdmin") -> View:
    """Throws one's own unsaved text away."""

    @require_POST
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        own = Autosave.objects.waiting().filter(user=cast(User, request.user))
        found = get_object_or_404(own, pk=pk)
        found.delete()
        return redirect(_form_of(found.post_id))

    return view


def upload(site: "PostAdmin") -> View:
    """A picture that was pasted, dropped or chosen; answers with what to put into the text."""

    @require_POST
    def view(request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm("blog.add_picture"):
            raise PermissionDenied
        file = request.FILES.get("file")
        if file is None:
            return JsonResponse({"error": "No file arrived: try again."}, status=400)
        try:
            picture, moves = receive_picture(file=file, by=cast(User, request.user))
        except NotAPicture as error:
            return JsonResponse({"error": str(error)}, status=400)
        said = f"{picture.name} is uploaded. Where the cursor stands, write what it shows."
        if moves:
            said += " It moves: readers see its first frame."
        return JsonResponse({"markdown": picture.markdown, "html": picture.html, "said": said})

    return view


def history(site: "PostAdmin", request: HttpRequest, object_id: str) -> HttpResponse:
    """Every revision of a post. Template: blog/history.html."""
    post = get_object_or_404(editable_posts(request.user), pk=_number(object_id))
    return _page(site, request, "blog/history.html", post, listed=revisions.list_revisions(post))


def revision(site: "PostAdmin") -> View:
    """One revision against the one before it and the present text; its POST restores the text."""

    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: HttpRequest, pk: int, revision_id: int) -> HttpResponse:
        post = get_object_or_404(editable_posts(request.user), pk=pk)
        found = get_object_or_404(post.history.select_related("history_user"), pk=revision_id)
        if request.method == "POST":
            return _restore(request, post, revision_id)
        before = found.prev_record
        return _page(
            site,
            request,
            "blog/revision.html",
            post,
            revision=found,
            since_before=revisions.differences(before, found) if before else [],
            until_now=revisions.differences(found, post),
            before=before,
        )

    return view


def private_link(site: "PostAdmin") -> View:
    """Makes a private link, or with `revoke` ends it."""

    @require_POST
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        post = get_object_or_404(editable_posts(request.user), pk=pk)
        if request.POST.get("revoke"):
            previews.revoke_link(post=post)
            messages.success(request, "The private link leads nowhere from now on.")
        else:
            previews.make_link(post=post)
            messages.success(request, "Whoever has the private link below can read this post.")
        return redirect(_form_of(post.pk))

    return view


def _restore(request: HttpRequest, post: Post, revision_id: int) -> HttpResponse:
    by, version = cast(User, request.user), _number(request.POST.get("version", ""))
    try:
        revisions.restore_revision(post_id=post.pk, revision_id=revision_id, version=version, by=by)
    except revisions.EditConflict:
        messages.error(request, CAN_NOT_GO_ON)
        return redirect("admin:blog_post_history", post.pk)
    messages.success(request, "The earlier text is back. What stood there is in the history.")
    return redirect(_form_of(post.pk))


def _page(
    site: "PostAdmin", request: HttpRequest, template: str, post: Post, **context: Any
) -> TemplateResponse:
    everywhere = site.admin_site.each_context(request)
    context = {**everywhere, "title": post.title, "post": post, "opts": site.opts, **context}
    return TemplateResponse(request, template, context)


def _typed(request: HttpRequest) -> Post:
    html = request.POST.get("body_format") == Post.Format.HTML
    return Post(
        title=request.POST.get("title", "").replace("\0", ""),
        body=request.POST.get("body", "").replace("\0", ""),
        body_format=Post.Format.HTML if html else Post.Format.MARKDOWN,
    )


def _form_of(post_id: int | None) -> str:
    if post_id is None:
        return reverse("admin:blog_post_add")
    return reverse("admin:blog_post_change", args=[post_id])


def _require_writer(request: HttpRequest) -> None:
    if not (request.user.has_perm("blog.add_post") or request.user.has_perm("blog.change_post")):
        raise PermissionDenied


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Http404
    return int(text)
