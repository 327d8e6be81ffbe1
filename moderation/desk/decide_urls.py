from django.urls import path

from moderation.desk.decide_views import DecideView

app_name = "decide"
urlpatterns = [path("<str:token>/", DecideView.as_view(), name="page")]
