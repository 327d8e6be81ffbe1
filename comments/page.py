"""What of a conversation stands on one page: which comments, in which order, with which links.

Every function here takes a fixed number of queries, whatever the number of comments.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil
from typing import Final, NamedTuple

from django.conf import settings
from django.db.models import Count, Q
from django.http import Http404

from blog.models import Post
from comments import intake, markup, references
from comments.models import Comment, Commenter, CommentQuerySet, Reference
from comments.references import Target
from comments.status import Status
from comments.thread import Entry, arrange, in_order

WITH_WHAT_IT_ANSWERS: Final = ("parent", "answers")
OWN_AT_MOST: Final = 50


class Totals(NamedTuple):
    """What a post's conversation comes to."""

    published: int
    top_level: int  # with tombstones: what paging counts


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """One page of a conversation. `number` and `of` count from 1; `of` is 1 for an empty one."""

    entries: Sequence[Entry]
    number: int
    of: int


def totals(post: Post) -> Totals:
    """Count a conversation. One query."""
    counted = (
        Comment.objects.filter(post=post)
        .visible_to()
        .aggregate(
            published=Count("pk", filter=Q(status=Status.PUBLISHED)),
            top_level=Count("pk", filter=Q(parent=None)),
        )
    )
    return Totals(**counted)


def threaded(
    post: Post, number: int, top_level_count: int, waiting: Iterable[Comment] = ()
) -> Leaf:
    """Page `number` of the conversation, by top-level comments; a branch is never split.

    `top_level_count` is that of `totals`. Raises Http404 for a page that is not there. `waiting`
    are the reader's own: each stands below what it answers, at the top level on the last page.
    """
    top_level = Comment.objects.filter(post=post, parent=None).visible_to()
    size = settings.COMMENTS_PER_PAGE
    of = _pages(top_level_count, size)
    chosen = _slice(top_level.order_by("ordinal"), number, of, size)
    in_trees = Comment.objects.filter(post=post, tree_id__in=chosen.values("tree_id"))
    comments = list(in_trees.visible_to())
    comments += _in_place(waiting, comments, is_last=number == of)
    return Leaf(entries=dress(arrange(comments, _depth()), post), number=number, of=of)


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
    return Leaf(entries=dress(in_order(shown), post), number=number, of=of)


def own_waiting(post: Post, commenter: Commenter | None) -> list[Comment]:
    """What a commenter wrote here that waits and was never public, oldest first. One query.

    For an answer to the commenter's own cookie; at most the last 50.
    """
    waiting = Comment.objects.filter(post=post).waiting_of(commenter)
    latest = waiting.select_related(*WITH_WHAT_IT_ANSWERS).order_by("-pk")[:OWN_AT_MOST]
    return list(reversed(latest))


def mark_new(leaf: Leaf, since: datetime) -> Leaf:
    """The same page with what was published after a moment marked."""
    marked = [replace(entry, is_new=_is_newer(entry.comment, since)) for entry in leaf.entries]
    return replace(leaf, entries=marked)


def _is_newer(comment: Comment, moment: datetime) -> bool:
    at = comment.published_at
    return comment.is_published and at is not None and at > moment


def _in_place(
    waiting: Iterable[Comment], comments: Iterable[Comment], *, is_last: bool
) -> list[Comment]:
    """Those whose place is on a page with these comments."""
    here: set[int | None] = {comment.pk for comment in comments} | ({None} if is_last else set())
    placed = []
    for comment in waiting:  # a continued one comes after what it continues
        if comment.parent_id in here:
            here.add(comment.pk)
            placed.append(comment)
    return placed


def branch(head: Comment) -> tuple[list[Entry], list[Entry]]:
    """The ancestors of a comment, outermost first, and the branch that it begins."""
    ancestors = list(head.get_ancestors().visible_to().select_related(*WITH_WHAT_IT_ANSWERS))
    below = list(head.get_descendants(include_self=True).visible_to())
    placed = [*in_order(ancestors), *arrange(below, _depth(), ancestors)]
    dressed = dress(placed, head.post)
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


def dress(entries: Sequence[Entry], post: Post) -> list[Entry]:
    """Put in what the stored HTML leaves open: links of references, back-links, and clauses.

    Two queries, and those of the screener where a moderator removed something.
    """
    here = {entry.comment.pk: entry.comment for entry in entries}
    for entry in entries:
        entry.comment.post = post  # one row for all: permalinks ask for it
    back = _back_links(here)
    targets = _targets(entries, here)
    clauses = intake.cite([comment for comment in here.values() if _is_taken_down(comment)])
    return [
        replace(
            entry,
            html=markup.trusted(references.link(entry.comment.html, targets)),
            parent_href=_parent_href(entry.parent, here, post),
            back_links=back.get(entry.comment.pk, ()),
            clause=clauses.get(entry.comment.pk),
        )
        for entry in entries
    ]


def _is_taken_down(comment: Comment) -> bool:
    """Whether the page says of it that a moderator removed it."""
    shown = comment.is_published or comment.status == Status.PENDING
    return comment.number is not None and not shown and not comment.is_withdrawn


def _targets(entries: Iterable[Entry], here: dict[int, Comment]) -> dict[int, Target]:
    wanted = {pk for entry in entries for pk in references.marked_ids(entry.comment.html)}
    elsewhere = Comment.objects.filter(pk__in=wanted - here.keys()).visible_to()
    # Compared with an empty set Django asks nothing.
    known = [here[pk] for pk in wanted & here.keys()]
    known += elsewhere.filter(post__in=Post.objects.published()).select_related("post")
    return {comment.pk: _target(comment, here) for comment in known}


def _target(comment: Comment, here: dict[int, Comment]) -> Target:
    return Target(_href(comment, here), comment.name if comment.is_published else "")


def _href(comment: Comment, here: dict[int, Comment]) -> str:
    return f"#{comment.anchor}" if comment.pk in here else comment.get_absolute_url()


def _parent_href(parent: Comment | None, here: dict[int, Comment], post: Post) -> str:
    if parent is None:
        return ""
    parent.post = post
    return _href(parent, here)


def _back_links(here: dict[int, Comment]) -> dict[int, tuple[tuple[str, Target], ...]]:
    """For each comment here the published ones that refer to it: number and target."""
    made = Reference.objects.filter(target__in=here, source__status=Status.PUBLISHED)
    made = made.filter(source__post__in=Post.objects.published()).select_related("source__post")
    found: dict[int, list[Comment]] = defaultdict(list)
    for reference in made:
        found[reference.target_id].append(reference.source)
    return {
        pk: tuple(
            (str(source.number), _target(source, here))
            for source in sorted(sources, key=lambda source: (source.published_at, source.pk))
        )
        for pk, sources in found.items()
    }


def _depth() -> int:
    depth: int = settings.COMMENT_DISPLAY_DEPTH
    return depth


def _pages(count: int, size: int) -> int:
    return max(ceil(count / size), 1)


def _slice(ordered: CommentQuerySet, number: int, of: int, size: int) -> CommentQuerySet:
    if not 1 <= number <= of:
        raise Http404
    return ordered[(number - 1) * size : number * size]
