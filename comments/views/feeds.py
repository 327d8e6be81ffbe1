"""Feeds of comments."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from blog.models import Post
from blog.old_addresses import post_behind
from comments import feeds
from comments.views.reading import public_comment
from core.feed_views import ConditionalFeedView


class FeedView(ConditionalFeedView):
    """The newest comments of what `scope` says, as Atom or JSON Feed."""

    feeds: Any = feeds


class PostFeedView(FeedView):
    """`<post>/comments.atom`, `.json`: the conversation under one post. Three queries."""

    def scope(self, *, kind: str, slug: str) -> feeds.Scope:  # type: ignore[override]
        post = get_object_or_404(Post.objects.published(), slug=slug, kind=kind)
        if not post.shows_comments:
            raise Http404
        return feeds.of_post(post)


class BranchFeedView(FeedView):
    """`<post>/c/1.6/branch.atom`, `.json`: one comment and all below it. Four queries."""

    def scope(self, *, kind: str, slug: str, number: str) -> feeds.Scope:  # type: ignore[override]
        return feeds.of_branch(public_comment(kind, slug, number))


class SiteFeedView(FeedView):
    """`/comments.atom`, `.json`: every conversation. Two queries."""

    def scope(self, **where: str) -> feeds.Scope:
        return feeds.of_site(reverse("blog:index"))


def old_post_feed(request: HttpRequest, slug: str, **date: int) -> HttpResponse:
    """`/slug/feed/`, `/2020/05/06/slug/feed/`: the comments of a post, where WordPress has them."""
    post = post_behind(request.path_info.removesuffix("feed/")) or post_behind(f"/posts/{slug}/")
    if post is None or not post.shows_comments:
        raise Http404
    return redirect(f"{post.get_absolute_url()}comments.atom", permanent=True)
