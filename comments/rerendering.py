"""Make the HTML of comments anew when the pipeline has changed; the source stays as it is."""

from collections.abc import Callable
from typing import Final

from django.db import transaction

from comments import markup
from comments.models import Comment, CommentQuerySet
from comments.rendering import Rendered, record_references, render_text

BATCH: Final = 100


def stale() -> CommentQuerySet:
    """Comments whose HTML another version of the pipeline made."""
    comments: CommentQuerySet = Comment.objects.exclude(html_version=markup.VERSION)
    return comments


def rerender(progress: Callable[[int], None]) -> int:
    """Render every stale comment again, in the order of ids; how many there were.

    It may be ended anywhere and begun again: what is done is no longer stale. A comment that
    somebody changes meanwhile keeps that change, and is left to the next run if still stale.
    `progress` hears how many are behind us. Opens its own transactions.
    """
    done, last = 0, 0
    while batch := list(stale().filter(pk__gt=last).select_related("post").order_by("pk")[:BATCH]):
        rendered = [(one, render_text(one.text, one.post, earlier=one)) for one in batch]
        with transaction.atomic():  # after the rendering, so that no row is locked for long
            for comment, html in rendered:
                _store(comment, html)
        done, last = done + len(batch), batch[-1].pk
        progress(done)
    return done


def _store(comment: Comment, rendered: Rendered) -> None:
    unchanged = stale().filter(pk=comment.pk, version=comment.version, text=comment.text)
    if unchanged.update(html=rendered.html, html_version=markup.VERSION):
        record_references(comment, rendered.refers_to, rendered.awaits)
