"""Comments in the words of schema.org, beside the post that they are on."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings

from comments.models import Comment
from comments.thread import Entry
from core.search import plain_text


def describe_comments(entries: Iterable[Entry], published: int) -> dict[str, Any]:
    """What to add to the description of a post: the published comments of one page of it, without
    tombstones and what waits. No query.
    """
    comments = [_describe(entry) for entry in entries if entry.comment.is_published]
    return {"commentCount": published, **({"comment": comments} if comments else {})}


def _describe(entry: Entry) -> dict[str, Any]:
    comment = entry.comment
    described: dict[str, Any] = {
        "@type": "Comment",
        "@id": _address(comment),
        "url": _address(comment),
        "text": plain_text(comment.html),
        "author": {"@type": "Person", "name": comment.name},
        "dateCreated": comment.published_at and comment.published_at.isoformat(),
    }
    if entry.parent is not None and entry.parent.number:
        described["parentItem"] = {"@type": "Comment", "@id": _address(entry.parent)}
    return described


def _address(comment: Comment) -> str:
    return f"{settings.SITE_URL}{comment.get_absolute_url()}"
