"""Numbers: `2` at the top level, `1.6` for the sixth reply under 1. A number names a place.

Counters only grow, one per post and one per numbered place, so that a number is never reused. The
caller holds the lock of the comment's tree (comments.tree.under_lock).
"""

from django.db import connection
from django.db.models import F

from blog.models import Post
from comments.errors import ParentWithoutNumber
from comments.models import Comment, Place


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
    head.refresh_from_db(fields=["number", "ordinal"])


def find_place(post: Post, number: str) -> Place | None:
    """The place of `number` under `post`, current or left behind by a move. One query."""
    places = Place.objects.select_related("comment__post")
    return places.filter(post=post, number=number).first()


def sort_key(number: str) -> tuple[int, ...]:
    """The order in which a reader expects numbers: 1, 1.2, 1.10, 2."""
    return tuple(int(part) for part in number.split("."))


def _next_number(comment: Comment) -> tuple[str, int]:
    if comment.parent_id is None:
        ordinal = _next_top_level(comment.post_id)
        return str(ordinal), ordinal
    parent_number = _parent_number(comment)
    if parent_number is None:
        raise ParentWithoutNumber
    parent_place = Place.objects.filter(post_id=comment.post_id, number=parent_number)
    parent_place.update(replies=F("replies") + 1)
    ordinal = parent_place.values_list("replies", flat=True).get()
    return f"{parent_number}.{ordinal}", ordinal


def _next_top_level(post_id: int) -> int:
    # The row stays locked until COMMIT, which is what makes the counter exact.
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO comments_conversation AS c (post_id, top_level) VALUES (%s, 1)"
            " ON CONFLICT (post_id) DO UPDATE SET top_level = c.top_level + 1"
            " RETURNING top_level",
            [post_id],
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
