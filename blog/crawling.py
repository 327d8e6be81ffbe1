"""What search engines are told: a map of the site in parts, and what they may ask for."""

from collections.abc import Callable
from datetime import datetime
from io import StringIO
from typing import Any, Final, NamedTuple

from django.contrib.auth import get_user_model
from django.db.models import Max, QuerySet
from django.db.models.functions import Greatest
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.xmlutils import SimplerXMLGenerator
from django.views.decorators.cache import cache_control

from blog.author_names import path_of
from blog.models import Post, PostQuerySet, Tag
from core.site import current

XML: Final = "application/xml; charset=utf-8"
NAMESPACE: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
IN_A_PART: Final = 1_000  # made in some 40 ms; the protocol allows 50,000
# Forms, private pages and what repeats other pages.
KEPT_OUT: Final = ("/admin/", "/comments/", "/search/", "/signin/", "/*/comment/", "/*/reply/")


class Section(NamedTuple):
    """One kind of page: rows, each with its `changed_at`, in an order in which a full part stays;
    and the path of a row's page.
    """

    rows: Callable[[], QuerySet]
    path: Callable[[Any], str]


def sitemap_index(request: HttpRequest) -> HttpResponse:
    """`/sitemap.xml`: the parts of the map, each with the time of its latest change."""
    parts = []
    for name, section in SECTIONS.items():
        times = list(section.rows().values_list("changed_at", flat=True))
        for start in range(0, len(times), IN_A_PART):
            path = reverse("blog:sitemap", args=[name, start // IN_A_PART + 1])
            parts.append((request.build_absolute_uri(path), max(times[start:][:IN_A_PART])))
    return _answer("sitemapindex", "sitemap", parts)


def sitemap(request: HttpRequest, section: str, number: str) -> HttpResponse:
    """`/sitemap-posts-1.xml`: one part of the map."""
    if section not in SECTIONS:
        raise Http404
    rows, path = SECTIONS[section]
    part = int(number)
    changes: dict[str, datetime] = {}  # authors of one name share a page
    for row in rows()[(part - 1) * IN_A_PART : part * IN_A_PART] if part else []:
        address = path(row)
        changes[address] = max(changes.get(address, row.changed_at), row.changed_at)
    site = request.build_absolute_uri("/").removesuffix("/")  # of each it would take a fifth
    places = [(site + one, at) for one, at in changes.items()]
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
    return changed.order_by("published_at", "pk").only("slug", "kind")


def _front() -> PostQuerySet:
    """Of the posts that the first page shows, the one that changed last; none in an empty blog."""
    posts = Post.objects.listed().posts()
    shown = posts.newest_first().values("pk")[: current().posts_per_page]
    return _changes(posts.filter(pk__in=shown)).order_by("-changed_at", "pk")[:1]


def _lists(owners: QuerySet) -> QuerySet:
    """Those of tags or authors that have listed posts, with the latest change of one of these."""
    latest = Max(Greatest("posts__updated_at", "posts__published_at"))
    with_posts = owners.filter(posts__in=Post.objects.listed().posts())
    return with_posts.annotate(changed_at=latest).order_by("pk")


def _authors() -> QuerySet:
    """Of those with a list: who is called by signs alone has none. One query, before the set's."""
    with_posts = _lists(get_user_model().objects.all())
    return with_posts.filter(pk__in=[one.pk for one in with_posts if path_of(one)])


# The lists that people look for: the newest, on a subject, by somebody. Months and years answer no
# question, and their posts are here themselves; search and what repeats other pages is kept out.
SECTIONS: Final[dict[str, Section]] = {
    "front": Section(_front, lambda _: reverse("blog:index")),
    "posts": Section(lambda: _changes(Post.objects.listed().posts()), Post.get_absolute_url),
    "pages": Section(lambda: _changes(Post.objects.listed().pages()), Post.get_absolute_url),
    "tags": Section(lambda: _lists(Tag.objects.all()), Tag.get_absolute_url),
    "authors": Section(_authors, path_of),
}


def _answer(root: str, element: str, places: list[tuple[str, datetime]]) -> HttpResponse:
    out = StringIO()
    xml: Any = SimplerXMLGenerator(out, "utf-8", short_empty_elements=True)
    xml.startDocument()
    xml.startElement(root, {"xmlns": NAMESPACE})
    for address, changed_at in places:
        xml.startElement(element, {})
        xml.addQuickElement("loc", address)
        xml.addQuickElement("lastmod", changed_at.isoformat(timespec="seconds"))
        xml.endElement(element)
    xml.endElement(root)
    xml.endDocument()
    return HttpResponse(out.getvalue(), content_type=XML)
