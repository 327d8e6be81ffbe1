"""Feeds of comments, to be asked for often: nothing is rendered for who has the present state."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition

from blog.models import Post
from comments import feeds
from comments.views.reading import public_comment


@method_decorator(cache_control(public=True, no_cache=True), name="dispatch")
class FeedView(View):
    """The newest comments of what `scope` says, as Atom or JSON Feed; 304 where possible."""

    def scope(self, **where: str) -> feeds.Scope:
        """What the feed is about, or Http404."""
        raise NotImplementedError

    def get(self, request: HttpRequest, suffix: str, **where: str) -> HttpResponse:
        scope = self.scope(**where)
        state = feeds.state_of(scope)
        address = request.build_absolute_uri(request.path)

        def answer(request: HttpRequest) -> HttpResponse:
            feed = feeds.make_feed(
                scope, state, suffix=suffix, feed_url=address, absolute=request.build_absolute_uri
            )
            response = HttpResponse(content_type=feed.content_type)
            feed.write(response, "utf-8")
            return response

        guarded: Any = condition(lambda _: state.etag(address), lambda _: state.modified)
        response: HttpResponse = guarded(answer)(request)
        return response


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
