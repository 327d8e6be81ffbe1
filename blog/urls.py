from django.urls import path

from blog import views

app_name = "blog"

# Where a post and a page are; comments mounts its own views at the same two.
POST_ROUTE = "posts/<str:slug>/"
PAGE_ROUTE = "<str:slug>/"

lists = [
    path("", views.PostListView.as_view(), name="index"),
    path("tags/<str:slug>/", views.TagView.as_view(), name="tag"),
]
urlpatterns = [
    *lists,
    path(POST_ROUTE, views.PostView.as_view(), name="post"),
    path(PAGE_ROUTE, views.PageView.as_view(), name="page"),
]
