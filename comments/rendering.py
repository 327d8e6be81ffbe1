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


def render_text(text: str, post: Post, earlier: Comment | None = None) -> Rendered:
    """Render a normalised text under `post`. One query if it refers to numbers, else none.

    A number that stood in this comment's text as it was `earlier` means what it meant there, also
    when either has moved to another post since: one query more.
    """
    html = markup.render(text)
    numbers = references.find_numbers(html)
    if not numbers:
        return Rendered(html)
    written_under = dict.fromkeys(numbers, post.pk)
    linked: dict[str, int] = {}
    if earlier is not None:
        written_under |= dict(earlier.open_references.values_list("number", "post_id"))
        linked = references.marked_numbers(earlier.html)
    ids = _comments_at(numbers, written_under)
    ids |= {number: linked[number] for number in numbers if number in linked}
    awaited = [number for number in numbers if number not in ids][:AWAITED_AT_MOST]
    return Rendered(references.mark(html, ids), frozenset(ids.values()), frozenset(awaited))


def record_references(
    comment: Comment, refers_to: frozenset[int], awaits: frozenset[str] = frozenset()
) -> None:
    """Make the comment's outgoing references these; in the transaction that stores its text.

    A number that it awaited before is still that of the post it was written under.
    """
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


def _comments_at(numbers: list[str], written_under: dict[str, int]) -> dict[str, int]:
    """The ids of the comments that the numbers lead to, each under its own post. One query."""
    posts = {written_under[number] for number in numbers}
    places = Place.objects.filter(post_id__in=posts, number__in=numbers)
    found = places.values_list("post_id", "number", "comment_id")
    return {number: pk for post_id, number, pk in found if written_under[number] == post_id}
