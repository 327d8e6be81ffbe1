"""The blog's plain pages: lists, one post, one page. Comments build theirs on PostView."""

from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import add_never_cache_headers
from django.views import View
from django.views.generic import DetailView, ListView

from blog.archive import authors_called, neighbours, public_tags
from blog.author_names import name_of
from blog.models import Post, PostQuerySet, Tag
from blog.permissions import may_edit
from blog.previews import find_post
from blog.sharing import as_script, describe_post, shared
from core.compiled import Compiled, Given, hand_over
from core.site import current


class PostListView(ListView):
    """The listed posts, newest first. Template: blog/index.html; context: `page_obj`."""

    template_name = "blog/index.html"

    def get_paginate_by(self, queryset: Any) -> int:
        return current().posts_per_page

    def get_queryset(self) -> PostQuerySet:
        return (
            Post.objects.listed()
            .posts()
            .newest_first()
            .select_related("author")
            .prefetch_related("tags")
        )


class TagView(PostListView):
    """The listed posts with one tag. Template: blog/index.html; context adds `tag`."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.tag = get_object_or_404(public_tags(), slug=kwargs["slug"])

    def get_queryset(self) -> PostQuerySet:
        return super().get_queryset().filter(tags=self.tag)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(tag=self.tag, **kwargs)


class AuthorView(PostListView):
    """The listed posts of one author. Template: blog/index.html; context adds `heading`,
    `author_name` and `author_slug`.
    """

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.authors = authors_called(kwargs["slug"])
        if not self.authors:
            raise Http404

    def get_queryset(self) -> PostQuerySet:
        return super().get_queryset().filter(author__in=self.authors)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        name = name_of(self.authors[0])
        return super().get_context_data(
            heading=f"Posts by {name}", author_name=name, author_slug=self.kwargs["slug"], **kwargs
        )


class PostView(DetailView):
    """One post. Who may edit it sees it before publication too, never cached; others get 404.

    Template: blog/post.html; context: `post`, `neighbours`, `may_edit`, and of a public post
    `shared` and `described`.
    """

    template_name = "blog/post.html"
    context_object_name = "post"
    kind = Post.Kind.POST

    def get_object(self, queryset: Any = None) -> Post:
        post = _BY_ADDRESS.first(kind=self.kind, slug=self.kwargs["slug"])
        if post is None or not (post.is_published or may_edit(self.request.user, post)):
            raise Http404
        hand_over(post.tags, _TAGS.rows(post=post.pk))
        return post

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(
            neighbours=neighbours(self.object),
            may_edit=may_edit(self.request.user, self.object),
            **kwargs,
        )
        if self.object.is_published:
            context["shared"] = shared(self.object)
            context["described"] = as_script(self.describe(context))
        return context

    def describe(self, context: dict[str, Any]) -> dict[str, Any]:
        """The post for machines; comments add theirs from the page's `context`."""
        return describe_post(self.object)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        if request.user.is_authenticated:
            add_never_cache_headers(response)
        return response


_TAGS: Final = Compiled(lambda: Tag.objects.filter(posts=Given("post")))
_BY_ADDRESS: Final = Compiled(
    lambda: Post.objects.filter(kind=Given("kind"), slug=Given("slug")).select_related("author")
)


class PageView(PostView):
    """One page such as About: the same, at the top of the site."""

    kind = Post.Kind.PAGE


class PreviewView(View):
    """A post by its private link, before it is published; then it leads to the post itself.

    Kept by no cache and no index; a revoked link is a 404. Template: blog/preview.html.
    """

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        post = find_post(token)
        if post is None:
            raise Http404
        if post.is_published:
            return redirect(post)
        context = {"post": post, "title": post.title, "html": post.body_as_html}
        response = render(request, "blog/preview.html", context)
        add_never_cache_headers(response)
        response["X-Robots-Tag"] = "noindex"
        response["Referrer-Policy"] = "no-referrer"
        return response
