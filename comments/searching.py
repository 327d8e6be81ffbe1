"""Comments that a search finds, and keeping their index in the language that is searched."""

from typing import Final

from django.db import connection

from blog.models import Post
from blog.searching import Findings, make_findings
from comments.models import Comment, IndexedComment
from core.search import make_query

STALE: Final = """
    UPDATE comments_indexedcomment SET language = core_search_language(), vector = comments_words(
        core_search_language(), comment.name, comment.html)
    FROM comments_comment AS comment WHERE comment.id = comment_id AND comment_id IN (
        SELECT comment_id FROM comments_indexedcomment
        WHERE language < core_search_language() OR language > core_search_language()
        LIMIT %s FOR UPDATE)
"""


def find_comments(text: str, number: int) -> Findings:
    """The public comments that a search finds. Three queries, one for an empty result."""
    matches = IndexedComment.objects.filter(vector=make_query(text))
    listed = Comment.objects.public().filter(post__in=Post.objects.listed())
    public = listed.select_related("post")
    comments = public.defer("text", "mail", "post__body", "post__body_html")
    return make_findings("comments", comments, matches, text, number, html="html")


def index_stale_comments(at_most: int) -> int:
    """Index some comments again that are indexed in another language than the site's; how many."""
    with connection.cursor() as cursor:
        cursor.execute(STALE, [at_most])
        return int(cursor.rowcount)
