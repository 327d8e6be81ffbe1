"""What a locked or slowed branch means for who reads and writes there; moderators set it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import dateformat, timezone

from blog.models import Post
from comments.models import Brake, Comment
from comments.waiting import exactly_in_words
from core.compiled import Compiled, Given
from core.prepared import Statement

COLUMNS: Final = [field.attname for field in Brake._meta.concrete_fields]
# Which brakes hold is said once more in BrakeQuerySet.in_force, for sets without comments.
COVERED: Final = Statement(
    f"""
    SELECT DISTINCT ON (covered.id, brake.minutes IS NULL)
        {", ".join(f"brake.{name}" for name in COLUMNS)}, covered.id, head.number
    FROM comments_brake brake
    JOIN comments_comment head ON head.id = brake.head_id
    JOIN comments_comment covered
        ON covered.tree_id = head.tree_id AND covered.lft BETWEEN head.lft AND head.rght
    WHERE covered.id = ANY(%(ids)s::bigint[]) AND brake.lifted_at IS NULL
        AND (brake.until_at IS NULL OR brake.until_at > %(at)s)
    ORDER BY covered.id, brake.minutes IS NULL, head.lft DESC"""  # noqa: S608 (from constants)
)


class Over(NamedTuple):
    """The narrowest lock and the narrowest slow mode that hold where a comment stands."""

    lock: Brake | None = None
    slow: Brake | None = None


NOTHING: Final = Over()


def brakes_over(comment_ids: Collection[int], at: datetime) -> Mapping[int, Over]:
    """What holds where each of some comments stands, by their ids. One query.

    Each brake comes with `head_number`. Nothing is asked for no comment.
    """
    if not comment_ids:
        return {}
    # As one text: the driver takes ten times as long to write out a list of 10,000.
    asked: dict[str, Any] = {"ids": "{" + ",".join(map(str, comment_ids)) + "}", "at": at}
    found: dict[int, Over] = {}
    for *columns, covered_id, head_number in COVERED.rows(asked):
        brake: Any = Brake.from_db(connection.alias, COLUMNS, columns)
        brake.covered_id, brake.head_number = covered_id, head_number
        over = found.get(brake.covered_id, NOTHING)
        name = "slow" if brake.minutes else "lock"
        found[brake.covered_id] = over._replace(**{name: brake})
    return found


def lock_over(comment: Comment, at: datetime) -> Brake | None:
    """The narrowest lock that holds where a stored comment stands. One query."""
    return brakes_over([comment.pk], at).get(comment.pk, NOTHING).lock


def why_locked(comment: Comment, at: datetime) -> str:
    """Why no reader can reply to a comment, which has its post; empty if no lock speaks against it.

    One query.
    """
    lock = lock_over(comment, at)
    if lock is None:
        return ""
    ends = f" It opens again on {_moment(lock.until_at)}." if lock.until_at else ""
    by = who_set(lock, comment.post)
    return f"This branch was locked by {by} on {_day(lock.set_at)}: “{lock.reason}”{ends}"


def why_slow(what: str, minutes: int, reason: str, until_at: datetime | None) -> str:
    """What slow mode of a branch or conversation asks of a writer, why and how long. No query."""
    why = f" The reason: “{reason}”" if reason else ""
    ends = f" It ends on {_moment(until_at)}." if until_at else ""
    return f"This {what} is slowed: {pace(minutes)}.{why}{ends}"


def pace(minutes: int) -> str:
    """Slow mode in words."""
    return f"one comment in {exactly_in_words(minutes)} for each person"


def who_set(brake: Brake, post: Post) -> str:
    """The office, not the name."""
    return "the author" if brake.set_by_id == post.author_id else "a moderator"


def first_end_of_brakes(post: Post, moment: datetime) -> datetime | None:
    """When the first of what holds of a post and its branches is over by the clock. One query."""
    found = _ENDS.tuples(post=post.pk, moment=moment)
    return found[0][0] if found else None


def _ends() -> "QuerySet[Brake, tuple[Any, ...]]":
    post = Given("post")
    held = Brake.objects.in_force(Given("moment")).filter(Q(head__post=post) | Q(post=post))
    ending = held.filter(until_at__isnull=False).order_by("until_at")
    return ending.values_list("until_at")[:1]


_ENDS: Final = Compiled(_ends)


def _day(moment: datetime) -> str:
    return dateformat.format(timezone.localtime(moment), "j F Y")


def _moment(moment: datetime) -> str:
    return dateformat.format(timezone.localtime(moment), "j F Y, H:i")
