"""The page of the search. Comments put theirs on top of it."""

from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from blog.searching import Findings, find_posts
from core.search import LONGEST_QUERY, is_cut, is_searchable, wanted

Finder = Any  # from a text and the number of a page to Findings


class SearchView(View):
    """`/search/?q=…`: what is found of each kind, or with `in=` one kind, page by page.

    Fourteen queries at most, whatever is found. Not to be kept by search engines. Template:
    blog/search.html; context: `query`, `longest`, `is_cut`, `findings`, `kind`, `is_searchable`,
    `is_anything_found`.
    """

    # What can be found, in the order of the page.
    finders: ClassVar[dict[str, Finder]] = {"posts": find_posts}

    def get(self, request: HttpRequest) -> HttpResponse:
        query = wanted(request.GET.get("q", ""))
        searchable = bool(query) and is_searchable(query)
        kind = request.GET.get("in", "")
        if kind and kind not in self.finders:
            raise Http404
        findings = self._find(query, kind, request) if searchable else []
        context = {
            "query": query,
            "longest": LONGEST_QUERY,
            "is_cut": is_cut(request.GET.get("q", "")),
            "kind": kind,
            "is_searchable": searchable,
            "findings": findings,
            "is_anything_found": any(found.count for found in findings),
        }
        response = render(request, "blog/search.html", context)
        response["X-Robots-Tag"] = "noindex"
        return response

    def _find(self, query: str, kind: str, request: HttpRequest) -> list[Findings]:
        number = _page_number(request.GET.get("page", "1")) if kind else 1
        finders = [self.finders[kind]] if kind else self.finders.values()
        return [find(query, number) for find in finders]


def _page_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise Http404
    return int(text)
