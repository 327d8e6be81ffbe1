"""Posts, pages, tags, pictures, and what is being typed."""

from blog.models.autosave import Autosave
from blog.models.picture import Picture, PictureQuerySet
from blog.models.post import RESERVED_SLUGS, Post, PostQuerySet
from blog.models.tag import Tag

__all__ = [
    "RESERVED_SLUGS",
    "Autosave",
    "Picture",
    "PictureQuerySet",
    "Post",
    "PostQuerySet",
    "Tag",
]
