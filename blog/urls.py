from functools import partial

from django.urls import path, re_path, register_converter
from django.views.decorators.http import require_safe

from blog import (
    archive_views,
    crawling,
    feed_views,
    old_views,
    picture_views,
    search_views,
    sharing_views,
    views,
)
from blog.picture_sizes import KEY
from blog.public_pages import for_everybody


class SlugConverter:
    """A slug in any script; what a slug can't hold (NUL, say) never reaches the database."""

    regex = r"[-\w]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class PostFeedConverter(SlugConverter):
    """How the address of a feed of posts ends."""

    regex = "atom|json|rss"


class YearConverter:
    """A year that blogs are from; a page can't have such a slug."""

    regex = r"(?:19|20)\d\d"
    width = 4

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return f"{int(value):0{self.width}}"


class MonthConverter(YearConverter):
    """Two figures, from 01 to 12."""

    regex = r"0[1-9]|1[0-2]"
    width = 2


class DayConverter(YearConverter):
    """Two figures, from 01 to 31."""

    regex = r"0[1-9]|[12]\d|3[01]"
    width = 2


class KeyConverter(SlugConverter):
    """A picture's key."""

    regex = KEY


class WidthConverter:
    """A number of pixels, in one spelling only."""

    regex = "[1-9][0-9]{0,3}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(SlugConverter, "anyslug")
register_converter(KeyConverter, "picture")
register_converter(WidthConverter, "width")
register_converter(PostFeedConverter, "postfeed")
register_converter(YearConverter, "year")
register_converter(MonthConverter, "month")
register_converter(DayConverter, "day")

app_name = "blog"

# Where a post and a page are; comments mounts its own views at the same two, and at the search.
POST_ROUTE = "posts/<anyslug:slug>/"
PAGE_ROUTE = "<anyslug:slug>/"
SEARCH_ROUTE = "search/"

MONTH = "<year:year>/<month:month>/"
# Of Blogger and WordPress. What they name and is here leads to where it is.
old = [
    path(MONTH + "<anyslug:slug>.html", require_safe(old_views.old_post), name="old-blogger"),
    path(
        MONTH + "<day:number>/<anyslug:slug>/",
        require_safe(old_views.old_post),
        name="old-wordpress",
    ),
    path(MONTH + "<anyslug:slug>/", require_safe(old_views.old_post), name="old-wordpress-month"),
    path("p/<anyslug:slug>.html", require_safe(old_views.old_post), name="old-blogger-page"),
    re_path(
        r"^(?P<kind>category|tag|search/label)/(?P<name>[^\x00]+)$",
        require_safe(old_views.old_tag),
        name="old-tag",
    ),
    path(
        "author/<anyslug:slug>/page/<width:number>/",
        require_safe(old_views.old_author_page),
        name="old-author-page",
    ),
    path(
        "author/<anyslug:slug>/feed/",
        require_safe(old_views.old_author_feed),
        name="old-author-feed",
    ),
    re_path(
        r"^author/(?P<slug>[-\w]+)/feed/(?P<suffix>atom|rss|rss2)/$",
        require_safe(old_views.old_author_feed),
        name="old-author-feed-format",
    ),
    path("page/<width:number>/", require_safe(old_views.old_list_page), name="old-list-page"),
    path(
        "<year:year>/page/<width:number>/",
        require_safe(old_views.old_list_page),
        name="old-year-page",
    ),
    path(
        MONTH + "page/<width:number>/", require_safe(old_views.old_list_page), name="old-month-page"
    ),
    path(
        "<year:year>_<month:month>_<day:number>_archive.html",
        require_safe(old_views.old_month),
        name="old-month",
    ),
    path("search/<str:words>/", require_safe(old_views.old_search), name="old-search"),
    re_path(
        r"^feeds/posts/default/-/(?P<name>[^\x00]+)$",
        require_safe(old_views.old_tag_feed),
        name="old-tag-feed",
    ),
    *(
        path(old_path, require_safe(old_views.old_place), {"name": place}, name=f"old-{old_path}")
        for old_path, place in [
            ("index.html", "blog:index"),
            ("index.php", "blog:index"),
            ("sitemap_index.xml", "blog:sitemap-index"),
            ("wp-sitemap.xml", "blog:sitemap-index"),
        ]
    ),
    path("feed/", require_safe(old_views.old_feed), name="old-feed"),
    re_path(
        r"^feed/(?P<suffix>atom|rss|rss2)/$",
        require_safe(old_views.old_feed),
        name="old-feed-format",
    ),
    re_path(r"^(?P<suffix>atom|rss)\.xml$", require_safe(old_views.old_feed), name="old-feed-file"),
    path(
        "feeds/posts/default",
        require_safe(old_views.old_feed),
        {"suffix": "atom"},
        name="old-feed-blogger",
    ),
]
crawled = partial(for_everybody, content_type=crawling.XML, names_host=True)
# Everything but the three, for whoever mounts them.
lists = [
    path("", for_everybody(views.PostListView.as_view()), name="index"),
    path("archive/", for_everybody(archive_views.archive), name="archive"),
    path("<year:year>/", for_everybody(archive_views.YearView.as_view()), name="year"),
    path(MONTH, for_everybody(archive_views.MonthView.as_view()), name="month"),
    path(MONTH + "<day:number>/", require_safe(archive_views.day), name="day"),
    path("author/<anyslug:slug>/", for_everybody(views.AuthorView.as_view()), name="author"),
    path(
        "author/<anyslug:slug>/feed.<postfeed:suffix>",
        feed_views.AuthorFeedView.as_view(),
        name="author-feed",
    ),
    path("tags/", for_everybody(archive_views.tags), name="tags"),
    path("tags/<anyslug:slug>/", for_everybody(views.TagView.as_view()), name="tag"),
    path(
        "tags/<anyslug:slug>/feed.<postfeed:suffix>",
        feed_views.TagFeedView.as_view(),
        name="tag-feed",
    ),
    path("feed.<postfeed:suffix>", feed_views.FeedView.as_view(), name="feed"),
    path("blogroll/", for_everybody(archive_views.blogroll), name="blogroll"),
    path(
        "blogroll.opml",
        for_everybody(
            archive_views.blogroll_opml,
            content_type=archive_views.OPML,
            names_host=True,
        ),
        name="blogroll-opml",
    ),
    path("sitemap.xml", crawled(crawling.sitemap_index), name="sitemap-index"),
    re_path(
        r"^sitemap-(?P<section>[a-z]+)-(?P<number>[0-9]{1,6})\.xml$",
        crawled(crawling.sitemap),
        name="sitemap",
    ),
    path("robots.txt", require_safe(crawling.robots), name="robots"),
    re_path(
        r"^card/(?P<post_id>[0-9]{1,18})-(?P<digest>[0-9a-f]{16})\.png$",
        require_safe(sharing_views.card),
        name="card",
    ),
    path("preview/<str:token>/", views.PreviewView.as_view(), name="preview"),
    path("pictures/<picture:key>/", picture_views.LargestView.as_view(), name="picture"),
    path(
        "pictures/<picture:key>/<width:width>.webp",
        picture_views.PictureView.as_view(),
        name="picture-size",
    ),
    *old,
]
urlpatterns = [
    *lists,
    path(SEARCH_ROUTE, search_views.SearchView.as_view(), name="search"),
    path(POST_ROUTE, views.PostView.as_view(), name="post"),
    path(PAGE_ROUTE, views.PageView.as_view(), name="page"),
]
