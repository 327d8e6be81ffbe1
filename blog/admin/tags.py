"""Tags in the admin."""

from typing import Any
from urllib.parse import unquote

from django.contrib import admin
from django.http import HttpRequest

from blog.models import Tag
from blog.old_addresses import leave_redirect


@admin.register(Tag)
class TagAdmin(admin.ModelAdmin):
    prepopulated_fields = {"slug": ["name"]}
    search_fields = ["name"]

    def save_model(self, request: HttpRequest, obj: Tag, form: Any, change: bool) -> None:
        """Another address of a tag leaves a redirect, for its list and for its feeds."""
        was = Tag.objects.get(pk=obj.pk).get_absolute_url() if change else ""
        super().save_model(request, obj, form, change)
        if was:
            leave_redirect(old_path=unquote(was), new_path=obj.get_absolute_url())
