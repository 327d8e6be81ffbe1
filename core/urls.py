from django.urls import path

from core import views

app_name = "core"
urlpatterns = [path("signin/<str:token>/", views.SignInView.as_view(), name="signin")]
