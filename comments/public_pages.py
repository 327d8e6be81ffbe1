"""The page of a post as everybody gets it: which are stored, what they hang on, how long they hold.

It is built for a request that says nothing of who asks, so that nothing of them can get into it.

A query that the page knows nothing of is left out of what it is known by; one that asks for one
commenter's words, of which there are too many, is answered without being stored.
"""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest

from blog.models import Post
from blog.public_pages import DAY, PAGE_NUMBER, holds_until
from comments.brakes import first_end_of_brakes
from core.stored_pages import Built, Page, page_of

VIEWS: Final = frozenset({"", "threaded", "chronological", "author"})
# Of a request all that a public page may hang on: what it is stored by. There is no host in it, so
# that a page that asked for one would fail, and not be stored with that of who came first.
ASKED: Final = ("PATH_INFO", "QUERY_STRING", "SCRIPT_NAME")


def from_nobody(request: HttpRequest) -> HttpRequest:
    """A GET of the same page by a browser that has never been here."""
    asked: dict[str, Any] = {name: request.META[name] for name in ASKED if name in request.META}
    plain = WSGIRequest({**asked, "REQUEST_METHOD": "GET", "wsgi.input": BytesIO()})
    plain.user = AnonymousUser()
    return plain


def everybodys_page(request: HttpRequest, kind: str, slug: str, build: Callable[[], Built]) -> Page:
    """The stored page, or the one that `build` makes; it raises Http404 for what is not public."""

    def key() -> str:
        found = Post.objects.filter(kind=kind, slug=slug).values_list("pk", flat=True)
        return key_of(found.first() or 0)

    return page_of(path_of(request), key, build)


def key_of(post_id: int) -> str:
    """By which the triggers count what changes on a post's page."""
    return f"post:{post_id}"


def path_of(request: HttpRequest) -> str:
    """What a page is stored by; empty for one that is not to be stored."""
    asked = {name: request.GET.get(name, "") for name in ("view", "page", "by")}
    if asked.pop("by") or asked["view"] not in VIEWS:
        return ""
    if not PAGE_NUMBER.fullmatch(asked["page"] or "1"):
        return ""
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{request.path}?{query}"


def valid_until(post: Post, moment: datetime) -> datetime:
    """Until when a page that was begun at a moment holds by the clock, at most a day. Two queries.

    Comments close; a lock or slow mode is over; a post or page appears here or beside; and what
    is said of an old post counts its days. The form's stamp grows no older than that either.
    """
    times = [holds_until(moment), post.comments_end_at, first_end_of_brakes(post, moment)]
    if post.published_at is not None:
        times.append(post.published_at + DAY * ((moment - post.published_at) // DAY + 1))
    return min(time for time in times if time is not None and time > moment)
