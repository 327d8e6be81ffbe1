"""Comments in the words of schema.org, beside the post that they are on."""

from collections.abc import Iterable
from itertools import islice
from typing import Any, Final

from django.conf import settings
from django.urls import reverse

from blog.models import Post
from comments.shown import Row
from comments.thread import Entry
from core.search import plain_text

AT_MOST: Final = 100  # of one page: each text stands there a second time
NUMBER: Final = "9.9"  # stands in an address for any number


def describe_comments(post: Post, entries: Iterable[Entry], published: int) -> dict[str, Any]:
    """What to add to the description of a post: the published comments of one page of it, without
    tombstones and what waits. No query.
    """
    page = "" if post.kind == Post.Kind.POST else "page-"
    address = settings.SITE_URL + reverse(f"comments:{page}permalink", args=[post.slug, NUMBER])
    public = (entry for entry in entries if entry.comment.is_published)
    comments = [_describe(entry, address) for entry in islice(public, AT_MOST)]
    return {"commentCount": published, **({"comment": comments} if comments else {})}


def _describe(entry: Entry, address: str) -> dict[str, Any]:
    comment, own = entry.comment, _at(address, entry.comment)
    described: dict[str, Any] = {
        "@type": "Comment",
        "@id": own,
        "url": own,
        "text": plain_text(comment.html),
        "author": {"@type": "Person", "name": comment.name},
        "dateCreated": comment.published_at and comment.published_at.isoformat(),
    }
    if entry.parent is not None and entry.parent.number:
        described["parentItem"] = {"@type": "Comment", "@id": _at(address, entry.parent)}
    return described


def _at(address: str, comment: Row) -> str:
    return address.replace(NUMBER, comment.number or "")
