"""Addresses in the shape that Blogger and WordPress give them, answered by what is here."""

import re
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseGone
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from blog.archive import authors_called, public_tags
from blog.models import Post
from blog.old_addresses import answer, find_list, find_target
from blog.old_queries import search_for

FORMATS = {"atom": "atom", "json": "json", "rss": "rss", "rss2": "rss"}
# A tag, and what is asked of it.
OF_TAG: Final = re.compile(
    r"(?:.*?/)??(?P<tag>[^/]*?)"
    r"(?:/feed(?:/(?P<feed>atom|rss|rss2))?|/page/(?P<page>[1-9][0-9]{0,3}))?",
    re.DOTALL,
)


def old_post(request: HttpRequest, slug: str, **date: int) -> HttpResponse:
    """`/2020/05/slug.html`, `/2020/05/06/slug/`, `/p/slug.html`: a row of redirects says where it
    is, else its slug.
    """
    known = answer(find_target(request.get_full_path()))
    if known is not None:
        return known
    # A draft's slug is nobody's business.
    post = Post.objects.published().filter(slug=slug).first()
    if post is not None:
        return redirect(post, permanent=True)
    renamed = answer(find_target(f"/posts/{slug}/"))
    if renamed is None:
        raise Http404
    return renamed


def old_tag(request: HttpRequest, kind: str, name: str) -> HttpResponse:
    """`/category/x/`, `/tag/x/`, `/search/label/X`, also with their feeds and later pages: a row of
    redirects says where it is, else its slug or its name, now or once.
    """
    asked: Any = OF_TAG.fullmatch(name.strip("/"))
    wanted, page = asked["tag"], asked["page"]
    where = find_list(kind, wanted)
    if where is None:
        raise Http404
    if not where:
        return HttpResponseGone()
    is_feed = not page and asked.end("tag") < asked.end()
    rest = f"feed.{FORMATS[asked['feed'] or 'rss']}" if is_feed else f"?page={page}" if page else ""
    return redirect(where + rest, permanent=True)


def old_author_page(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """`/author/ada/page/2/`."""
    _require_author(slug)
    return redirect(f"{reverse('blog:author', args=[slug])}?page={number}", permanent=True)


def old_author_feed(request: HttpRequest, slug: str, suffix: str = "rss") -> HttpResponse:
    """`/author/ada/feed/`, `/author/ada/feed/atom/`."""
    _require_author(slug)
    return redirect("blog:author-feed", slug, FORMATS[suffix], permanent=True)


def old_list_page(request: HttpRequest, number: int, **date: int) -> HttpResponse:
    """`/page/2/`, `/2020/page/2/`, `/2020/05/page/2/`."""
    place = {0: "blog:index", 1: "blog:year", 2: "blog:month"}[len(date)]
    return redirect(f"{reverse(place, kwargs=date)}?page={number}", permanent=True)


def old_month(request: HttpRequest, year: int, month: int, number: int) -> HttpResponse:
    """`/2020_05_01_archive.html`."""
    return redirect("blog:month", year, month, permanent=True)


def old_search(request: HttpRequest, words: str) -> HttpResponse:
    """`/search/words/`."""
    return redirect(search_for(words), permanent=True)


def old_tag_feed(request: HttpRequest, name: str) -> HttpResponse:
    """`/feeds/posts/default/-/Label`."""
    tag = get_object_or_404(public_tags(), name__iexact=name.strip("/"))
    asked = FORMATS.get(request.GET.get("alt", ""), "atom")
    return redirect("blog:tag-feed", tag.slug, asked, permanent=True)


def old_place(request: HttpRequest, name: str) -> HttpResponse:
    """`/index.html`, `/sitemap_index.xml`: what stands here under another name."""
    return redirect(name, permanent=True)


def old_feed(request: HttpRequest, suffix: str = "rss") -> HttpResponse:
    """`/feed/`, `/feed/atom/`, `/feeds/posts/default?alt=rss`, `/atom.xml`, `/rss.xml`."""
    asked = FORMATS.get(request.GET.get("alt", ""), FORMATS[suffix])
    return redirect(reverse("blog:feed", args=[asked]), permanent=True)


def _require_author(slug: str) -> None:
    """404 for who is not called so; a row of redirects may know better then."""
    if not authors_called(slug):
        raise Http404
