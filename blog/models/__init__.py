"""Posts, pages, tags, pictures, and what is kept about them."""

from blog.models.autosave import Autosave
from blog.models.blogroll import Blogroll
from blog.models.indexed import IndexedPost, RelatedPost
from blog.models.picture import Picture, PictureQuerySet
from blog.models.post import RESERVED_SLUGS, Post, PostQuerySet
from blog.models.tag import Tag
from blog.models.told import HubPing, LinksRead, SentMention

__all__ = [
    "RESERVED_SLUGS",
    "Autosave",
    "Blogroll",
    "HubPing",
    "IndexedPost",
    "LinksRead",
    "Picture",
    "PictureQuerySet",
    "Post",
    "PostQuerySet",
    "RelatedPost",
    "SentMention",
    "Tag",
]
