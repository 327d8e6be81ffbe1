"""A comment's text as it is stored: safe HTML with its references marked.

The only way from a text to `Comment.html`, for intake, edits and `manage.py rerender` alike.
"""

from typing import Final, NamedTuple

from blog.models import Post
from comments import markup, references
from comments.models import Comment, OpenReference, Place, Reference

AWAITED_AT_MOST: Final = 100  # numbers yet to come in one text; the further ones stay text


class Rendered(NamedTuple):
    """HTML for `Comment.html`, the ids of the comments and the numbers to come it refers to."""

    html: str
    refers_to: frozenset[int] = frozenset()
    awaits: frozenset[str] = frozenset()


def render_text(text: str, post: Post, earlier: str = "") -> Rendered:
    """Render a normalised text under `post`. One query if it refers to numbers, else none.

    A number that was a link in the same comment's `earlier` HTML stays one to the same comment,
    also when it has moved to another post since.
    """
    html = markup.render(text)
    numbers = references.find_numbers(html)
    if not numbers:
        return Rendered(html)
    places = Place.objects.filter(post=post, number__in=numbers)
    ids = dict(places.values_list("number", "comment_id"))
    linked = references.marked_numbers(earlier)
    ids |= {number: linked[number] for number in numbers if number in linked}
    awaited = [number for number in numbers if number not in ids][:AWAITED_AT_MOST]
    return Rendered(references.mark(html, ids), frozenset(ids.values()), frozenset(awaited))


def record_references(
    comment: Comment, refers_to: frozenset[int], awaits: frozenset[str] = frozenset()
) -> None:
    """Make the comment's outgoing references these; in the transaction that stores its text."""
    held = Reference.objects.filter(source=comment)
    held.exclude(target_id__in=refers_to).delete()
    rows = [Reference(source=comment, target_id=target) for target in sorted(refers_to)]
    Reference.objects.bulk_create(rows, ignore_conflicts=True)
    awaited = OpenReference.objects.filter(source=comment)
    awaited.exclude(number__in=awaits).delete()
    still = (
        OpenReference(source=comment, post_id=comment.post_id, number=number)
        for number in sorted(awaits)
    )
    OpenReference.objects.bulk_create(still, ignore_conflicts=True)
