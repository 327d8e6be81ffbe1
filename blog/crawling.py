"""What search engines are told: a map of the site in parts, and what they may ask for."""

from collections.abc import Callable
from datetime import datetime
from io import StringIO
from typing import Any, Final, NamedTuple

from django.db.models.functions import Greatest
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.xmlutils import SimplerXMLGenerator
from django.views.decorators.cache import cache_control

from blog.models import Post, PostQuerySet

XML: Final = "application/xml; charset=utf-8"
NAMESPACE: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
IN_A_PART: Final = 1_000  # made in some 40 ms; the protocol allows 50,000
# Forms, private pages and what repeats other pages.
KEPT_OUT: Final = ("/admin/", "/comments/", "/search/", "/signin/", "/*/comment/", "/*/reply/")

Sections = dict[str, Callable[[], PostQuerySet]]
SECTIONS: Final[Sections] = {
    "posts": lambda: Post.objects.listed().posts(),
    "pages": lambda: Post.objects.listed().pages(),
}


class Place(NamedTuple):
    """An address and when what stands there last changed."""

    address: str
    changed_at: datetime | None


def sitemap_index(request: HttpRequest) -> HttpResponse:
    """`/sitemap.xml`: the parts of the map, each with the time of its latest change."""
    parts = []
    for name, posts in SECTIONS.items():
        times = list(_changes(posts()).values_list("changed_at", flat=True))
        for start in range(0, len(times), IN_A_PART):
            path = reverse("blog:sitemap", args=[name, start // IN_A_PART + 1])
            parts.append(Place(request.build_absolute_uri(path), max(times[start:][:IN_A_PART])))
    return _answer("sitemapindex", "sitemap", parts)


def sitemap(request: HttpRequest, section: str, number: str) -> HttpResponse:
    """`/sitemap-posts-1.xml`: one part of the map, oldest first, so that a full part stays."""
    if section not in SECTIONS:
        raise Http404
    posts = _changes(SECTIONS[section]()).only("slug", "kind")
    part = int(number)
    rows = posts[(part - 1) * IN_A_PART : part * IN_A_PART] if part else []
    places = [
        Place(request.build_absolute_uri(row.get_absolute_url()), row.changed_at) for row in rows
    ]
    if not places:
        raise Http404
    return _answer("urlset", "url", places)


@cache_control(public=True, max_age=3600)
def robots(request: HttpRequest) -> HttpResponse:
    """`/robots.txt`. No query."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in KEPT_OUT), ""]
    lines += [f"Sitemap: {request.build_absolute_uri(reverse('blog:sitemap-index'))}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


def _changes(posts: PostQuerySet) -> Any:
    changed = posts.annotate(changed_at=Greatest("updated_at", "published_at"))
    return changed.order_by("published_at", "pk")


def _answer(root: str, element: str, places: list[Place]) -> HttpResponse:
    out = StringIO()
    xml: Any = SimplerXMLGenerator(out, "utf-8", short_empty_elements=True)
    xml.startDocument()
    xml.startElement(root, {"xmlns": NAMESPACE})
    for place in places:
        xml.startElement(element, {})
        xml.addQuickElement("loc", place.address)
        if place.changed_at is not None:
            xml.addQuickElement("lastmod", place.changed_at.isoformat(timespec="seconds"))
        xml.endElement(element)
    xml.endElement(root)
    xml.endDocument()
    return HttpResponse(out.getvalue(), content_type=XML)
