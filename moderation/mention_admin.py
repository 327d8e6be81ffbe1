"""Pages elsewhere that said they link to posts, to be read only: what they became is decided on in
the queue.
"""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from comments.models import ReceivedMention


@admin.register(ReceivedMention)
class ReceivedMentionAdmin(admin.ModelAdmin):
    list_display = ["source", "post", "state", "asked_at", "answer"]
    list_filter = ["state"]
    list_select_related = ["post"]
    search_fields = ["source"]
    fields = ["source", "target", "post", "state", "answer", "attempts", "asked_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
