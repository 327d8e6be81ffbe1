"""What stands in a feed of comments, and whether it has changed."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid5

from django.contrib.postgres.expressions import ArraySubquery
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Subquery
from django.db.models.functions import JSONObject
from django.utils.http import quote_etag

from blog.models import Post, PostQuerySet
from comments.feed_formats import FORMATS, Feed
from comments.models import Comment, CommentQuerySet
from core.site import current

ENTRIES: Final = 50
VERSION: Final = 1  # raise it when the same comments give another feed
NAMES: Final = UUID("5c0f3f0a-6a0e-4f0b-9d0d-3f1c6f1c2a57")  # the space of our entries' ids
BEFORE_ALL: Final = datetime(1970, 1, 1, tzinfo=UTC)

Absolute = Callable[[str], str]  # from a path to a whole address


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What a feed is about: comments, public or not, under some posts; and what may be shown."""

    title: str
    path: str
    id: str
    comments: CommentQuerySet
    posts: PostQuerySet
    shown: PostQuerySet


@dataclass(frozen=True)
class State:
    """What "unchanged" is judged by."""

    fingerprint: str
    modified: datetime

    def etag(self, *context: str) -> str:
        """An entity tag for this state, shown in some context (address, format)."""
        content = json.dumps([VERSION, current().title, self.fingerprint, *context])
        return quote_etag(hashlib.sha256(content.encode()).hexdigest()[:32])


def of_post(post: Post) -> Scope:
    """The conversation under one post."""
    return Scope(
        title=f"Comments on {post.title}",
        path=post.get_absolute_url(),
        id=_urn("post", post.pk, post.created_at),
        comments=Comment.objects.filter(post=post),
        posts=Post.objects.filter(pk=post.pk),
        shown=Post.objects.published(),
    )


def of_branch(head: Comment) -> Scope:
    """A comment with all that answers it."""
    return Scope(
        title=f"Comments on {head.post.title}: the branch of #{head.number}",
        path=f"{head.get_absolute_url()}branch/",
        id=_urn("branch", head.pk, head.submitted_at),
        comments=head.get_descendants(include_self=True),
        posts=Post.objects.filter(pk=head.post_id),
        shown=Post.objects.published(),
    )


def of_site(path: str) -> Scope:
    """Every conversation; `path` is the site's first page."""
    return Scope(
        title=f"Comments on {current().title}",
        path=path,
        id=str(uuid5(NAMES, "site").urn),
        comments=Comment.objects.all(),
        posts=Post.objects.all(),
        shown=Post.objects.listed(),
    )


def state_of(scope: Scope) -> State:
    """One query, which reads no text.

    The fingerprint holds all that an entry's content hangs on. A removal shows in it, and in
    `modified`, since what was taken back is still counted there.
    """
    entry = JSONObject(
        pk="pk", version="version", at="changed_at", number="number", html="html_version",
        post="post__updated_at",
    )  # fmt: skip
    last = scope.comments.visible_to().order_by("-changed_at").values("changed_at")[:1]
    found = scope.posts.order_by("-updated_at").annotate(
        entries=ArraySubquery(_newest(scope).values(entry=entry)), last=Subquery(last)
    )
    row = found.values_list("entries", "updated_at", "last").first()
    if row is None:
        return State("", BEFORE_ALL)
    entries, posts_changed_at, comments_changed_at = row
    modified = max(posts_changed_at, comments_changed_at or BEFORE_ALL)
    return State(json.dumps([entries, posts_changed_at], cls=DjangoJSONEncoder), modified)


def make_feed(
    scope: Scope, state: State, *, suffix: str, feed_url: str, absolute: Absolute
) -> Feed:
    """The newest public comments of a scope, in the format that `suffix` names. One query."""
    feed = FORMATS[suffix](
        title=scope.title,
        link=absolute(scope.path),
        description="",
        language=current().language,
        feed_url=feed_url,
        feed_guid=scope.id,
        updated=state.modified,
    )
    for comment in _with_what_it_answers(_newest(scope)):
        feed.add_item(**_entry(comment, absolute))
    return feed


def _newest(scope: Scope) -> CommentQuerySet:
    shown: CommentQuerySet = scope.comments.published().filter(post__in=scope.shown)
    return shown.order_by("-published_at", "-pk")[:ENTRIES]


def _with_what_it_answers(comments: CommentQuerySet) -> CommentQuerySet:
    texts = [f"{name}__{text}" for name in ("parent", "answers") for text in ("text", "html")]
    related: CommentQuerySet = comments.select_related("post", "parent", "answers")
    return related.defer("text", "mail", "post__body", "post__body_html", *texts)


def _entry(comment: Comment, absolute: Absolute) -> dict[str, Any]:
    post = comment.post
    answered = comment.answers or comment.parent
    address = absolute(comment.get_absolute_url())
    return {
        "title": f"#{comment.number} by {comment.name} on {post.title}",
        "link": address,
        "description": None,
        "content": str(comment.text_as_html),
        "base": absolute(post.get_absolute_url()),
        "author_name": comment.name,
        "pubdate": comment.published_at,
        "updateddate": max(comment.published_at or BEFORE_ALL, comment.changed_at),
        "unique_id": _comment_id(comment),
        "number": comment.number,
        "in_reply_to": _reference(post, answered, absolute),
    }


def _reference(post: Post, answered: Comment | None, absolute: Absolute) -> dict[str, str]:
    """What an entry replies to: a comment, public or by now a tombstone, or the post."""
    if answered is None:
        address = absolute(post.get_absolute_url())
        return {"id": address, "url": address}
    answered.post = post  # its own, which the permalink asks for
    return {"id": _comment_id(answered), "url": absolute(answered.get_absolute_url())}


def _comment_id(comment: Comment) -> str:
    return _urn("comment", comment.pk, comment.submitted_at)


def _urn(kind: str, pk: int, made_at: datetime) -> str:
    """An id that survives moves, other names of the host, and is no other site's."""
    return uuid5(NAMES, f"{kind} {pk} {made_at.astimezone(UTC).isoformat()}").urn
