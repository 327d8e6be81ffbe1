"""Feeds of posts."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse

from blog import feeds
from blog.archive import public_tags
from core.feed_views import ConditionalFeedView


class FeedView(ConditionalFeedView):
    """`/feed.rss`, `.atom`, `.json`: the newest posts with their whole text. Four queries at most,
    two for who has them already.
    """

    feeds: Any = feeds

    def scope(self, **where: str) -> feeds.Scope:
        return feeds.of_site(reverse("blog:index"))


class TagFeedView(FeedView):
    """`/tags/<slug>/feed.rss` and so on: the newest posts with one tag."""

    def scope(self, *, slug: str) -> feeds.Scope:  # type: ignore[override]
        return feeds.of_tag(get_object_or_404(public_tags(), slug=slug))
