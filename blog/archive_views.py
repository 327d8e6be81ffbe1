"""Pages that lead to posts: by year, by month, by tag, and from blogs that the authors read."""

from datetime import date
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.xmlutils import SimplerXMLGenerator

from blog.archive import months, tags_in_use
from blog.models import Blogroll, PostQuerySet
from blog.views import PostListView
from core.site import current

OPML: Final = "text/x-opml; charset=utf-8"


def archive(request: HttpRequest) -> HttpResponse:
    """Every month with its number of posts, and every tag. Template: blog/archive.html."""
    context = {
        "months": months(),
        "tags": tags_in_use(),
        "has_blogroll": Blogroll.objects.exists(),
    }
    return render(request, "blog/archive.html", context)


def tags(request: HttpRequest) -> HttpResponse:
    """Every tag with its number of posts. Template: blog/tags.html."""
    return render(request, "blog/tags.html", {"tags": tags_in_use()})


class YearView(PostListView):
    """The listed posts of a year. Template: blog/index.html; context adds `heading`."""

    allow_empty = False

    def get_queryset(self) -> PostQuerySet:
        return super().get_queryset().filter(published_at__year=self.kwargs["year"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(heading=self.heading(), **kwargs)

    def heading(self) -> str:
        """What the list is of."""
        return f"Posts of {self.kwargs['year']}"


class MonthView(YearView):
    """The listed posts of a month."""

    def get_queryset(self) -> PostQuerySet:
        return super().get_queryset().filter(published_at__month=self.kwargs["month"])

    def heading(self) -> str:
        return f"Posts of {date_format(date(self.kwargs['year'], self.kwargs['month'], 1), 'F Y')}"


def day(request: HttpRequest, year: int, month: int, number: int) -> HttpResponse:
    """WordPress has a page for each day; here it is in its month."""
    return redirect("blog:month", year, month, permanent=True)


def blogroll(request: HttpRequest) -> HttpResponse:
    """The blogs that the authors read. Template: blog/blogroll.html; context: `blogs`."""
    return render(request, "blog/blogroll.html", {"blogs": Blogroll.objects.all()})


def blogroll_opml(request: HttpRequest) -> HttpResponse:
    """The same as OPML, for a feed reader; 404 while there is none with a feed."""
    blogs = list(Blogroll.objects.exclude(feed=""))
    if not blogs:
        raise Http404
    response = HttpResponse(content_type=OPML)
    xml: Any = SimplerXMLGenerator(response, "utf-8", short_empty_elements=True)
    xml.startDocument()
    xml.startElement("opml", {"version": "2.0"})
    xml.startElement("head", {})
    xml.addQuickElement("title", f"Blogs that {current().title} reads")
    xml.addQuickElement("docs", request.build_absolute_uri(reverse("blog:blogroll")))
    xml.endElement("head")
    xml.startElement("body", {})
    for blog in blogs:
        about = {"type": "rss", "text": blog.title, "title": blog.title}
        xml.addQuickElement("outline", "", {**about, "xmlUrl": blog.feed, "htmlUrl": blog.address})
    xml.endElement("body")
    xml.endElement("opml")
    xml.endDocument()
    return response
