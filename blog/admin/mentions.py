"""Pages elsewhere that were told of posts, to be read only."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from blog.models import SentMention


@admin.register(SentMention)
class SentMentionAdmin(admin.ModelAdmin):
    list_display = ["target", "post", "state", "tried_at", "answer"]
    list_filter = ["state"]
    list_select_related = ["post"]
    search_fields = ["target"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
