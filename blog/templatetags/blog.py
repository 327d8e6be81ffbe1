"""What every page shows of the blog."""

from django import template
from django.urls import reverse

from blog.archive import slug_of
from blog.models import Post, PostQuerySet

register = template.Library()


@register.simple_tag
def menu_pages() -> PostQuerySet:
    """The published pages that belong in the site's menu, by title. One query when looped over."""
    return (
        Post.objects.listed()
        .pages()
        .filter(in_menu=True)
        .only("title", "slug", "kind")
        .order_by("title")
    )


@register.simple_tag
def author_address(post: Post) -> str:
    """Where the posts of a listed post's author are; empty where no such list is."""
    slug = slug_of(post.author) if post.is_listed and post.kind == Post.Kind.POST else ""
    return reverse("blog:author", args=[slug]) if slug else ""
