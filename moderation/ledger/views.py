"""The public ledger of the site and of each post; the statistics of the desk, in the admin."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from blog.models import Post
from comments.models import Comment, CommentQuerySet
from comments.waiting import in_words
from moderation.ledger import figures
from moderation.ledger.charts import bars
from moderation.permissions import may_open_queue, moderatable


def public_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The same for everybody; its entity tag is made of the page itself."""
    guarded: Callable[..., HttpResponse] = cache_control(public=True, no_cache=True)(
        conditional_page(view)
    )
    return guarded


@require_safe
@public_page
def site_ledger(request: HttpRequest) -> HttpResponse:
    """All comments under posts that everybody may find. Template: moderation/ledger/ledger.html;
    context: `post` (None), `figures`, `wait`, `chart`.
    """
    return _ledger(request, None, Comment.objects.filter(post__in=Post.objects.listed()))


@require_safe
@public_page
def post_ledger(request: HttpRequest, slug: str, kind: str = Post.Kind.POST) -> HttpResponse:
    """The same of one post; 404 where its conversation is not shown."""
    post = get_object_or_404(Post.objects.published(), slug=slug, kind=kind)
    if not post.shows_comments:
        raise Http404
    return _ledger(request, post, Comment.objects.filter(post=post))


@require_safe
def statistics_page(request: HttpRequest) -> HttpResponse:
    """What the user decides on, by week. Template: moderation/ledger/statistics.html; context:
    `figures`, `wait`, `charts`.
    """
    user: Any = request.user
    if not may_open_queue(user):
        raise Http404
    comments, now = moderatable(user), timezone.now()
    found = figures.figures_of(comments)
    received = figures.weeks_of(comments, now)
    decided = [(week, count, 0) for week, count in figures.decisions_of(comments, now)]
    waited = [(week, hours, 0) for week, hours in figures.waits_of(comments, now)]
    context = {
        **admin.site.each_context(request),
        "title": "Statistics of the desk",
        "figures": found,
        "wait": in_words(found.median_wait) if found.median_wait else "",
        "charts": [
            (
                "Comments received by week; lower, stronger part: published by now",
                bars("Received", received),
            ),
            ("Decisions by week", bars("Decisions", decided)),
            ("Median wait, by the week of publication", bars("Wait", waited, _hours)),
        ],
    }
    return render(request, "moderation/ledger/statistics.html", context)


def _hours(number: float) -> str:
    return in_words(timedelta(hours=number)) if number else "no wait"


def _ledger(request: HttpRequest, post: Post | None, comments: CommentQuerySet) -> HttpResponse:
    found = figures.figures_of(comments)
    context = {
        "post": post,
        "figures": found,
        "wait": in_words(found.median_wait) if found.median_wait else "",
        "chart": bars("Comments received", figures.weeks_of(comments, timezone.now())),
    }
    return render(request, "moderation/ledger/ledger.html", context)
