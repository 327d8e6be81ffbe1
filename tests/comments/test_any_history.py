"""Whatever happens to a conversation, its trees, numbers and permalinks stay right."""

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from comments import numbers, own, tree
from comments.errors import CommentError
from comments.faults import find_faults
from comments.models import Comment, Place
from moderation import services
from moderation.models import LogEntry
from tests.factories import make_post, make_published, make_user, send

pytestmark = pytest.mark.django_db

ACTS = {
    "publish": services.publish_comment,
    "reject": services.reject_comment,
    "spam": services.mark_spam,
    "remove": services.remove_comment,
    "restore": services.restore_comment,
    "hold": services.hold_comment,
}
OWN_ACTS = {
    "edit": lambda **form: own.edit_comment(**form, text="Another text"),
    "edit in links": lambda **form: own.edit_comment(**form, text="http://a.example"),
    "withdraw": own.withdraw_comment,
    "resubmit": lambda **form: own.resubmit_comment(**form, text="A better text"),
    "appeal": lambda **form: own.appeal_decision(**form, text="Look again."),
}
BY_A_MODERATOR = {"published", "restored"}
STEPS = st.tuples(
    st.sampled_from(["send", "reply", "reply", "move", "move", *ACTS, "publish", *OWN_ACTS]),
    st.integers(0, 12),
    st.integers(0, 12),
)


class History:
    """Two posts, and one thing after another done to the comments under them."""

    def __init__(self):
        self.by = make_user()
        self.posts = [make_post(author=self.by), make_post(author=self.by)]
        self.allotted = {}
        root = make_published(self.posts[0])
        replies = [make_published(self.posts[0], parent=root) for _ in range(2)]
        make_published(self.posts[0], parent=replies[0])
        make_published(self.posts[1])

    def comments(self):
        return list(Comment.objects.filter(post__in=self.posts).order_by("pk"))

    def take(self, step, which, other):
        comments = self.comments()
        if step == "send":
            send(self.posts[which % 2])
            return
        comment = comments[which % len(comments)]
        try:
            if step == "reply":
                send(comment.post, parent=comment)
            elif step == "move":
                self.move(comment, [None, *comments][other % (len(comments) + 1)], other)
            elif step in OWN_ACTS:
                OWN_ACTS[step](comment_id=comment.pk, version=comment.version)
            else:
                ACTS[step](comment_id=comment.pk, version=comment.version, by=self.by)
        except CommentError:
            pass  # refused: nothing may have changed, which is what follows proves

    def move(self, comment, parent, other):
        """As the desk will: both locks, both read again, moved, numbered anew."""
        if comment.number and parent and not parent.number:
            return
        with transaction.atomic():
            tree.lock_trees({c.tree_id for c in (comment, parent) if c})
            post = parent.post if parent else self.posts[other % 2]
            tree.move_branch(comment, post=post, parent=parent)
            numbers.renumber_branch(comment)

    def note_places(self):
        for place in Place.objects.filter(post__in=self.posts):
            holder = self.allotted.setdefault((place.post_id, place.number), place.comment_id)
            assert holder == place.comment_id, "a number was given to another comment"

    def prove(self):
        assert list(find_faults()) == []
        became_public = LogEntry.objects.filter(status_after="published")
        became_public = became_public.exclude(status_before="published")
        assert set(became_public.values_list("act", flat=True)) <= BY_A_MODERATOR
        for comment in self.comments():
            if comment.status == "published":
                assert comment.number
            if comment.number:
                assert numbers.find_numbered(comment.post, comment.number) == comment


@given(st.lists(STEPS, min_size=1, max_size=15))
@settings(max_examples=50, deadline=None)
def test_any_sequence_of_acts_leaves_right_trees_unique_numbers_and_reachable_permalinks(steps):
    history = History()
    for step in steps:
        history.take(*step)
        history.note_places()
    history.prove()
