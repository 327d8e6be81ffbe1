"""Editing while one's other comments are published meanwhile."""

import pytest

from comments import own
from comments.models import Commenter
from moderation.screening.kind import kinds
from tests.factories import make_post, publish, send


@pytest.mark.django_db
def test_a_corrected_word_stays_public_when_the_writer_has_more_published_by_now():
    writer = Commenter.objects.create(name="Hanna")
    post = make_post()
    first, second = (send(post, f"A comment, the {n}th.") for n in (1, 2))
    for comment in (first, second):
        comment.commenter = writer
        comment.save(update_fields=["commenter"])
        publish(comment)
    second.refresh_from_db()
    edited = own.edit_comment(
        comment_id=second.pk, version=second.version, text="A comment, the 2nd."
    )
    assert edited.is_published
    assert kinds()["first comments"].known_from == "writer"
