"""WordPress's addresses that ask the first page for something, `/?s=words`: where that is here."""

import re
from typing import Final

from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from blog.archive import public_tags
from core.search import LONGEST_QUERY

MONTH: Final = re.compile(r"((?:19|20)\d\d)(?:(0[1-9]|1[0-2])(?:\d\d)?)?", re.ASCII)
PAGE: Final = re.compile(r"[1-9]\d{0,3}", re.ASCII)
FEEDS: Final = {"atom": "atom", "feed": "rss", "rdf": "rss", "rss": "rss", "rss2": "rss"}


def list_asked_for(asked: QueryDict) -> str | None:
    """The path of the search, month, feed, tag or later page that a query asks for, if one.

    One query if a tag is asked for.
    """
    if words := asked.get("s", "").strip():
        return search_for(words)
    if suffix := FEEDS.get(asked.get("feed", "")):
        return reverse("blog:feed", args=[suffix])
    if found := MONTH.fullmatch(asked.get("m", "")):
        year, month = int(found[1]), found[2]
        return reverse("blog:month", args=[year, int(month)]) if month else _year(year)
    if PAGE.fullmatch(number := asked.get("paged", "")):
        return f"{reverse('blog:index')}?page={number}"
    return _tag(asked.get("tag", ""))


def search_for(words: str) -> str:
    """The address of a search; of words that will be cut no more than shows that they were."""
    return f"{reverse('blog:search')}?{urlencode({'q': words[: LONGEST_QUERY + 1]})}"


def _year(year: int) -> str:
    return reverse("blog:year", args=[year])


def _tag(slug: str) -> str | None:
    if not slug or "\0" in slug:
        return None
    tag = public_tags().filter(slug=slug).first()
    return tag.get_absolute_url() if tag else None
