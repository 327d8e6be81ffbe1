"""The record in the admin: to read, never to change. The policy: moderation.policy.admin.

The rules: moderation.rules.admin.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from moderation.mention_admin import ReceivedMentionAdmin
from moderation.models import CannedNote, DecisionNote, LogEntry, Policy
from moderation.people.admin import SanctionAdmin
from moderation.permissions import moderatable
from moderation.policy.admin import PolicyAdmin
from moderation.rules.admin import RuleAdmin
from moderation.webhooks.admin import DeliveryAdmin, WebhookAdmin

__all__ = [
    "CannedNoteAdmin",
    "DeliveryAdmin",
    "LogEntryAdmin",
    "ReceivedMentionAdmin",
    "RuleAdmin",
    "SanctionAdmin",
    "WebhookAdmin",
]

admin.site.register(Policy, PolicyAdmin)


@admin.register(CannedNote)
class CannedNoteAdmin(admin.ModelAdmin):
    """Chosen where a comment is rejected; everybody at the desk uses the same ones."""

    list_display = ["title", "text"]

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Words need room."""
        if db_field.name == "text":
            kwargs["widget"] = forms.Textarea({"rows": 6, "maxlength": DecisionNote.MAX_LENGTH})
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(LogEntry)
class LogEntryAdmin(admin.ModelAdmin):
    """Each act to read; the list of them is the record."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return redirect("moderation:record")

    def get_queryset(self, request: HttpRequest) -> QuerySet[LogEntry]:
        entries = super().get_queryset(request)
        if request.user.has_perm("moderation.moderate_any"):
            return entries
        return entries.filter(comment_id__in=moderatable(request.user).values("pk"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
