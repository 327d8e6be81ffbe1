"""WordPress's addresses that ask the first page for something, `/?s=words`: where that is here."""

import re
from typing import Final

from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from core.search import LONGEST_QUERY

MONTH: Final = re.compile(r"((?:19|20)\d\d)(?:(0[1-9]|1[0-2])(?:\d\d)?)?", re.ASCII)
PAGE: Final = re.compile(r"[1-9]\d{0,3}", re.ASCII)
SLUG: Final = re.compile(r"[-\w]{1,200}")
FEEDS: Final = {"atom": "atom", "feed": "rss", "rdf": "rss", "rss": "rss", "rss2": "rss"}
NAMED: Final = {"tag": "tag", "category_name": "category", "author_name": "author"}


def list_asked_for(asked: QueryDict) -> str | None:
    """The path of the search, month, feed or later page that a query asks for, if one. No query."""
    if words := asked.get("s", "").strip():
        return search_for(words)
    if found := MONTH.fullmatch(asked.get("m", "")):
        year, month = int(found[1]), found[2]
        return reverse("blog:month", args=[year, int(month)]) if month else _year(year)
    rest = within_a_list(asked)
    return f"{reverse('blog:index')}{rest}" if rest else None


def list_named_in(asked: QueryDict) -> tuple[str, str] | None:
    """What kind of list is asked for by name, as a path begins there with it, and which."""
    if asked.get("s", "").strip():
        return None
    for name, kind in NAMED.items():
        if SLUG.fullmatch(slug := asked.get(name, "")):
            return kind, slug
    return None


def within_a_list(asked: QueryDict) -> str:
    """The feed or later page of a list that a query asks for, behind the list's path; or ''."""
    if suffix := FEEDS.get(asked.get("feed", "")):
        return f"feed.{suffix}"
    number = asked.get("paged", "")
    return f"?page={number}" if PAGE.fullmatch(number) else ""


def search_for(words: str) -> str:
    """The address of a search; of words that will be cut no more than shows that they were."""
    return f"{reverse('blog:search')}?{urlencode({'q': words[: LONGEST_QUERY + 1]})}"


def _year(year: int) -> str:
    return reverse("blog:year", args=[year])
