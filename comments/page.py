"""What of a conversation stands on one page: which comments, in which order, with which links.

Every function here takes a fixed number of queries, whatever the number of comments.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from math import ceil
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.db.models import Count, Q
from django.http import Http404
from django.utils import timezone

from blog.models import Post
from comments import intake, references
from comments.brakes import brakes_over, who_set
from comments.models import Comment, Commenter, CommentQuerySet
from comments.numbers import sort_key
from comments.references import Target
from comments.shown import Row, columns_shown, read_shown
from comments.status import Status
from comments.thread import Braked, Entry, Pointer, arrange, in_order
from core.compiled import Compiled, Given
from core.prepared import Statement

WITH_WHAT_IT_ANSWERS: Final = ("parent", "answers")
OWN_AT_MOST: Final = 50
Rows = Mapping[int, Row]
# A number that was yet to come when it was written is looked up among those allotted since: so
# nothing has to be written when one is, and no publication can miss a comment on its way in.
CONNECTIONS: Final = Statement("""
    SELECT source_id, target_id, '' FROM comments_reference
    WHERE target_id = ANY(%(here)s::bigint[])
    UNION SELECT o.source_id, p.comment_id, o.number FROM comments_openreference o
    JOIN comments_place p ON (p.post_id, p.number) = (o.post_id, o.number)
    WHERE o.source_id = ANY(%(here)s::bigint[])
    UNION SELECT o.source_id, p.comment_id, o.number FROM comments_openreference o
    JOIN comments_place p ON (p.post_id, p.number) = (o.post_id, o.number)
    WHERE p.comment_id = ANY(%(here)s::bigint[])
    UNION SELECT 0, p.comment_id, p.number FROM comments_place p
    WHERE p.post_id = %(post)s AND p.left_at IS NOT NULL""")


class Connection(NamedTuple):
    """That one comment refers to another; `late_number` if it did before that number was there.

    Without a source: `late_number` of this post was left, and its comment stands elsewhere.
    """

    source_id: int
    target_id: int
    late_number: str


class Totals(NamedTuple):
    """What a post's conversation comes to."""

    published: int
    top_level: int  # with tombstones: what paging counts


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """One page of a conversation. `number` and `of` count from 1; `of` is 1 for an empty one.

    `moved` are branches that left from before the first entry.
    """

    entries: Sequence[Entry]
    number: int
    of: int
    moved: Sequence[Pointer] = ()


def totals(post: Post) -> Totals:
    """Count a conversation. One query."""
    counted = _TOTALS.tuples(post=post.pk)
    return Totals(*counted[0]) if counted else Totals(0, 0)


_TOTALS: Final = Compiled(
    lambda: (
        Comment.objects.filter(post=Given("post"))
        .visible_to()
        .values("post")
        .annotate(
            published=Count("pk", filter=Q(status=Status.PUBLISHED)),
            top_level=Count("pk", filter=Q(parent=None)),
        )
        .values_list("published", "top_level")
        .order_by()  # else it counts by the tree's order too
    )
)


def threaded(
    post: Post, number: int, top_level_count: int, waiting: Iterable[Comment] = ()
) -> Leaf:
    """Page `number` of the conversation, by top-level comments; a branch is never split.

    `top_level_count` is that of `totals`. Raises Http404 for a page that is not there. `waiting`
    are the reader's own: each stands below what it answers, at the top level on the last page.
    """
    size = settings.COMMENTS_PER_PAGE
    of = _pages(top_level_count, size)
    comments: list[Row] = list(read_shown(_in_trees(*_bounds(number, of, size)), post=post.pk))
    comments += _in_place(waiting, comments, is_last=number == of)
    entries, moved = _dress(arrange(comments, _depth()), post, _answered(comments))
    return Leaf(entries=entries, number=number, of=of, moved=moved if number == 1 else ())


@lru_cache(maxsize=64)
def _in_trees(start: int, stop: int) -> Compiled[Comment]:
    """What is seen of the trees from one top-level comment of a post to before another."""
    post = Given("post")
    top_level = Comment.objects.filter(post=post, parent=None).visible_to()
    chosen = top_level.order_by("ordinal")[start:stop]
    in_trees = Comment.objects.filter(post=post, tree_id__in=chosen.values("tree_id"))
    return columns_shown(in_trees.visible_to())


def flat(
    post: Post, comments: CommentQuerySet, number: int, waiting: Iterable[Comment] = ()
) -> Leaf:
    """Page `number` of some comments of a post in the order of their publication.

    `waiting` are the reader's own: all stand at the end of the last page.
    """
    size = settings.COMMENTS_PER_PAGE
    of = _pages(comments.count(), size)
    ordered = comments.select_related(*WITH_WHAT_IT_ANSWERS).order_by("published_at", "pk")
    shown = [*_slice(ordered, number, of, size), *(waiting if number == of else ())]
    replies = Comment.objects.filter(post=post, parent__in=[one.pk for one in shown]).visible_to()
    answered = set(replies.values_list("parent_id", flat=True)) if shown else ()
    return Leaf(entries=dress(in_order(shown), post, answered), number=number, of=of)


def own_waiting(post: Post, commenter: Commenter | None) -> list[Comment]:
    """What a commenter wrote here that waits and was never public, oldest first. One query.

    For an answer to the commenter's own cookie; at most the last 50. Without one no query.
    """
    if commenter is None:
        return []
    waiting = Comment.objects.filter(post=post).waiting_of(commenter)
    latest = waiting.select_related(*WITH_WHAT_IT_ANSWERS).order_by("-pk")[:OWN_AT_MOST]
    return list(reversed(latest))


def has_own(post: Post, commenter: Commenter | None) -> bool:
    """Whether a commenter sees here what nobody else does: words of theirs that wait, or wait
    again. One query; without a commenter none.
    """
    own = Comment.objects.filter(post=post, commenter=commenter, status=Status.PENDING)
    return commenter is not None and own.exists()


def has_newer(post: Post, moment: datetime | None) -> bool:
    """Whether something was published here after a moment. One query; without a moment none."""
    comments = Comment.objects.filter(post=post).visible_to()
    return moment is not None and published_since(comments, moment).exists()


def without_entries(number: int, count: int) -> Leaf:
    """Page `number`, which is there, of so many comments; for who has them already."""
    return Leaf(entries=(), number=number, of=_pages(count, settings.COMMENTS_PER_PAGE))


def mark_new(leaf: Leaf, since: datetime) -> Leaf:
    """The same page with what was published after a moment marked."""
    for entry in leaf.entries:
        entry.is_new = _is_newer(entry.comment, since)
    return leaf


def _is_newer(comment: Row, moment: datetime) -> bool:
    at = comment.published_at
    return comment.is_published and at is not None and at > moment


def _in_place(
    waiting: Iterable[Comment], comments: Iterable[Row], *, is_last: bool
) -> list[Comment]:
    """Those whose place is on a page with these comments."""
    here: set[int | None] = {comment.pk for comment in comments} | ({None} if is_last else set())
    placed = []
    for comment in waiting:  # a continued one comes after what it continues
        if comment.parent_id in here:
            here.add(comment.pk)
            placed.append(comment)
    return placed


def branch(head: Comment, waiting: Iterable[Comment] = ()) -> tuple[list[Entry], list[Entry]]:
    """The ancestors of a comment, outermost first, and the branch that it begins.

    `waiting` are the reader's own: each stands below what it answers.
    """
    ancestors = list(head.get_ancestors().visible_to().select_related(*WITH_WHAT_IT_ANSWERS))
    below = list(head.get_descendants(include_self=True).visible_to())
    below += _in_place(waiting, below, is_last=False)
    placed = [*in_order(ancestors), *arrange(below, _depth(), ancestors)]
    dressed = dress(placed, head.post, _answered([*ancestors, *below]))
    return dressed[: len(ancestors)], dressed[len(ancestors) :]


def page_of(comment: Comment) -> int:
    """On which page of the threaded view a comment with a number stands. One query."""
    top_level = int((comment.number or "1").partition(".")[0])
    before = Comment.objects.filter(post_id=comment.post_id, parent=None, ordinal__lt=top_level)
    return before.visible_to().count() // settings.COMMENTS_PER_PAGE + 1


def written_by(comments: CommentQuerySet, writer: Comment) -> CommentQuerySet:
    """Those published by the writer of one comment: the same account, else the same typed name.

    Of one commenter only those under that name: who writes under two names does not say so.
    """
    published = comments.filter(status=Status.PUBLISHED)
    if writer.user_id is not None:
        return published.filter(user_id=writer.user_id)
    by_name = published.filter(user=None, name__iexact=writer.name)
    return by_name.filter(commenter_id=writer.commenter_id)


def published_since(comments: CommentQuerySet, moment: datetime) -> CommentQuerySet:
    """Those published after a moment."""
    return comments.filter(status=Status.PUBLISHED, published_at__gt=moment)


def dress(entries: Sequence[Entry], post: Post, answered: Collection[int] = ()) -> list[Entry]:
    """Put in what the stored HTML leaves open: links of references, back-links, clauses, brakes.

    `answered` are the ids of those with a branch. Three queries at most, the second only for what
    leads to another page or comes from there; and those of the screener where a moderator removed
    something, slowed a branch, or cited a clause to lock or slow one.
    """
    return _dress(entries, post, answered)[0]


def _dress(
    entries: Sequence[Entry], post: Post, answered: Collection[int]
) -> tuple[list[Entry], Sequence[Pointer]]:
    """The same, with what left from before the first comment of all."""
    here = {entry.comment.pk: entry.comment for entry in entries}
    found = _connections(here, post)
    html = _with_late_marks(here, found)
    near = _public(post, here, html.values(), found)
    targets = {pk: _target(comment, here) for pk, comment in near.items()}
    back = _back_links(found, near, targets)
    moved = _moved(post, found, near, targets)
    clauses = intake.cite([comment for comment in here.values() if _is_taken_down(comment)])
    locked, slowed = _braked(post, here)
    hrefs: dict[int, str] = {}
    for entry in entries:
        pk, parent = entry.comment.pk, entry.parent
        entry.html = references.link(html[pk], targets)
        entry.has_replies = pk in answered
        if parent is not None:
            if parent.pk not in hrefs:
                hrefs[parent.pk] = _parent_href(parent, here, post)
            entry.parent_href = hrefs[parent.pk]
    _put_in(entries, back_links=back, clause=clauses, locked=locked, slowed=slowed)
    if moved:
        for entry in entries:
            entry.moved = moved.get(entry.comment.number or "-", ())
    return list(entries), moved.get("", ())


def _put_in(entries: Iterable[Entry], **found: Mapping[int, Any]) -> None:
    """What was found of comments, by their ids, into the attribute of this name."""
    for name, by_id in found.items():
        for entry in entries if by_id else ():
            if entry.comment.pk in by_id:
                setattr(entry, name, by_id[entry.comment.pk])


def _answered(comments: Iterable[Row]) -> set[int]:
    """The ids of those that are answered among these, by what everybody sees."""
    return {row.parent_id for row in comments if row.number and row.parent_id}


def _braked(post: Post, here: Rows) -> tuple[dict[int, Braked], dict[int, Braked]]:
    """By the ids of comments what keeps readers from replying there, and what slows them."""
    over = brakes_over(here, timezone.now())
    all_of_them = [brake for one in over.values() for brake in one if brake is not None]
    cited = intake.quote({brake.clause_id for brake in all_of_them if brake.clause_id})

    def braked(brake: Any) -> Braked:
        return Braked(
            head_id=brake.head_id,
            number=brake.head_number or "",
            minutes=brake.minutes or 0,
            by=who_set(brake, post),
            reason=brake.reason,
            set_at=brake.set_at,
            until_at=brake.until_at,
            clause=cited.get(brake.clause_id or 0),
        )

    locked = {pk: braked(one.lock) for pk, one in over.items() if one.lock is not None}
    slowed = {pk: braked(one.slow) for pk, one in over.items() if one.slow is not None}
    return locked, slowed if slowed and intake.has_people_wait() else {}


def _is_taken_down(comment: Row) -> bool:
    """Whether the page says of it that a moderator removed it."""
    shown = comment.is_published or comment.status == Status.PENDING
    return comment.number is not None and not shown and not comment.is_withdrawn


def _connections(here: Rows, post: Post) -> list[Connection]:
    """What refers to the comments here, what they wrote before its number was there, what left."""
    # As one text: the driver takes ten times as long to write out a list of 10,000.
    ids = "{" + ",".join(map(str, here)) + "}"
    return [Connection(*row) for row in CONNECTIONS.rows({"here": ids, "post": post.pk})]


def _with_late_marks(here: Rows, found: Iterable[Connection]) -> dict[int, str]:
    """The HTML of each comment, with marks for the numbers that have come since."""
    come: dict[int, dict[str, int]] = defaultdict(dict)
    for one in found:
        if one.late_number and one.source_id:
            come[one.source_id][one.late_number] = one.target_id
    return {
        pk: references.mark(comment.html, come[pk]) if pk in come else comment.html
        for pk, comment in here.items()
    }


def _public(
    post: Post, here: Rows, html: Iterable[str], found: Iterable[Connection]
) -> dict[int, Row]:
    """The comments that links here may lead to, by id."""
    wanted = {pk for text in html for pk in references.marked_ids(text)}
    wanted |= {one.source_id for one in found if one.target_id in here and one.source_id}
    wanted |= {one.target_id for one in found if not one.source_id}
    found_here = {pk: here[pk] for pk in wanted & here.keys()}
    if wanted <= here.keys():
        return found_here
    elsewhere = Comment.objects.filter(pk__in=wanted - here.keys()).visible_to()
    # An unlisted post is told of by its own comments alone.
    own = Q(post=post)
    rows = elsewhere.filter(own | Q(post__in=Post.objects.listed())).select_related("post")
    return found_here | {row.pk: row for row in rows}


def _target(comment: Row, here: Rows) -> Target:
    return Target(_href(comment, here), comment.name if comment.is_published else "")


def _href(comment: Row, here: Rows) -> str:
    if comment.pk in here or not isinstance(comment, Comment):
        return f"#{comment.anchor}"
    return comment.get_absolute_url()


def _parent_href(parent: Row, here: Rows, post: Post) -> str:
    if isinstance(parent, Comment):
        parent.post = post
    if parent.number is None and parent.pk not in here:
        return ""  # one's own, withdrawn or rejected while its continuation waits
    return _href(parent, here)


def _back_links(
    found: Iterable[Connection], near: Rows, targets: dict[int, Target]
) -> dict[int, tuple[tuple[str, Target], ...]]:
    """For each comment the published ones that refer to it: number and target, oldest first."""
    sources: dict[int, dict[int, Row]] = defaultdict(dict)
    for one in found:
        source = near.get(one.source_id)
        if source is not None and source.is_published and source.pk != one.target_id:
            sources[one.target_id][source.pk] = source
    return {
        pk: tuple(
            (str(source.number), targets[source.pk])
            for source in sorted(some.values(), key=lambda row: (row.published_at, row.pk))
        )
        for pk, some in sources.items()
    }


def _moved(
    post: Post, found: Iterable[Connection], near: Rows, targets: dict[int, Target]
) -> dict[str, tuple[Pointer, ...]]:
    """By the number of a comment here, the numbers under it whose comments stand elsewhere.

    Of a branch only the first; what left the top level is told at the comment before it, by "" if
    there is none.
    """
    left = {one.late_number: one.target_id for one in found if not one.source_id}
    pointers: dict[str, list[Pointer]] = defaultdict(list)
    for number in sorted(left, key=sort_key):
        above, _, last = number.rpartition(".")
        row = near.get(left[number])
        if above in left or row is None:
            continue
        there = row.post if isinstance(row, Comment) else post
        title = there.title if there.pk != post.pk else ""
        pointer = Pointer(number, str(row.number), targets[row.pk].href, title)
        pointers[above or _stays_before(int(last), left)].append(pointer)
    return {place: tuple(some) for place, some in pointers.items()}


def _stays_before(ordinal: int, left: Collection[str]) -> str:
    """The number of the nearest top-level comment before this one that has not left."""
    before = (str(number) for number in range(ordinal - 1, 0, -1))
    return next((number for number in before if number not in left), "")


def _depth() -> int:
    depth: int = settings.COMMENT_DISPLAY_DEPTH
    return depth


def _pages(count: int, size: int) -> int:
    return max(ceil(count / size), 1)


def _slice(ordered: CommentQuerySet, number: int, of: int, size: int) -> CommentQuerySet:
    start, stop = _bounds(number, of, size)
    return ordered[start:stop]


def _bounds(number: int, of: int, size: int) -> tuple[int, int]:
    """Where a page begins and ends. Raises Http404 for one that is not there."""
    if not 1 <= number <= of:
        raise Http404
    return (number - 1) * size, number * size
