"""Writing in the admin: everyone their own, unless they may edit every post."""

from blog.admin.blogroll import BlogrollAdmin
from blog.admin.mentions import SentMentionAdmin
from blog.admin.pictures import PictureAdmin
from blog.admin.posts import PostAdmin
from blog.admin.tags import TagAdmin

__all__ = [
    "BlogrollAdmin",
    "PictureAdmin",
    "PostAdmin",
    "SentMentionAdmin",
    "TagAdmin",
]
