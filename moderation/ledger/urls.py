from django.urls import path

from blog.models import Post
from blog.urls import PAGE_ROUTE, POST_ROUTE
from moderation.ledger import views

app_name = "ledger"
urlpatterns = [
    path("ledger/", views.site_ledger, name="site"),
    path(POST_ROUTE + "ledger/", views.post_ledger, name="post"),
    path(PAGE_ROUTE + "ledger/", views.post_ledger, {"kind": Post.Kind.PAGE.value}, name="page"),
]
