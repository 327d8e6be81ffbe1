"""Pictures in the admin: uploading without a script, finding one again, deleting what is unused."""

from typing import Any, cast

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from blog.forms import PictureForm
from blog.models import Picture, Post
from blog.permissions import visible_pictures
from blog.pictures import receive_picture
from blog.unused_pictures import delete_picture, posts_with


@admin.register(Picture)
class PictureAdmin(admin.ModelAdmin):
    form = PictureForm
    list_display = ["name", "state", "uploaded_by", "uploaded_at"]
    list_select_related = ["uploaded_by"]
    search_fields = ["name", "key"]
    actions = None  # deletion asks of each picture whether it is used

    def get_queryset(self, request: HttpRequest) -> QuerySet[Picture]:
        return super().get_queryset(request) & visible_pictures(request.user)

    def get_fields(self, request: HttpRequest, obj: Picture | None = None) -> list[Any]:
        if obj is None:
            return ["file"]
        return ["name", "shown", "for_a_post", "state", "used_in", "uploaded_by", "uploaded_at"]

    def has_change_permission(self, request: HttpRequest, obj: Picture | None = None) -> bool:
        return False  # what is public under an address stays what it is

    def has_delete_permission(self, request: HttpRequest, obj: Picture | None = None) -> bool:
        if not super().has_delete_permission(request, obj):
            return False
        return obj is None or not posts_with(obj).exists()

    def save_model(self, request: HttpRequest, obj: Picture, form: Any, change: bool) -> None:
        by = cast(User, request.user)
        made, _ = receive_picture(file=form.cleaned_data["file"], by=by)
        obj.__dict__.update(made.__dict__)

    def delete_model(self, request: HttpRequest, obj: Picture) -> None:
        delete_picture(picture=obj)

    def response_add(
        self, request: HttpRequest, obj: Picture, post_url_continue: str | None = None
    ) -> HttpResponse:
        """To the page that says what to put into a post."""
        self.message_user(request, f"{obj.name} was uploaded. Put the line below into a post.")
        return HttpResponseRedirect(reverse("admin:blog_picture_change", args=[obj.pk]))

    @admin.display(description="state")
    def state(self, picture: Picture) -> str:
        if picture.trouble:
            return picture.trouble
        size = f"{picture.width} by {picture.height}"
        return size if picture.made_at else f"{size}, its sizes are being made"

    @admin.display(description="picture")
    def shown(self, picture: Picture) -> SafeString:
        shown = picture.shown_size.at(min(480, picture.shown_size.width))
        return format_html(
            '<img src="{}" width="{}" height="{}" alt="">',
            f"{picture.get_absolute_url()}{shown.width}.webp", *shown,
        )  # fmt: skip

    @admin.display(description="for a post")
    def for_a_post(self, picture: Picture) -> SafeString:
        return format_html(
            '<code>{}</code><div class="help">Between the brackets, write what the picture shows.'
            ' For a caption: <code>![A red door]({} "The caption")</code></div>',
            picture.markdown, picture.get_absolute_url(),
        )  # fmt: skip

    @admin.display(description="used in")
    def used_in(self, picture: Picture) -> str:
        """Titles, but of what another author has not published: that is nobody else's business."""
        posts = list(posts_with(picture))
        known = [one.title for one in posts if _may_be_named(one, picture)]
        others = ["a text of another author"] * (len(known) < len(posts))
        return ", ".join(known + others) or "no post: it is deleted 30 days after its upload"


def _may_be_named(post: Post, picture: Picture) -> bool:
    return post.is_published or post.author_id == picture.uploaded_by_id
