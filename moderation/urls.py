from django.contrib import admin
from django.urls import path, re_path

from moderation.desk import views
from moderation.desk.acts import ACTS
from moderation.desk.move_views import move_page
from moderation.desk.record_views import record_page
from moderation.desk.slow_views import end_slow_mode_of_post_page, slow_post_page
from moderation.desk.source_views import source_page, sources_page
from moderation.ledger.views import statistics_page
from moderation.notices.views import mails_page

app_name = "moderation"
NAMES = "|".join(ACTS)

# admin_view: sign-in first, never cached; who may do what is judged inside.
urlpatterns = [
    path("", admin.site.admin_view(views.queue_page), name="queue"),
    path("statistics/", admin.site.admin_view(statistics_page), name="statistics"),
    path("record/", admin.site.admin_view(record_page), name="record"),
    path("mails/", admin.site.admin_view(mails_page), name="mails"),
    path("ticked/", admin.site.admin_view(views.act_on_ticked), name="ticked"),
    path(
        "owed/<int:follow_up_id>/snooze/", admin.site.admin_view(views.snooze_reply), name="snooze"
    ),
    path("owed/<int:follow_up_id>/drop/", admin.site.admin_view(views.drop_reply), name="drop"),
    path("undo/", admin.site.admin_view(views.undo), name="undo"),
    path("sources/", admin.site.admin_view(sources_page), name="sources"),
    path("sources/<int:source_id>/", admin.site.admin_view(source_page), name="source"),
    path("<int:comment_id>/claim/", admin.site.admin_view(views.claim), name="claim"),
    path("<int:comment_id>/move/", admin.site.admin_view(move_page), name="move"),
    path("<int:comment_id>/note/", admin.site.admin_view(views.note), name="note"),
    path("<int:comment_id>/", admin.site.admin_view(views.card_page), name="card"),
    path("<int:comment_id>/slow-post/", admin.site.admin_view(slow_post_page), name="slow-post"),
    path(
        "<int:comment_id>/end-slow-post/",
        admin.site.admin_view(end_slow_mode_of_post_page),
        name="end-slow-post",
    ),
    re_path(
        rf"^(?P<comment_id>\d+)/(?P<name>{NAMES})/$", admin.site.admin_view(views.act), name="act"
    ),
]
