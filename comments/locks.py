"""What a locked branch means for who reads and writes there; moderators lock and unlock it."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet
from django.utils import dateformat, timezone

from blog.models import Post
from comments.models import BranchLock, Comment

# Which locks hold is said once more in BranchLockQuerySet.in_force, for sets without comments.
COVERED: Final = """
    SELECT DISTINCT ON (covered.id) lock.*, covered.id AS covered_id, head.number AS head_number
    FROM comments_branchlock lock
    JOIN comments_comment head ON head.id = lock.head_id
    JOIN comments_comment covered
        ON covered.tree_id = head.tree_id AND covered.lft BETWEEN head.lft AND head.rght
    WHERE covered.id = ANY(%(ids)s::bigint[]) AND lock.lifted_at IS NULL
        AND (lock.until_at IS NULL OR lock.until_at > %(at)s)
    ORDER BY covered.id, head.lft DESC"""


def locks_over(comment_ids: Collection[int], at: datetime) -> Mapping[int, Any]:
    """By the ids of comments the narrowest BranchLock that holds where each stands. One query.

    Each comes with `head_number`. Nothing is asked for no comment.
    """
    if not comment_ids:
        return {}
    # As one text: the driver takes ten times as long to write out a list of 10,000.
    asked = {"ids": "{" + ",".join(map(str, comment_ids)) + "}", "at": at}
    found: Iterable[Any] = BranchLock.objects.raw(COVERED, asked)
    return {lock.covered_id: lock for lock in found}


def lock_over(comment: Comment, at: datetime) -> BranchLock | None:
    """The narrowest lock that holds where a stored comment stands. One query."""
    found: BranchLock | None = locks_over([comment.pk], at).get(comment.pk)
    return found


def why_locked(comment: Comment, at: datetime) -> str:
    """Why no reader can reply to a comment, which has its post; empty if no lock speaks against it.

    One query.
    """
    lock = lock_over(comment, at)
    if lock is None:
        return ""
    ends = f" It opens again on {_moment(lock.until_at)}." if lock.until_at else ""
    by = who_locked(lock, comment.post)
    return f"This branch was locked by {by} on {_day(lock.locked_at)}: “{lock.reason}”{ends}"


def who_locked(lock: BranchLock, post: Post) -> str:
    """The office, not the name."""
    return "the author" if lock.locked_by_id == post.author_id else "a moderator"


def ends_of_locks(post: Post, moment: datetime) -> "QuerySet[BranchLock, tuple[Any, ...]]":
    """When the locks under a post that hold at a moment are over by the clock, one column."""
    held = BranchLock.objects.in_force(moment).filter(head__post=post)
    return held.filter(until_at__isnull=False).values_list("until_at")


def _day(moment: datetime) -> str:
    return dateformat.format(timezone.localtime(moment), "j F Y")


def _moment(moment: datetime) -> str:
    return dateformat.format(timezone.localtime(moment), "j F Y, H:i")
