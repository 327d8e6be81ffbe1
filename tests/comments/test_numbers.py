"""Numbers are given at first publication, in that order, and never again."""

import pytest

from comments import tree
from comments.errors import ParentWithoutNumber
from comments.models import Comment
from comments.numbers import allot_to_ancestors, find_numbered, sort_key
from moderation import services
from tests.factories import make_post, make_published, make_user, publish, send

pytestmark = pytest.mark.django_db


def act(service, comment):
    comment.refresh_from_db()
    return service(comment_id=comment.pk, version=comment.version, by=make_user())


def test_top_level_comments_count_from_one_under_each_post():
    first, second = make_post(), make_post()
    assert [make_published(post).number for post in (first, first, second)] == ["1", "2", "1"]


def test_a_reply_continues_its_parents_number():
    post = make_post()
    root = make_published(post)
    reply = make_published(post, parent=root)
    assert make_published(post, parent=root).number == "1.2"
    assert make_published(post, parent=reply).number == "1.1.1"


def test_a_waiting_comment_has_no_number_and_takes_none():
    post = make_post()
    waiting = send(post)
    assert waiting.number is None
    assert make_published(post).number == "1"
    assert publish(waiting).number == "2"


def test_a_removed_and_restored_comment_keeps_its_number():
    comment = make_published(make_post())
    act(services.remove_comment, comment)
    act(services.restore_comment, comment)
    comment.refresh_from_db()
    assert (comment.number, comment.status) == ("1", "published")


def test_the_number_of_a_removed_comment_is_not_given_again():
    post = make_post()
    act(services.remove_comment, make_published(post))
    assert make_published(post).number == "2"


def test_a_reply_to_what_was_never_public_is_not_published():
    post = make_post()
    root = make_published(post)
    waiting = send(post, parent=root)
    under = Comment.objects.get(pk=waiting.pk)
    reply = Comment(post=post, name="x", text="x", html="x", html_version=1)
    tree.plant([(reply, under)])
    with pytest.raises(
        ParentWithoutNumber, match="Publish the comment that this one answers first"
    ):
        act(services.publish_comment, reply)
    reply.refresh_from_db()
    assert (reply.status, reply.number) == ("pending", None)


def test_an_import_gives_unnumbered_ancestors_a_placeholder():
    post = make_post()
    chain = [Comment(post=post, name="x", text="x", html="x", html_version=1) for _ in range(3)]
    tree.plant(list(zip(chain, [None, *chain], strict=False)))
    assert [c.number for c in allot_to_ancestors(Comment.objects.get(pk=chain[2].pk))] == [
        "1",
        "1.1",
    ]


def test_a_number_leads_to_its_comment_and_an_unknown_one_to_none():
    comment = make_published(make_post())
    assert find_numbered(comment.post, "1") == comment
    assert find_numbered(comment.post, "9") is None


def test_numbers_sort_by_their_parts():
    assert sorted(["2", "1.10", "1", "1.2"], key=sort_key) == ["1", "1.2", "1.10", "2"]
