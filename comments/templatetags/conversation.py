"""What templates ask of comments that is not the comment's own."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.safestring import SafeString

from comments.brakes import pace
from comments.models import Comment
from comments.private_links import status_address
from comments.thread import Entry, Pointer
from comments.thread_html import folding, thread_html

register = template.Library()
register.filter("status_address", status_address)
register.filter("pace", pace)


@register.simple_tag(takes_context=True)
def thread(
    context: dict[str, Any], entries: Sequence[Entry], moved: Sequence[Pointer] = ()
) -> SafeString:
    """The comments of a page, of the context's `post`; private if the context has a `reader`."""
    return thread_html(entries, context["post"], context.get("reader"), moved)


@register.simple_tag
def folded(comment: Comment) -> SafeString:
    """The text of one comment that stands alone."""
    return folding(comment.text_as_html, comment.anchor, comment.is_long)
