from django.urls import path, register_converter

from blog import views


class SlugConverter:
    """A slug in any script; what a slug can't hold (NUL, say) never reaches the database."""

    regex = r"[-\w]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(SlugConverter, "anyslug")

app_name = "blog"

# Where a post and a page are; comments mounts its own views at the same two.
POST_ROUTE = "posts/<anyslug:slug>/"
PAGE_ROUTE = "<anyslug:slug>/"

lists = [
    path("", views.PostListView.as_view(), name="index"),
    path("tags/<anyslug:slug>/", views.TagView.as_view(), name="tag"),
]
urlpatterns = [
    *lists,
    path(POST_ROUTE, views.PostView.as_view(), name="post"),
    path(PAGE_ROUTE, views.PageView.as_view(), name="page"),
]
