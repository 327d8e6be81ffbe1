"""What every page shows of the blog."""

from django import template

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
