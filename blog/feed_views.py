"""Feeds of posts."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from blog import feeds
from blog.archive import authors_called, public_tags
from core.feed_views import ConditionalFeedView


class FeedView(ConditionalFeedView):
    """`/feed.rss`, `.atom`, `.json`: the newest posts with their whole text. Four queries at most,
    two for who has them already; one more for those of a tag or an author.
    """

    feeds: Any = feeds

    def scope(self, **where: str) -> feeds.Scope:
        return feeds.of_site(reverse("blog:index"))


class TagFeedView(FeedView):
    """`/tags/<slug>/feed.rss` and so on: the newest posts with one tag."""

    def scope(self, *, slug: str) -> feeds.Scope:  # type: ignore[override]
        return feeds.of_tag(get_object_or_404(public_tags(), slug=slug))


class AuthorFeedView(FeedView):
    """`/author/<slug>/feed.rss` and so on: the newest posts of who is called so."""

    def scope(self, *, slug: str) -> feeds.Scope:  # type: ignore[override]
        authors = authors_called(slug)
        if not authors:
            raise Http404
        return feeds.of_authors(authors)
