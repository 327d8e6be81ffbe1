"""Writing posts in the admin: everyone their own, unless they may edit every post."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from blog.models import Blogroll, Post, Tag
from blog.old_addresses import leave_redirect_of_move
from blog.permissions import editable_posts, may_edit
from core.site import current


@admin.register(Tag)
class TagAdmin(admin.ModelAdmin):
    prepopulated_fields = {"slug": ["name"]}
    search_fields = ["name"]


@admin.register(Blogroll)
class BlogrollAdmin(admin.ModelAdmin):
    list_display = ["title", "address", "feed"]
    search_fields = ["title", "address"]


@admin.register(Post)
class PostAdmin(admin.ModelAdmin):
    list_display = ["title", "kind", "status", "author", "published_at"]
    list_filter = ["kind", "status"]
    search_fields = ["title", "body"]
    prepopulated_fields = {"slug": ["title"]}
    autocomplete_fields = ["tags"]
    ordering = ["-created_at"]
    fieldsets = [
        (None, {"fields": ["title", "slug", "body", "status", "published_at"]}),
        (
            "Comments",
            {"fields": ["comments_status", "comments_close_at", "comments_notice"]},
        ),
        (
            "More",
            {"fields": ["kind", "in_menu", "summary", "tags", "body_format", "author"]},
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Post]:
        return super().get_queryset(request) & editable_posts(request.user)

    def get_readonly_fields(self, request: HttpRequest, obj: Post | None = None) -> list[str]:
        return [] if request.user.has_perm("blog.edit_any_post") else ["author"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        given = super().get_changeform_initial_data(request)
        comments = current().new_posts_comments
        return {"author": request.user.pk, "comments_status": comments, **given}

    def has_change_permission(self, request: HttpRequest, obj: Post | None = None) -> bool:
        if obj is None:
            return super().has_change_permission(request)
        return may_edit(request.user, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Post | None = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or may_edit(request.user, obj))

    def save_model(self, request: HttpRequest, obj: Post, form: ModelForm, change: bool) -> None:
        if not change and obj.author_id is None:
            obj.author_id = request.user.pk
        was = Post.objects.get(pk=obj.pk) if change else None
        super().save_model(request, obj, form, change)
        if was is not None:
            leave_redirect_of_move(was=was, now=obj)
