from django.contrib import admin
from django.urls import path, re_path

from moderation.desk import views
from moderation.desk.acts import ACTS
from moderation.notices.views import mails_page
from moderation.people import brake_views

app_name = "moderation"
NAMES = "|".join(ACTS)

# admin_view: sign-in first, never cached; who may do what is judged inside.
urlpatterns = [
    path("", admin.site.admin_view(views.queue_page), name="queue"),
    path("mails/", admin.site.admin_view(mails_page), name="mails"),
    path("ticked/", admin.site.admin_view(views.act_on_ticked), name="ticked"),
    path("undo/", admin.site.admin_view(views.undo), name="undo"),
    path("<int:comment_id>/note/", admin.site.admin_view(views.note), name="note"),
    path("<int:comment_id>/", admin.site.admin_view(views.card_page), name="card"),
    path(
        "<int:comment_id>/slow/", admin.site.admin_view(brake_views.slow_branch_page), name="slow"
    ),
    path(
        "<int:comment_id>/no-longer-slow/",
        admin.site.admin_view(brake_views.lift_slow_mode_page),
        name="no-longer-slow",
    ),
    re_path(
        rf"^(?P<comment_id>\d+)/(?P<name>{NAMES})/$", admin.site.admin_view(views.act), name="act"
    ),
]
