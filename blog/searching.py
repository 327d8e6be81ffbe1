"""Posts that a search finds, and keeping their index in the language that is searched."""

from dataclasses import dataclass
from typing import Any, Final

from django.contrib.postgres.search import SearchRank
from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import F, QuerySet
from django.http import Http404
from django.utils.safestring import SafeString

from blog.models import IndexedPost, Post
from core.search import excerpts, has_phrase, make_query

PAGE_SIZE: Final = 10
WEIGHED: Final = 1_000
BY_LENGTH: Final = 1  # Postgres's normalisation: a long text does not win by its length alone
STALE: Final = """
    UPDATE blog_indexedpost SET language = core_search_language(), vector = blog_words(
        core_search_language(), post.title, post.summary, post.body_html)
    FROM blog_post AS post WHERE post.id = post_id AND post_id IN (
        SELECT post_id FROM blog_indexedpost
        WHERE language < core_search_language() OR language > core_search_language()
        LIMIT %s FOR UPDATE)
"""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A row that was found, and the passages for which it was."""

    row: Any
    excerpt: SafeString


@dataclass(frozen=True, kw_only=True)
class Findings:
    """One page of what a search found in one kind of text."""

    kind: str
    page: Page
    entries: list[Finding]
    is_cut: bool  # whether there were more to choose from than were weighed

    @property
    def count(self) -> int:
        return self.page.paginator.count


def find_posts(text: str, number: int) -> Findings:
    """The listed posts and pages that a search finds. Three queries, one for an empty result."""
    matches = IndexedPost.objects.filter(vector=make_query(text))
    posts = Post.objects.listed().select_related("author").defer("body")
    return make_findings("posts", posts, matches, text, number, html="body_html")


def make_findings(
    kind: str, public: QuerySet, matches: QuerySet, text: str, number: int, *, html: str
) -> Findings:
    """Page `number` of those `public` rows that are `matches` of an index, the best first.

    The newest thousand matches are weighed: weighing all that a common word finds would take the
    time of reading them. `html` is the field in which passages are shown. Raises Http404 for a
    page that is not there.
    """
    newest = matches.order_by(_newest_first(text)).values("pk")[:WEIGHED]
    rank = SearchRank(F("indexed__vector"), make_query(text), normalization=BY_LENGTH)
    found = public.filter(pk__in=newest).annotate(rank=rank)
    ids = list(found.order_by("-rank", "-published_at", "-pk").values_list("pk", flat=True))
    paginator = Paginator(ids, PAGE_SIZE)
    if not 1 <= number <= paginator.num_pages:
        raise Http404
    page = paginator.page(number)
    by_id = public.in_bulk(list(page.object_list)) if ids else {}
    rows = [by_id[pk] for pk in page.object_list if pk in by_id]
    passages = excerpts([getattr(row, html) for row in rows], text)
    entries = [
        Finding(row=row, excerpt=passage) for row, passage in zip(rows, passages, strict=True)
    ]
    return Findings(kind=kind, page=page, entries=entries, is_cut=len(ids) >= WEIGHED)


def _newest_first(text: str) -> Any:
    """Postgres takes a phrase to be as frequent as its words are together, and would read the whole
    table backwards for a thousand that are not there: no index has this order.
    """
    return (F("pk") + 0).desc() if has_phrase(text) else "-pk"


def index_stale_posts(at_most: int) -> int:
    """Index some posts again that are indexed in another language than the site's; how many."""
    with connection.cursor() as cursor:
        cursor.execute(STALE, [at_most])
        return int(cursor.rowcount)
