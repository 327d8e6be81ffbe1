"""The settings of the site in the admin: one row, which nobody deletes."""

from typing import Any

from django.contrib import admin
from django.contrib.sites.models import Site
from django.core.exceptions import PermissionDenied
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from core.forms import TimeZoneSelect
from core.models import SiteSettings
from core.site import save_site


@admin.register(SiteSettings)
class SiteSettingsAdmin(admin.ModelAdmin):
    fieldsets = [
        (None, {"fields": ["title", "tagline", "language", "time_zone"]}),
        ("Posts", {"fields": ["posts_per_page", "search_language"]}),
        (
            "Comments",
            {
                "fields": [
                    "new_posts_comments",
                    "comments_close_after_days",
                    "reports_to_hold",
                    "claim_minutes",
                ]
            },
        ),
        ("Other sites", {"fields": ["sends_webmentions", "takes_webmentions", "websub_hub"]}),
        ("Looks", {"fields": ["accent", "accent_dark", "header_links", "footer"]}),
    ]

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "websub_hub":
            kwargs["assume_scheme"] = "https"
        if db_field.name == "time_zone":
            kwargs["widget"] = TimeZoneSelect
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # the first-run page makes the row

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """There is but one: straight to it, or to the page that makes it."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        if SiteSettings.objects.exists():
            return redirect("admin:core_sitesettings_change", 1)
        return redirect("core:first-run")

    def save_model(
        self, request: HttpRequest, obj: SiteSettings, form: ModelForm, change: bool
    ) -> None:
        save_site(obj)


# Redirects hang on a site; of the one that there is nobody needs to know.
admin.site.unregister(Site)
