"""Mails in the admin, for superusers alone: a mail may hold a link that opens something."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.mail import SHOWN, keeps_texts
from core.message import message
from core.models import Mail, MailFailure, StoppedAddress
from core.site_admin import SiteSettingsAdmin
from core.stopping import lift_stop

__all__ = ["MailAdmin", "MailFailureAdmin", "SiteSettingsAdmin", "StoppedAddressAdmin"]

# A mail's own styles, and nothing else: no script, no image, no form, no other place of this site.
SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


class ReadBySuperusers(admin.ModelAdmin):
    """Rows to read, by superusers; nobody adds or changes one by hand."""

    actions: Any = None

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Mail)
class MailAdmin(ReadBySuperusers):
    """The last 100 on its first page; with their words where mails are only printed."""

    list_display = ("queued_at", "to", "subject_or_kind", "state", "trouble_begins")
    ordering = ("-pk",)
    list_per_page = SHOWN
    show_full_result_count = False
    search_fields = ("to", "subject")
    fields = (
        "to",
        "subject_or_kind",
        "queued_at",
        "state",
        "trouble",
        "head",
        "words",
        "html_part",
    )
    readonly_fields = fields

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.html_page)
        return [path("<int:pk>/html/", page, name="core_mail_html"), *super().get_urls()]

    @admin.display(description="Subject")
    def subject_or_kind(self, one: Mail) -> str:
        return one.subject or f"({one.maker}, written when it goes)"

    @admin.display(description="State")
    def state(self, one: Mail) -> str:
        if one.sent_at:
            return "printed, not sent" if keeps_texts() else "sent"
        return "not sent" if one.refused_at else "waits"

    @admin.display(description="Trouble")
    def trouble_begins(self, one: Mail) -> str:
        return one.trouble[:100]

    @admin.display(description="Headers")
    def head(self, one: Mail) -> SafeString:
        if not one.text:
            return SafeString("-")
        lines = "\n".join(f"{name}: {value}" for name, value in _headers(one))
        return format_html('<pre class="mail-words" tabindex="0">{}</pre>', lines)

    @admin.display(description="Text")
    def words(self, one: Mail) -> SafeString | str:
        if not one.text:
            return "Not kept: where mail is sent, its words are forgotten when it has gone."
        return format_html('<pre class="mail-words" tabindex="0">{}</pre>', one.text)

    @admin.display(description="HTML part")
    def html_part(self, one: Mail) -> SafeString | str:
        if not one.html:
            return "-"
        address = reverse("admin:core_mail_html", args=[one.pk])
        return format_html('<a href="{}">As a mail program shows it</a>', address)

    def html_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The HTML part by itself, in a sandbox that the browser keeps."""
        if not self.has_view_permission(request):
            raise Http404
        one = get_object_or_404(Mail.objects.exclude(html=""), pk=pk)
        response = HttpResponse(one.html)
        response.headers["Content-Security-Policy"] = SANDBOX
        response.headers["Referrer-Policy"] = "no-referrer"
        return response


@admin.register(StoppedAddress)
class StoppedAddressAdmin(ReadBySuperusers):
    """To whom no mail goes; the action lets it go again."""

    list_display = ("address", "reason", "stopped_at")
    ordering = ("-pk",)
    search_fields = ("address",)
    actions = ("lift",)

    @admin.action(description="Send mail to these again")
    def lift(self, request: HttpRequest, some: QuerySet[StoppedAddress]) -> None:
        for one in some:
            lift_stop(one.address)
        messages.success(request, "Mail goes there again.")


@admin.register(MailFailure)
class MailFailureAdmin(ReadBySuperusers):
    """What was heard of mails that did not arrive, or were not wanted."""

    list_display = ("heard_at", "address", "kind", "detail", "forgiven_at")
    list_filter = ("kind",)
    ordering = ("-pk",)
    search_fields = ("address",)


def _headers(one: Mail) -> list[tuple[str, str]]:
    """As they went, but for the boundary between the parts."""
    return [(name, str(value)) for name, value in message(one, one.headers).message().items()]
