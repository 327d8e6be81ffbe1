"""Numbers: `2` at the top level, `1.6` for the sixth reply under 1. A number names a place.

Counters only grow, one per post and one per numbered place, so that a number is never reused. The
caller holds the lock of the comment's tree (comments.tree.under_lock).
"""

from collections.abc import Sequence
from typing import Any, Final

from django.db import connection
from django.db.models import F, QuerySet
from django.utils import timezone

from blog.models import Post, PostQuerySet
from comments import tree
from comments.errors import ParentWithoutNumber
from comments.models import Comment, Place
from core.compiled import Compiled, Given

PATTERN: Final = r"[1-9][0-9]*(?:\.[1-9][0-9]*)*"


def allot_number(comment: Comment) -> None:
    """Give `comment` the next number under its parent, unless it has one; writes the row.

    Raises ParentWithoutNumber for a reply to what was never public. A top-level comment locks its
    post's counter until the transaction ends.
    """
    if comment.number is not None:
        return
    number, ordinal = _next_number(comment)
    Place.objects.create(post_id=comment.post_id, number=number, comment=comment)
    _hold(comment, number, ordinal)


def allot_to_ancestors(comment: Comment) -> list[Comment]:
    """Number every unnumbered ancestor, top first, so that `comment` may be published.

    For imports: a reply that was public under a comment that is not leaves a numbered placeholder
    there. Returns the ancestors that were given a number.
    """
    unnumbered = list(comment.get_ancestors().filter(number=None))
    for ancestor in unnumbered:
        allot_number(ancestor)
    return unnumbered


def allot_to_arrivals(pairs: Sequence[tree.Pair]) -> list[Comment]:
    """Number the published among comments that tree.plant is about to store, and what they hang on.

    For imports. Order among siblings is their order in `pairs`; parents stand before replies. The
    caller holds the locks of the trees added to. Returns the placeholders: comments that got a
    number without being public, new or stored.
    """
    tree.reserve_ids(comment for comment, _ in pairs)
    by_parent, bearers = _to_be_numbered(pairs)
    placeholders = [placeholder for bearer in bearers for placeholder in _number_up_to(bearer)]
    replies: dict[int, int] = {}
    for parent, arrivals in by_parent:
        _number_siblings(parent, arrivals, replies)
    new = [comment for _, arrivals in by_parent for comment in arrivals]
    _record_places(new, replies)
    return placeholders + [comment for comment in new if not comment.is_published]


def renumber_branch(head: Comment) -> None:
    """Number a branch anew after tree.move_branch; the old numbers stay behind as pointers.

    A place that the comment held before under the same parent becomes current again, so that
    moving a branch back restores its numbers. Unnumbered comments stay so.
    """
    numbered = head.get_descendants(include_self=True).filter(number__isnull=False)
    for comment in sorted(numbered, key=lambda row: (row.level, row.ordinal)):
        number, ordinal = _earlier_place(comment) or _next_number(comment)
        Place.objects.get_or_create(
            post_id=comment.post_id, number=number, defaults={"comment": comment}
        )
        _hold(comment, number, ordinal)
    _tell_left_places(head)
    head.refresh_from_db(fields=["number", "ordinal"])


def _tell_left_places(head: Comment) -> None:
    """Note of all places of a branch's comments which are left, and which are held now."""
    branch = head.get_descendants(include_self=True)
    places = Place.objects.filter(comment__in=branch)
    current = places.filter(post=F("comment__post"), number=F("comment__number"))
    held = list(current.values_list("pk", flat=True))
    Place.objects.filter(pk__in=held).update(left_at=None)
    places.exclude(pk__in=held).filter(left_at=None).update(left_at=timezone.now())


def find_numbered(post: Post, number: str) -> Comment | None:
    """The comment that a number under a post leads to, also where it moved on. One query.

    With the post where it stands.
    """
    return _UNDER_POST.first(post=post.pk, number=number)


def find_at_address(kind: str, slug: str, number: str) -> Comment | None:
    """The same under the published post at an address. One query.

    Whether readers see the post where it stands by now is the caller's to ask.
    """
    return _AT_ADDRESS.first(now=timezone.now(), kind=kind, slug=slug, number=number)


def _published_there() -> PostQuerySet:
    published = Post.objects.published(Given("now"))
    return published.filter(kind=Given("kind"), slug=Given("slug"))


def _one_held(**under: Any) -> "QuerySet[Comment]":
    held = Comment.objects.filter(places__number=Given("number"), **under)
    return held.select_related("post").order_by()[:1]


_UNDER_POST: Final = Compiled(lambda: _one_held(places__post=Given("post")))
_AT_ADDRESS: Final = Compiled(
    lambda: _one_held(
        places__post__in=Post.objects.published(Given("now")).filter(
            kind=Given("kind"), slug=Given("slug")
        )
    )
)


def sort_key(number: str) -> tuple[int, ...]:
    """The order in which a reader expects numbers: 1, 1.2, 1.10, 2."""
    return tuple(int(part) for part in number.split("."))


def _to_be_numbered(
    pairs: Sequence[tree.Pair],
) -> tuple[list[tuple[Comment | None, list[Comment]]], list[Comment]]:
    """The arrivals that get a number, by parent, and the stored comments that they hang on."""
    new = {comment.pk for comment, _ in pairs}
    needed: set[int] = set()
    bearers: dict[int, Comment] = {}
    for comment, parent in reversed(pairs):
        if not (comment.is_published or comment.pk in needed):
            continue
        needed.add(comment.pk)
        if parent is not None:
            needed.add(parent.pk)
            if parent.pk not in new:
                bearers[parent.pk] = parent
    by_parent: dict[tuple[int, int | None], tuple[Comment | None, list[Comment]]] = {}
    for comment, parent in pairs:
        if comment.pk in needed:
            pk = parent.pk if parent else None
            holder = bearers.get(pk, parent) if pk else None  # the one that will have the number
            by_parent.setdefault((comment.post_id, pk), (holder, []))[1].append(comment)
    return list(by_parent.values()), list(bearers.values())


def _number_up_to(bearer: Comment) -> list[Comment]:
    """Number a stored comment and its ancestors where they have none."""
    bearer.refresh_from_db(fields=["number", "ordinal"])  # the one before may have given it one
    if bearer.number is not None:
        return []
    placeholders = allot_to_ancestors(bearer)
    allot_number(bearer)
    return [*placeholders, bearer]


def _number_siblings(
    parent: Comment | None, arrivals: Sequence[Comment], replies: dict[int, int]
) -> None:
    """Number arrivals under one parent; `replies` counts what is below each that is new itself."""
    prefix = f"{parent.number}." if parent else ""
    if parent is None:
        last = _next_top_level(arrivals[0].post_id, len(arrivals))
    elif parent.pk in replies:
        last = replies[parent.pk] = len(arrivals)
    else:
        last = _next_reply(parent.post_id, str(parent.number), len(arrivals))
    for ordinal, comment in enumerate(arrivals, last - len(arrivals) + 1):
        comment.number, comment.ordinal = f"{prefix}{ordinal}", ordinal
        replies[comment.pk] = 0


def _record_places(comments: Sequence[Comment], replies: dict[int, int]) -> None:
    for start in range(0, len(comments), 1000):  # a long thread's rows are not made all at once
        Place.objects.bulk_create(
            Place(
                post_id=comment.post_id,
                number=comment.number or "",
                comment_id=comment.pk,
                replies=replies[comment.pk],
            )
            for comment in comments[start : start + 1000]
        )


def _next_number(comment: Comment) -> tuple[str, int]:
    if comment.parent_id is None:
        ordinal = _next_top_level(comment.post_id)
        return str(ordinal), ordinal
    parent_number = _parent_number(comment)
    if parent_number is None:
        raise ParentWithoutNumber
    ordinal = _next_reply(comment.post_id, parent_number)
    return f"{parent_number}.{ordinal}", ordinal


def _next_reply(post_id: int, parent_number: str, count: int = 1) -> int:
    """The last of the next `count` ordinals under a number."""
    parent_place = Place.objects.filter(post_id=post_id, number=parent_number)
    parent_place.update(replies=F("replies") + count)
    return parent_place.values_list("replies", flat=True).get()


def _next_top_level(post_id: int, count: int = 1) -> int:
    """The last of the next `count` ordinals at the top level of a post."""
    # The row stays locked until COMMIT, which is what makes the counter exact.
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO comments_conversation AS c (post_id, top_level) VALUES (%s, %s)"
            " ON CONFLICT (post_id) DO UPDATE SET top_level = c.top_level + excluded.top_level"
            " RETURNING top_level",
            [post_id, count],
        )
        row = cursor.fetchone()
    return int(row[0])


def _parent_number(comment: Comment) -> str | None:
    # Read afresh: a caller's cached parent may be older than its number.
    return Comment.objects.values_list("number", flat=True).get(pk=comment.parent_id)


def _earlier_place(comment: Comment) -> tuple[str, int] | None:
    prefix = f"{_parent_number(comment)}." if comment.parent_id else ""
    held = Place.objects.filter(post_id=comment.post_id, comment=comment)
    for number in held.values_list("number", flat=True):
        head, _, last = number.rpartition(".")
        if (head + "." if head else "") == prefix:
            return number, int(last)
    return None


def _hold(comment: Comment, number: str, ordinal: int) -> None:
    comment.number, comment.ordinal = number, ordinal
    comment.save(update_fields=["number", "ordinal"])
