from django.urls import path, register_converter

from blog import picture_views, views
from blog.picture_sizes import KEY


class SlugConverter:
    """A slug in any script; what a slug can't hold (NUL, say) never reaches the database."""

    regex = r"[-\w]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


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

app_name = "blog"

# Where a post and a page are; comments mounts its own views at the same two.
POST_ROUTE = "posts/<anyslug:slug>/"
PAGE_ROUTE = "<anyslug:slug>/"

# Everything but these two, for whoever mounts them.
lists = [
    path("", views.PostListView.as_view(), name="index"),
    path("tags/<anyslug:slug>/", views.TagView.as_view(), name="tag"),
    path("preview/<str:token>/", views.PreviewView.as_view(), name="preview"),
    path("pictures/<picture:key>/", picture_views.LargestView.as_view(), name="picture"),
    path(
        "pictures/<picture:key>/<width:width>.webp",
        picture_views.PictureView.as_view(),
        name="picture-size",
    ),
]
urlpatterns = [
    *lists,
    path(POST_ROUTE, views.PostView.as_view(), name="post"),
    path(PAGE_ROUTE, views.PageView.as_view(), name="page"),
]
