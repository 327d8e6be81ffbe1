from django.contrib import admin
from django.urls import path

from core import views
from core.mail_events import mail_events

app_name = "core"
urlpatterns = [
    path("signin/<str:token>/", views.SignInView.as_view(), name="signin"),
    path("mail/events/", mail_events, name="mail-events"),
    path("admin/first-run/", admin.site.admin_view(views.FirstRunView.as_view()), name="first-run"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("colours-<int:version>.css", views.colours, name="colours"),
]
