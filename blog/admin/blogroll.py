"""The blogs that the authors read, in the admin."""

from typing import Any

from django.contrib import admin

from blog.models import Blogroll


@admin.register(Blogroll)
class BlogrollAdmin(admin.ModelAdmin):
    list_display = ["title", "address", "feed"]
    search_fields = ["title", "address"]

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name in {"address", "feed"}:
            kwargs["assume_scheme"] = "https"
        return super().formfield_for_dbfield(db_field, request, **kwargs)
