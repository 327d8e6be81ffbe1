"""Sources in the admin: where each was posted, and a standing note on it."""

from typing import Any, Final

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from comments.models import Comment
from moderation.models import Source, SourceUse
from moderation.permissions import moderatable

LATEST: Final = 50


@admin.register(Source)
class SourceAdmin(admin.ModelAdmin):
    """Rows come with the comments; people write the note only."""

    list_display = ["__str__", "uses", "note", "tell_writers"]
    list_filter = ["tell_writers"]
    search_fields = ["address", "note"]
    ordering = ["-pk"]
    list_per_page = 50
    show_full_result_count = False
    fields = ["address", "posted", "note", "dealt_with", "tell_writers"]
    readonly_fields = ["address", "posted"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Source]:
        """With the number of uses, counted for the rows of one page alone."""
        uses = SourceUse.objects.filter(source=OuterRef("pk")).values("source")
        times = uses.annotate(times=Count("pk")).values("times")
        return super().get_queryset(request).annotate(times=Subquery(times))

    def get_object(self, request: HttpRequest, object_id: str, *args: Any) -> Any:
        """With the latest comments that link to it, of those that the user decides on."""
        source: Any = super().get_object(request, object_id, *args)
        if source is not None:
            theirs = moderatable(request.user).filter(sources__source=source)
            source.posted_in = theirs.select_related("post").order_by("-pk")[:LATEST]
        return source

    @admin.display(description="Comments with it")
    def uses(self, source: Any) -> int:
        return source.times or 0

    @admin.display(description="Posted in")
    def posted(self, source: Any) -> SafeString:
        rows = format_html_join("", "<li>{}</li>", ([_place(one)] for one in source.posted_in))
        return format_html("<ul>{}</ul>", rows) if rows else SafeString("-")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _place(comment: Comment) -> SafeString:
    text = f"{comment.name} under “{comment.post.title}”, {comment.submitted_at:%Y-%m-%d}"
    if not comment.number:
        return format_html("{} ({})", text, comment.status)
    called = format_html('<a href="{}">#{}</a>', comment.get_absolute_url(), comment.number)
    return format_html("{} {} ({})", called, text, comment.status)
