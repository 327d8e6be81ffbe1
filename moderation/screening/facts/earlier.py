"""Earlier comments that a draft repeats something of: how they are read, and how they are named."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from blog.models import Post
from comments.intake import Draft
from comments.models import Comment
from comments.status import Status
from moderation.screening.facts.history import NETWORK_FOR

# Of a comment c under a post p, in the order that `earlier` reads them.
COLUMNS: Final = (
    "c.id, c.status, c.number, c.submitted_at, c.commenter_id, c.user_id, c.network,"
    " p.title, p.slug, p.kind, p.status, p.published_at, p.comments_status"
)
# What was sent before a time and is neither the comment that the draft would replace nor taken
# back by its own writer.
COUNTS: Final = (
    "c.submitted_at < %(at)s AND c.id <> %(replaces)s"
    " AND NOT (c.status = 'removed' AND c.removed_by = 'commenter')"
)


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """One earlier comment."""

    id: int
    status: str
    submitted_at: datetime
    is_own: bool = False  # by the same account or commenter, or lately from the same network
    is_public: bool = True  # everybody can read it
    number: str = ""
    title: str = ""  # of its post, as the next two
    slug: str = ""
    kind: str = Post.Kind.POST

    @property
    def name(self) -> str:
        """As people call it: for moderators, and for the writer if it is public."""
        return (
            f"#{self.number} under “{self.title}”" if self.number else f"one under “{self.title}”"
        )

    @property
    def place(self) -> dict[str, Any]:
        """As evidence."""
        return {
            "comment": self.id,
            "post": self.title,
            "number": self.number,
            "permalink": self.permalink,
            "status": self.status,
            "own": self.is_own,
        }

    @property
    def permalink(self) -> str:
        """Empty where there never was one."""
        if not self.number:
            return ""
        return _permalink(self.slug, self.kind, self.number)


@lru_cache(maxsize=1000)
def _permalink(slug: str, kind: str, number: str) -> str:
    return Comment(post=Post(slug=slug, kind=kind), number=number).get_absolute_url()


def parameters(draft: Draft, at: datetime) -> dict[str, Any]:
    """Those of COUNTS."""
    return {"at": at, "replaces": draft.replaces.pk if draft.replaces else 0}


def earlier(draft: Draft, at: datetime, row: Sequence[Any]) -> Earlier:
    """One comment from a row of COLUMNS."""
    pk, status, number, submitted_at, *whose = row[:7]
    title, slug, kind, *of_post = row[7:]
    return Earlier(
        id=pk,
        status=status,
        submitted_at=submitted_at,
        is_own=_is_own(draft, at, submitted_at, *whose),
        is_public=status == Status.PUBLISHED and _is_shown(*of_post),
        number=number or "",
        title=title,
        slug=slug,
        kind=kind,
    )


def _is_own(  # noqa: PLR0917 (part of a row, in the order of its fields)
    draft: Draft,
    at: datetime,
    submitted_at: datetime,
    commenter_id: int | None,
    user_id: int | None,
    network: str,
) -> bool:
    by_cookie = draft.commenter is not None and commenter_id == draft.commenter.pk
    by_account = draft.user is not None and user_id == draft.user.pk
    lately = submitted_at > at - NETWORK_FOR
    return by_cookie or by_account or (lately and network != "" and network == draft.network)


def _is_shown(status: str, published_at: datetime, comments_status: str) -> bool:
    post = Post(status=status, published_at=published_at, comments_status=comments_status)
    return post.is_published and post.shows_comments


def listed(names: Sequence[str], most: int = 3) -> str:
    """A few of them: "#2 under “A”, #1.4 under “B” and 5 more"."""
    shown, more = list(names[:most]), len(names) - most
    if more > 0:
        shown.append(f"{more} more")
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
