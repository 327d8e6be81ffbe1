"""The private link to a post that is not published: signed, and good until it is revoked."""

import secrets
from typing import Final

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from blog.models import Post

SIGNER: Final = Signer(salt="blog.preview")


def make_link(*, post: Post) -> None:
    """Give a post a new private link; an earlier one ends. The caller has checked who asks."""
    Post.objects.filter(pk=post.pk).update(preview_key=secrets.token_hex(16))


def revoke_link(*, post: Post) -> None:
    """End a post's private link. The caller has checked who asks."""
    Post.objects.filter(pk=post.pk).update(preview_key="")


def link_of(post: Post) -> str:
    """The path of the private link; empty if the post has none."""
    if not post.preview_key:
        return ""
    return reverse("blog:preview", args=[SIGNER.sign_object([post.pk, post.preview_key])])


def find_post(token: str) -> Post | None:
    """The post that a link leads to; None for a forged or revoked one. At most one query."""
    try:
        pk, key = SIGNER.unsign_object(token)
    except (BadSignature, ValueError):
        return None
    return Post.objects.select_related("author").filter(pk=pk, preview_key=key).first()
