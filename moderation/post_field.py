"""A field that names one of many posts: typed, since a choice of all would grow with them."""

from typing import Any, Final
from urllib.parse import urlsplit

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from blog.models import Post, PostQuerySet

SUGGESTED: Final = 50
LONGEST_ID: Final = 18  # digits
LONGEST: Final = 500


class PostInput(forms.TextInput):
    """A line of text, with the newest posts as suggestions. One query."""

    posts: PostQuerySet

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        suggestions = f"{name}-suggestions"
        more = {"list": suggestions, "size": 30}
        line = super().render(name, value, {**(attrs or {}), **more}, renderer)
        newest = self.posts.order_by("-created_at", "-pk").values_list("slug", "title")
        options = format_html_join("", '<option value="{}">{}</option>', newest[:SUGGESTED])
        return format_html('{}<datalist id="{}">{}</datalist>', line, suggestions, options)


class PostField(forms.CharField):
    """A post of `posts` by its address, the last part of it or its id; cleaned to the post.

    One query for what is typed, none for nothing.
    """

    widget = PostInput
    default_error_messages = {"not_there": "There is no post with this address."}

    def __init__(self, *, posts: PostQuerySet, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST, **kwargs)
        self.posts = posts

    @property
    def posts(self) -> PostQuerySet:
        """Those that can be named."""
        return self._posts

    @posts.setter
    def posts(self, posts: PostQuerySet) -> None:
        widget: Any = self.widget
        self._posts = widget.posts = posts

    def clean(self, value: Any) -> Post | None:
        typed = super().clean(value)
        if not typed:
            return None
        post = self._find(typed)
        if post is None:
            raise forms.ValidationError(self.error_messages["not_there"], code="not_there")
        return post

    def _find(self, typed: str) -> Post | None:
        try:
            path = urlsplit(typed).path
        except ValueError:  # brackets that hold no address
            return None
        slug = path.strip("/").rpartition("/")[2]
        by_slug = self.posts.filter(slug=slug).first()
        is_id = typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_ID
        return by_slug or (self.posts.filter(pk=int(typed)).first() if is_id else None)
