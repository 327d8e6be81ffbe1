"""What stands in a feed of posts, and whether it has changed."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid5

from django.contrib.postgres.expressions import ArraySubquery
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.http import quote_etag

from blog.absolute import with_whole_addresses
from blog.author_names import name_of, path_of
from blog.models import Post, PostQuerySet, Tag
from core.feed_formats import AtomFeed, JSONFeed, RSSFeed
from core.models import Version
from core.site import current

if TYPE_CHECKING:
    from django.contrib.auth.models import User

ENTRIES: Final = 20
VERSION: Final = 3  # raise it when the same posts give another feed
NAMES: Final = UUID("0b6d3d1e-3a54-4e0c-8f4b-9a4be2cf8c51")  # the space of our entries' ids
BEFORE_ALL: Final = datetime(1970, 1, 1, tzinfo=UTC)

Feed = AtomFeed | JSONFeed | RSSFeed
Absolute = Callable[[str], str]  # from a path to a whole address
FORMATS: Final[dict[str, type[Feed]]] = {"atom": AtomFeed, "json": JSONFeed, "rss": RSSFeed}


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What a feed is about: posts, public or not; and which hub hears of its changes, if one."""

    title: str
    path: str
    id: str
    posts: PostQuerySet
    hub: str = ""


@dataclass(frozen=True)
class State:
    """What "unchanged" is judged by."""

    fingerprint: str
    modified: datetime
    updated: datetime  # what the feed itself says: the latest change of an entry

    def etag(self, *context: str) -> str:
        """An entity tag for this state, shown in some context (address, format)."""
        site = current()
        words = [site.title, site.tagline, site.websub_hub, site.language]
        content = json.dumps([VERSION, *words, self.fingerprint, *context])
        return quote_etag(hashlib.sha256(content.encode()).hexdigest()[:32])


def of_site(path: str) -> Scope:
    """All dated posts; `path` is the site's first page."""
    return Scope(
        title=current().title,
        path=path,
        id=uuid5(NAMES, "site").urn,
        posts=Post.objects.posts(),
        hub=current().websub_hub,
    )


def of_tag(tag: Tag) -> Scope:
    """The dated posts with one tag."""
    return Scope(
        title=f"{current().title}: {tag.name}",
        path=tag.get_absolute_url(),
        id=uuid5(NAMES, f"tag {tag.pk}").urn,
        posts=Post.objects.posts().filter(tags=tag),
    )


def of_authors(authors: "list[User]") -> Scope:
    """The dated posts of those who are called by one name, of whom there is one at least."""
    return Scope(
        title=f"{current().title}: {name_of(authors[0])}",
        path=path_of(authors[0]),
        id=uuid5(NAMES, f"author {authors[0].pk}").urn,
        posts=Post.objects.posts().filter(author__in=authors),
    )


def state_of(scope: Scope) -> State:
    """Two queries, which read no text.

    `modified` counts what was published once and is no longer, so that its going shows, too, and
    the last change of what every page may show: names, tags, settings.
    """
    words = Tag.objects.filter(posts=OuterRef("pk")).order_by("name").values("name")
    entries = list(
        _newest(scope)
        .annotate(words=ArraySubquery(words))
        .values_list(
            "pk",
            "updated_at",
            "published_at",
            "words",
            "html_version",
            "author__first_name",
            "author__last_name",
            "author__username",
        )
    )
    updated = max([max(entry[1], entry[2] or BEFORE_ALL) for entry in entries], default=BEFORE_ALL)
    once = scope.posts.filter(published_at__lte=timezone.now())
    touched = Subquery(Version.objects.filter(key="site").values("value"))  # microseconds
    last = once.order_by("-updated_at").values_list("updated_at", touched).first()
    modified = max(updated, *_times(last)) if last else updated
    return State(json.dumps(entries, cls=DjangoJSONEncoder), modified, updated)


def make_feed(
    scope: Scope, state: State, *, suffix: str, feed_url: str, absolute: Absolute
) -> Feed:
    """The newest listed posts of a scope, in the format that `suffix` names. Two queries."""
    site = current()
    feed = FORMATS[suffix](
        title=scope.title,
        link=absolute(scope.path),
        description=site.tagline or site.title,
        language=site.language,
        feed_url=feed_url,
        feed_guid=scope.id,
        updated=state.updated,
        hub=scope.hub,
    )
    for post in _newest(scope).select_related("author").prefetch_related("tags").defer("body"):
        feed.add_item(**_entry(post, absolute))
    return feed


def _times(last: tuple[datetime, int | None]) -> tuple[datetime, datetime]:
    changed_at, touched = last
    return changed_at, datetime.fromtimestamp((touched or 0) / 1_000_000, UTC)


def _newest(scope: Scope) -> PostQuerySet:
    return scope.posts.listed().newest_first()[:ENTRIES]


def _entry(post: Post, absolute: Absolute) -> dict[str, Any]:
    address = absolute(post.get_absolute_url())
    published_at = post.published_at or BEFORE_ALL
    return {
        "title": post.title,
        "link": address,
        "description": post.summary or None,
        "content": with_whole_addresses(post.body_html, address),
        "base": address,
        "author_name": post.author_name,
        "pubdate": published_at,
        "updateddate": max(published_at, post.updated_at),
        "unique_id": _id(post),
        "unique_id_is_permalink": False,
        "categories": [tag.name for tag in post.tags.all()],
    }


def _id(post: Post) -> str:
    """An id that survives another slug or host, and is no other site's."""
    return uuid5(NAMES, f"{post.pk} {post.created_at.astimezone(UTC).isoformat()}").urn
