"""A comment's text as it is stored: safe HTML with its references marked.

The only way from a text to `Comment.html`, for intake, edits and `manage.py rerender` alike.
"""

from typing import NamedTuple

from blog.models import Post
from comments import markup, references
from comments.models import Comment, Place, Reference


class Rendered(NamedTuple):
    """HTML for `Comment.html`, and the ids of the comments that it refers to."""

    html: str
    refers_to: frozenset[int]


def render_text(text: str, post: Post) -> Rendered:
    """Render a normalised text under `post`. One query if it refers to numbers, else none."""
    html = markup.render(text)
    numbers = references.find_numbers(html)
    if not numbers:
        return Rendered(html, frozenset())
    places = Place.objects.filter(post=post, number__in=numbers)
    ids = dict(places.values_list("number", "comment_id"))
    return Rendered(references.mark(html, ids), frozenset(ids.values()))


def record_references(comment: Comment, refers_to: frozenset[int]) -> None:
    """Make the comment's outgoing references these; in the transaction that stores its text."""
    held = Reference.objects.filter(source=comment)
    held.exclude(target_id__in=refers_to).delete()
    rows = [Reference(source=comment, target_id=target) for target in sorted(refers_to)]
    Reference.objects.bulk_create(rows, ignore_conflicts=True)
