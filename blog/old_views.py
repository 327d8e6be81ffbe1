"""Addresses in the shape that Blogger and WordPress give them, answered by what is here."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from blog.archive import public_tags
from blog.models import Post
from blog.old_addresses import answer, find_target

FORMATS = {"atom": "atom", "json": "json", "rss": "rss", "rss2": "rss"}


def old_post(request: HttpRequest, slug: str, **date: int) -> HttpResponse:
    """`/2020/05/slug.html`, `/2020/05/06/slug/`, `/p/slug.html`: a row of redirects says where it
    is, else its slug.
    """
    known = answer(find_target(request.get_full_path()))
    if known is not None:
        return known
    # A draft's slug is nobody's business.
    return redirect(get_object_or_404(Post.objects.published(), slug=slug), permanent=True)


def old_tag(request: HttpRequest, name: str) -> HttpResponse:
    """`/category/x/`, `/tag/x/`, `/search/label/X`, also with their feeds."""
    wanted = name.strip("/").removesuffix("/feed").rpartition("/")[2]
    tags = public_tags()
    tag = tags.filter(slug=wanted).first() or tags.filter(name__iexact=wanted).first()
    if tag is None:
        raise Http404
    if name.strip("/").endswith("/feed"):
        return redirect("blog:tag-feed", tag.slug, "rss", permanent=True)
    return redirect(tag, permanent=True)


def old_list_page(request: HttpRequest, number: int) -> HttpResponse:
    """`/page/2/`."""
    return redirect(f"{reverse('blog:index')}?page={number}", permanent=True)


def old_feed(request: HttpRequest, suffix: str = "rss") -> HttpResponse:
    """`/feed/`, `/feed/atom/`, `/feeds/posts/default?alt=rss`, `/atom.xml`, `/rss.xml`."""
    asked = FORMATS.get(request.GET.get("alt", ""), FORMATS[suffix])
    return redirect(reverse("blog:feed", args=[asked]), permanent=True)
