"""Addresses of the policy among the readers' pages."""

from django.urls import path, register_converter

from moderation.policy.public_views import PolicyChangesView, PolicyView


class VersionConverter:
    """The number of a version, as the database can hold it."""

    regex = "[1-9][0-9]{0,8}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(VersionConverter, "version")

app_name = "policy"
urlpatterns = [
    path("", PolicyView.as_view(), name="current"),
    path("<version:version>/", PolicyView.as_view(), name="version"),
    path("<version:earlier>/to/<version:later>/", PolicyChangesView.as_view(), name="changes"),
]
