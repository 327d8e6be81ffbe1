"""Posts in the admin."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.forms import Script
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html

from blog import autosaving
from blog.admin import writing
from blog.author_names import name_of
from blog.forms import PostForm
from blog.markup import images_in, left_out
from blog.models import Autosave, Post
from blog.old_addresses import leave_redirect_of_move
from blog.permissions import editable_posts, may_edit
from blog.previews import link_of
from blog.tagging import find_tags
from core.site import current


@admin.register(Post)
class PostAdmin(admin.ModelAdmin):
    form = PostForm
    list_display = ["title", "kind", "state", "author_name", "published_at", "address"]
    list_filter = ["kind", "status"]
    list_select_related = ["author"]
    list_per_page = 50
    show_full_result_count = False
    search_fields = ["title", "body"]
    prepopulated_fields = {"slug": ["title"]}
    ordering = ["-created_at"]
    fieldsets = [
        (
            None,
            {"fields": ["title", "slug", "body", "status", "published_at", "slot", "read_version"]},
        ),
        ("About it", {"fields": ["summary", "tag_words", "canonical_url"]}),
        (
            "Comments",
            {"fields": ["comments_status", "comments_close_at", "comments_notice"]},
        ),
        ("More", {"fields": ["kind", "in_menu", "body_format", "author"]}),
    ]

    class Media:
        css = {"all": ["writing.css"]}
        js = [Script(name, defer=True) for name in ("text_tools.js", "writing.js")]

    def get_urls(self) -> list[URLPattern]:
        def mounted(route: str, view: Any, name: str) -> URLPattern:
            return path(route, self.admin_site.admin_view(view(self)), name=f"blog_post_{name}")

        return [
            mounted("preview/", writing.preview, "preview"),
            mounted("autosave/", writing.autosave, "autosave"),
            mounted("autosave/<int:pk>/discard/", writing.discard, "discard"),
            mounted("upload/", writing.upload, "upload"),
            mounted("<int:pk>/private-link/", writing.private_link, "private_link"),
            mounted("<int:pk>/history/<int:revision_id>/", writing.revision, "revision"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Post]:
        return super().get_queryset(request) & editable_posts(request.user)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Post | None:
        """With a lock when something is to be saved: the version is compared under it."""
        post: Post | None = super().get_object(request, object_id, from_field)
        if post and request.method == "POST":
            return Post.objects.select_for_update().get(pk=post.pk)
        return post

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "canonical_url":
            kwargs["assume_scheme"] = "https"
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "author":  # chosen by name, and neither made nor deleted from here
            field.widget = field.widget.widget
            field.label_from_instance = name_of
        return field

    def get_readonly_fields(self, request: HttpRequest, obj: Post | None = None) -> list[str]:
        return [] if request.user.has_perm("blog.edit_any_post") else ["author"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        given = super().get_changeform_initial_data(request)
        comments = current().new_posts_comments
        return {"author": request.user.pk, "comments_status": comments, **given}

    def get_form(
        self, request: HttpRequest, obj: Post | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        if request.method == "GET":
            form.autosave = self._chosen(request, obj)
        return form

    def _chosen(self, request: HttpRequest, post: Post | None) -> Autosave | None:
        """The unsaved text that its author wants to go on with."""
        pk = request.GET.get("autosave", "")
        if not pk.isascii() or not pk.isdigit():
            return None
        own = Autosave.objects.waiting().filter(user=cast(User, request.user), post=post)
        return own.filter(pk=pk[:18]).first()

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        post: Post | None = context.get("original")
        user = cast(User, request.user)
        chosen = self._chosen(request, post) if request.method == "GET" else None
        waiting = autosaving.waiting_for(user, post) if request.method == "GET" else []
        context["chosen"] = chosen
        context["unsaved"] = [one for one in waiting if one != chosen]
        context["used_slots"] = " ".join(autosaving.used_slots(user))
        context["private_link"] = link_of(post) if post else ""
        return super().render_change_form(request, context, *args, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: Post | None = None) -> bool:
        if obj is None:
            return super().has_change_permission(request)
        return may_edit(request.user, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Post | None = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or may_edit(request.user, obj))

    def has_view_permission(self, request: HttpRequest, obj: Post | None = None) -> bool:
        allowed = super().has_view_permission(request, obj)
        return allowed and (obj is None or may_edit(request.user, obj))

    def save_model(self, request: HttpRequest, obj: Post, form: Any, change: bool) -> None:
        user = cast(User, request.user)
        if not change and obj.author_id is None:
            obj.author_id = user.pk
        if change and form.changes_the_post:
            obj.version += 1
        if change and not form.changes_the_post:
            obj.skip_history_when_saving = True  # type: ignore[attr-defined]
        obj._history_user = user  # type: ignore[attr-defined]
        was = Post.objects.get(pk=obj.pk) if change else None
        super().save_model(request, obj, form, change)
        if was is not None:
            leave_redirect_of_move(was=was, now=obj)
        if slot := form.cleaned_data.get("slot"):
            autosaving.use_up(slot=slot, by=user)
        self._say_what_follows(request, obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if "tag_words" in form.cleaned_data:
            form.instance.tags.set(find_tags(form.cleaned_data["tag_words"]))

    def _say_what_follows(self, request: HttpRequest, post: Post) -> None:
        if post.is_published:
            sentence = '<a href="{}">Read it on the site</a>: it is public.'
            messages.info(request, format_html(sentence, post.get_absolute_url()))
        if post.is_scheduled and post.published_at:
            at = timezone.localtime(post.published_at)
            messages.info(request, f"It will appear at {at:%H:%M} on {at:%-d %B %Y} ({at:%Z}).")
        elsewhere = [
            one["src"]
            for one in images_in(post.body_html)
            if one.get("src", "").startswith(("http:", "https:", "//"))
        ]
        if elsewhere:
            messages.warning(
                request,
                "Readers see no pictures from other sites, which would learn of every visit:"
                f" upload {', '.join(elsewhere[:5])} here.",
            )
        if missed := left_out(post.body, is_markdown=post.body_format == Post.Format.MARKDOWN):
            messages.warning(
                request,
                f"Readers do not get what stood in {', '.join(missed)}: a post holds no programs"
                " and no parts of other sites. Write a link to it.",
            )

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        return writing.history(self, request, object_id)

    @admin.display(description="author", ordering="author")
    def author_name(self, post: Post) -> str:
        return post.author_name

    @admin.display(description="on the site")
    def address(self, post: Post) -> str:
        word = "read" if post.is_published else "look at it"
        return format_html('<a href="{}">{}</a>', post.get_absolute_url(), word)

    @admin.display(description="status", ordering="status")
    def state(self, post: Post) -> str:
        return "scheduled" if post.is_scheduled else post.status
