"""Addresses of moderation among the readers' pages; the queue is in moderation.urls."""

from django.urls import path

from blog.models import Post
from blog.urls import PAGE_ROUTE, POST_ROUTE
from comments.urls import PLACE
from moderation.public_views import ReportSentView, ReportView

app_name = "reports"
urlpatterns = [
    path(route + PLACE + address, view.as_view(), {"kind": kind.value}, name=name)
    for route, kind in [(POST_ROUTE, Post.Kind.POST), (PAGE_ROUTE, Post.Kind.PAGE)]
    for address, view, name in [
        ("report/", ReportView, "report"),
        ("report/sent/", ReportSentView, "sent"),
    ]
]
