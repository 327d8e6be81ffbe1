from django.contrib import admin
from django.urls import path, re_path

from moderation import views

app_name = "moderation"
ACTS = "|".join(views.ACTS)

# admin_view: sign-in first, never cached; who may do what is judged inside.
urlpatterns = [
    path("", admin.site.admin_view(views.queue_page), name="queue"),
    path("<int:comment_id>/", admin.site.admin_view(views.card_page), name="card"),
    re_path(
        rf"^(?P<comment_id>\d+)/(?P<name>{ACTS})/$", admin.site.admin_view(views.act), name="act"
    ),
]
