"""Earlier texts of a post: what changed in each, and bringing one back."""

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from blog.models import Post
from core.differences import Piece, compare

if TYPE_CHECKING:
    from django.contrib.auth.models import User

# What a revision brings back; status, address and times stay as they are.
RESTORED: Final = ("title", "summary", "body", "body_format")
LISTED: Final = 200


class EditConflict(Exception):
    """The post was saved after it was read."""


@dataclass(frozen=True)
class Listed:
    """One line of the history."""

    revision: Any
    changed: list[str]


@dataclass(frozen=True)
class Difference:
    """One field of a post in two revisions."""

    name: str
    pieces: list[Piece]


def list_revisions(post: Post) -> list[Listed]:
    """The newest revisions, newest first, each with what it changed. One query."""
    rows = list(post.history.select_related("history_user")[: LISTED + 1])
    found = [Listed(new, _changed(old, new)) for new, old in pairwise(rows)]
    if rows and len(rows) <= LISTED:
        found.append(Listed(rows[-1], []))
    return found


def differences(before: Any, after: Any) -> list[Difference]:
    """What differs between two texts, each a Post or a revision of one."""
    return [
        Difference(name, pieces)
        for name in ("title", "summary", "body")
        if (pieces := compare(_text(before, name), _text(after, name)))
    ]


def restore_revision(*, post_id: int, revision_id: int, version: int, by: "User") -> Post:
    """Give a post the texts of an earlier revision; what stood there stays in the history.

    The caller has checked that `by` may edit it. Raises EditConflict if it is no longer at
    `version`. Opens its own transaction.
    """
    with transaction.atomic():
        post = Post.objects.select_for_update().get(pk=post_id)
        if post.version != version:
            raise EditConflict
        revision = post.history.get(pk=revision_id)
        for name in RESTORED:
            setattr(post, name, getattr(revision, name))
        post.version += 1
        post._history_user = by  # type: ignore[attr-defined]
        reason = f"restored the text of {revision.history_date:%Y-%m-%d %H:%M %Z}"
        post._change_reason = reason  # type: ignore[attr-defined]
        post.save()
    return post


def _changed(old: Any, new: Any) -> list[str]:
    names = new.diff_against(old).changed_fields
    return [str(new._meta.get_field(name).verbose_name) for name in names]


def _text(where: Any, name: str) -> str:
    return str(getattr(where, name)).replace("\r\n", "\n")
