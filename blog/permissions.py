"""Who may edit which post. No user means no."""

from typing import TYPE_CHECKING

from blog.models import Picture, PictureQuerySet, Post, PostQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

    AnyUser = User | AnonymousUser


def editable_posts(user: "AnyUser") -> PostQuerySet:
    """The posts that `user` may edit: the own ones, or all with `edit_any_post`."""
    if not user.is_active or not user.has_perm("blog.change_post"):
        return Post.objects.none()
    if user.has_perm("blog.edit_any_post"):
        return Post.objects.all()
    return Post.objects.filter(author=user)


def may_edit(user: "AnyUser", post: Post) -> bool:
    """Twin of editable_posts for one post."""
    if not user.is_authenticated or not user.is_active:
        return False
    if not user.has_perm("blog.change_post"):
        return False
    return user.has_perm("blog.edit_any_post") or post.author_id == user.pk


def visible_pictures(user: "AnyUser") -> PictureQuerySet:
    """The pictures that `user` finds again: the own ones, or all with `edit_any_post`."""
    if not user.is_authenticated or not user.is_active:
        return Picture.objects.none()
    if user.has_perm("blog.edit_any_post"):
        return Picture.objects.all()
    return Picture.objects.filter(uploaded_by=user)
