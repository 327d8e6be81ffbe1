"""Sets of comments: who may see which."""

from typing import TYPE_CHECKING, Any, Final, NoReturn

from django.db import connection
from django.db.models import Q
from mptt.managers import TreeManager
from mptt.querysets import TreeQuerySet

from blog.models import Post
from comments.errors import WrongRoom
from comments.status import Status
from core.prepared import Statement

if TYPE_CHECKING:
    from comments.models.comment import Comment
    from comments.models.commenter import Commenter

MAKE_SPACE: Final = Statement("""
    UPDATE comments_comment
    SET lft = CASE WHEN lft > %(target)s THEN lft + %(size)s ELSE lft END, rght = rght + %(size)s
    WHERE tree_id = %(tree)s AND rght > %(target)s
""")


class CommentQuerySet(TreeQuerySet):
    """Sets of comments."""

    def visible_to(self, user: Any = None) -> "CommentQuerySet":
        """What `user` may see under a post: everything with a number, published or as a tombstone.

        The only filter that pages, feeds, counts and search use. What of a row may be shown is
        `Comment.is_published`: a tombstone has neither name nor text. A comment without a number
        has never been public, and a post whose author hides its comments shows none. Readers and
        staff see the same; the queue has its own room.
        """
        hidden = Q(post__comments_status=Post.Comments.HIDDEN)
        return self.filter(~hidden, number__isnull=False)

    def published(self) -> "CommentQuerySet":
        """Visible with their text, under a post that the caller has judged."""
        return self.visible_to().filter(status=Status.PUBLISHED)

    def public(self) -> "CommentQuerySet":
        """What everybody may read by its address, under whichever post.

        A list of several posts' comments, such as a feed or a search, asks for
        `Post.objects.listed()` besides.
        """
        return self.published().filter(post__in=Post.objects.published())

    def waiting_of(self, commenter: "Commenter | None") -> "CommentQuerySet":
        """What waits and was never public, for the eyes of the one who wrote it alone.

        Shown only in an answer to that commenter's own cookie, which no cache may keep.
        """
        if commenter is None:
            return self.none()
        return self.filter(commenter=commenter, status=Status.PENDING, number=None)

    def answers_to(self, comment: "Comment") -> "CommentQuerySet":
        """Published replies to a comment; its own writer's continuations are none."""
        replies = self.published().filter(continues=False)
        return replies.filter(Q(parent=comment, answers=None) | Q(answers=comment))

    def delete(self) -> NoReturn:
        """Refused: a bulk delete leaves holes in trees."""
        raise WrongRoom("Comments are deleted through comments.tree.delete_leaf only.")


class CommentManager(TreeManager.from_queryset(CommentQuerySet)):  # type: ignore[misc]
    """mptt's manager with tree ids from a sequence."""

    def _get_next_tree_id(self) -> int:
        # mptt takes the maximum plus one, which two writers share even across posts.
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval('comments_tree_id')")
            row = cursor.fetchone()
        return int(row[0])

    def _manage_space(self, size: int, target: int, tree_id: int) -> None:
        # As mptt's, which is parsed and planned anew each time; where lft is behind, so is rght.
        MAKE_SPACE.rows({"size": size, "target": target, "tree": tree_id})
