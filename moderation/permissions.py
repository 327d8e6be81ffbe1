"""Who may decide on which comment, who on the policy, and where somebody may sanction people.

No user means no; who may not, is told nothing (404).
"""

from typing import TYPE_CHECKING, Any

from django.db.models import Q

from blog.models import Post
from comments.models import Comment, CommentQuerySet
from moderation.models import Sanction, Source
from moderation.models.sanctions import SanctionQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

    AnyUser = User | AnonymousUser


class NotAllowed(Exception):
    """The actor may not do this; a view answers it with 404."""


def may_moderate(user: "AnyUser | None", comment: Comment) -> bool:
    """Whether `user` may decide on `comment`. At most the queries of Django's permission cache."""
    if not _is_moderating_staff(user):
        return False
    person: Any = user
    if person.has_perm("moderation.moderate_any"):
        return True
    own = comment.post.author_id == person.pk
    return own and bool(person.has_perm("moderation.moderate_own"))


def moderatable(user: "AnyUser | None") -> CommentQuerySet:
    """Twin of may_moderate for sets: the comments that `user` may decide on."""
    comments: CommentQuerySet = Comment.objects.all()
    if not _is_moderating_staff(user):
        return comments.none()
    person: Any = user
    if person.has_perm("moderation.moderate_any"):
        return comments
    if person.has_perm("moderation.moderate_own"):
        return comments.filter(post__author=person)
    return comments.none()


def decides_on_all(user: "AnyUser | None") -> bool:
    """Whether `user` may decide on every comment, under whosever post."""
    person: Any = user
    return _is_moderating_staff(user) and bool(person.has_perm("moderation.moderate_any"))


def may_open_queue(user: "AnyUser | None") -> bool:
    """Whether the queue has anything to show to `user`, now or ever."""
    person: Any = user
    return _is_moderating_staff(user) and (
        person.has_perm("moderation.moderate_any") or person.has_perm("moderation.moderate_own")
    )


def require_may_moderate(user: "AnyUser | None", comment: Comment) -> None:
    """Raise NotAllowed unless may_moderate."""
    if not may_moderate(user, comment):
        raise NotAllowed


def may_sanction(user: "AnyUser | None", post: Post | None) -> bool:
    """Whether `user` may sanction under `post`; None: on the whole site."""
    if not _is_moderating_staff(user):
        return False
    person: Any = user
    if person.has_perm("moderation.moderate_any"):
        return True
    own = post is not None and post.author_id == person.pk
    return own and bool(person.has_perm("moderation.moderate_own"))


def sanctionable(user: "AnyUser | None") -> SanctionQuerySet:
    """Twin of may_sanction for sets: the sanctions that `user` may see and lift."""
    sanctions: SanctionQuerySet = Sanction.objects.all()
    person: Any = user
    if not may_open_queue(user):
        return sanctions.none()
    if person.has_perm("moderation.moderate_any"):
        return sanctions
    return sanctions.filter(Q(post__author=person) | Q(branch__post__author=person))


def require_may_sanction(user: "AnyUser | None", post: Post | None) -> None:
    """Raise NotAllowed unless may_sanction."""
    if not may_sanction(user, post):
        raise NotAllowed


def may_note_source(user: "AnyUser | None", source: Source) -> bool:
    """Whether `user` may write the note on `source`: one that they find in the desk's list."""
    person: Any = user
    if not _is_moderating_staff(user) or not person.has_perm("moderation.change_source"):
        return False
    return decides_on_all(user) or moderatable(user).filter(sources__source=source).exists()


def require_may_note_source(user: "AnyUser | None", source: Source) -> None:
    """Raise NotAllowed unless may_note_source."""
    if not may_note_source(user, source):
        raise NotAllowed


def may_publish_policy(user: "AnyUser | None") -> bool:
    """Whether `user` may write and publish the policy."""
    person: Any = user
    return _is_moderating_staff(user) and bool(person.has_perm("moderation.publish_policy"))


def may_read_policy(user: "AnyUser | None") -> bool:
    """Whether `user` may read its versions, and the draft, in the admin."""
    person: Any = user
    reads = _is_moderating_staff(user) and bool(person.has_perm("moderation.view_policy"))
    return reads or may_publish_policy(user)


def require_may_publish_policy(user: "AnyUser | None") -> None:
    """Raise NotAllowed unless may_publish_policy."""
    if not may_publish_policy(user):
        raise NotAllowed


def _is_moderating_staff(user: "AnyUser | None") -> bool:
    person: Any = user
    return person is not None and person.is_authenticated and person.is_active and person.is_staff
