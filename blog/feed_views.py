"""Feeds of posts, to be asked for often: nothing is rendered for who has the present state."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition

from blog import feeds
from blog.models import Tag


@method_decorator(cache_control(public=True, no_cache=True), name="dispatch")
class FeedView(View):
    """`/feed.rss`, `.atom`, `.json`: the newest posts with their whole text. Four queries at most,
    two for who has them already.
    """

    def scope(self, **where: str) -> feeds.Scope:
        """What the feed is about, or Http404."""
        return feeds.of_site(reverse("blog:index"))

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


class TagFeedView(FeedView):
    """`/tags/<slug>/feed.rss` and so on: the newest posts with one tag."""

    def scope(self, *, slug: str) -> feeds.Scope:  # type: ignore[override]
        return feeds.of_tag(get_object_or_404(Tag, slug=slug))
