"""Addresses of comments. `blog_patterns` stand in for the blog's own ones."""

from django.urls import path, register_converter
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView

from blog.models import Post
from blog.urls import MONTH, PAGE_ROUTE, POST_ROUTE, SEARCH_ROUTE
from blog.urls import lists as blog_lists
from comments.numbers import PATTERN
from comments.views import (
    confirming,
    feeds,
    mails,
    mentions,
    own,
    reading,
    remembering,
    searching,
    writing,
)


class NumberConverter:
    """A comment's number in a path: `1`, `1.6`."""

    regex = PATTERN

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class FeedConverter(NumberConverter):
    """How a feed's address ends."""

    regex = "atom|json"


register_converter(NumberConverter, "number")
register_converter(FeedConverter, "feed")

PLACE = "c/<number:number>/"  # where a comment is, below its post or page
PAGE = {"kind": Post.Kind.PAGE}

app_name = "comments"
blog_patterns = (
    [
        *blog_lists,
        # Behind the lists: a tag or an author may be called "feed".
        *(
            path(route + "feed/", require_safe(feeds.old_post_feed), name=f"old-post-feed-{name}")
            for name, route in [
                ("here", POST_ROUTE),
                ("top", PAGE_ROUTE),
                ("month", f"{MONTH}<anyslug:slug>/"),
                ("day", f"{MONTH}<day:number>/<anyslug:slug>/"),
            ]
        ),
        path(SEARCH_ROUTE, searching.SearchView.as_view(), name="search"),
        path(POST_ROUTE, reading.ConversationView.as_view(), name="post"),
        path(PAGE_ROUTE, reading.PageConversationView.as_view(), name="page"),
    ],
    "blog",
)
feed_patterns = [
    path("comments.<feed:suffix>", feeds.SiteFeedView.as_view(), name="site-feed"),
    *(
        path(route + address, view.as_view(), {"kind": kind.value}, name=name)
        for route, kind in [(POST_ROUTE, Post.Kind.POST), (PAGE_ROUTE, Post.Kind.PAGE)]
        for address, view, name in [
            ("comments.<feed:suffix>", feeds.PostFeedView, "post-feed"),
            ("c/<number:number>/branch.<feed:suffix>", feeds.BranchFeedView, "branch-feed"),
        ]
    ),
]
urlpatterns = [
    *feed_patterns,
    # WordPress has it there.
    path(
        "comments/feed/",
        RedirectView.as_view(
            pattern_name="comments:site-feed", permanent=True, http_method_names=["get", "head"]
        ),
        {"suffix": "atom"},
        name="old-comments-feed",
    ),
    # And Blogger there.
    path(
        "feeds/comments/default",
        RedirectView.as_view(
            pattern_name="comments:site-feed", permanent=True, http_method_names=["get", "head"]
        ),
        {"suffix": "atom"},
        name="old-comments-feed-blogger",
    ),
    path("webmention/", mentions.take_mention, name="webmention"),
    path("comments/confirm/<str:token>/", confirming.ConfirmView.as_view(), name="confirm"),
    path("comments/confirmed/", confirming.ConfirmedView.as_view(), name="confirmed"),
    path("comments/visit/<int:post_id>/", remembering.VisitView.as_view(), name="visit"),
    path("comments/forget/<int:post_id>/", remembering.ForgetView.as_view(), name="forget"),
    path("comments/follow/<int:post_id>/", remembering.FollowView.as_view(), name="follow"),
    path("comments/unsubscribe/<str:token>/", mails.UnsubscribeView.as_view(), name="unsubscribe"),
    path("comments/mails/<str:token>/", mails.PreferencesView.as_view(), name="preferences"),
    path("comments/<str:token>/", own.StatusView.as_view(), name="status"),
    path("comments/<str:token>/edit/", own.EditView.as_view(), name="edit"),
    path("comments/<str:token>/resubmit/", own.ResubmitView.as_view(), name="resubmit"),
    path("comments/<str:token>/appeal/", own.AppealView.as_view(), name="appeal"),
    path("comments/<str:token>/withdraw/", own.WithdrawView.as_view(), name="withdraw"),
    path("comments/<str:token>/continue/", writing.ContinueView.as_view(), name="continue"),
    path(POST_ROUTE + "comment/", writing.CommentFormView.as_view(), name="comment"),
    path(POST_ROUTE + "c/<number:number>/", reading.PermalinkView.as_view(), name="permalink"),
    path(POST_ROUTE + "c/<number:number>/branch/", reading.BranchView.as_view(), name="branch"),
    path(POST_ROUTE + "c/<number:number>/reply/", writing.CommentFormView.as_view(), name="reply"),
    path(PAGE_ROUTE + "comment/", writing.CommentFormView.as_view(**PAGE), name="page-comment"),
    path(
        PAGE_ROUTE + "c/<number:number>/",
        reading.PermalinkView.as_view(**PAGE),
        name="page-permalink",
    ),
    path(
        PAGE_ROUTE + "c/<number:number>/branch/",
        reading.BranchView.as_view(**PAGE),
        name="page-branch",
    ),
    path(
        PAGE_ROUTE + "c/<number:number>/reply/",
        writing.CommentFormView.as_view(**PAGE),
        name="page-reply",
    ),
]
