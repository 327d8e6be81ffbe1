"""What every page shows of the blog."""

from typing import Final

from django import template
from django.utils import timezone

from blog.author_names import path_of
from blog.models import Post
from core.compiled import Compiled, Given

register = template.Library()


@register.simple_tag
def menu_pages() -> list[Post]:
    """The published pages that belong in the site's menu, by title. One query."""
    return _IN_MENU.rows(now=timezone.now())


_IN_MENU: Final = Compiled(
    lambda: (
        Post.objects.listed(Given("now"))
        .pages()
        .filter(in_menu=True)
        .only("title", "slug", "kind")
        .order_by("title")
    )
)


@register.simple_tag
def author_address(post: Post) -> str:
    """Where the posts of a listed post's author are; empty where no such list is."""
    return path_of(post.author) if post.is_listed and post.kind == Post.Kind.POST else ""
