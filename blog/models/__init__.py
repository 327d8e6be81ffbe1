"""Posts, pages, tags, and what is kept about them."""

from blog.models.blogroll import Blogroll
from blog.models.indexed import IndexedPost, RelatedPost
from blog.models.post import RESERVED_SLUGS, Post, PostQuerySet
from blog.models.tag import Tag

__all__ = [
    "RESERVED_SLUGS",
    "Blogroll",
    "IndexedPost",
    "Post",
    "PostQuerySet",
    "RelatedPost",
    "Tag",
]
