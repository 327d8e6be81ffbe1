"""Two at the same moment, on a real Postgres: exactly one outcome, and the loser is told."""

from contextlib import suppress
from functools import partial
from threading import Barrier, BrokenBarrierError

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction

from comments import intake, numbers, page, tree
from comments.errors import NotOpen, StatusConflict, TreeBusy
from comments.faults import find_faults
from comments.models import Comment
from core.signin import make_link_token, use_link
from moderation import services
from moderation.desk.locking import lock_branch
from moderation.models import LogEntry, Report
from moderation.reports import NothingToReport, report_comment

ROUNDS = range(10)


def send(post, text, parent=None):
    draft = intake.make_draft(post=post, parent=parent, name="Reader", mail="", text=text)
    return intake.receive(draft, sender="a network")


def publish(comment, by):
    return services.publish_comment(comment_id=comment.pk, version=comment.version, by=by)


def report(comment, reporter):
    return report_comment(comment_id=comment.pk, reason="spam", text="", reporter=reporter)


def move(comment_id, parent_id):
    """Put one branch below another comment, as a moderator's act will."""
    with transaction.atomic():
        pair = Comment.objects.filter(pk__in=[comment_id, parent_id])
        tree.lock_trees(pair.values_list("tree_id", flat=True))
        comment, parent = (Comment.objects.get(pk=pk) for pk in (comment_id, parent_id))
        tree.move_branch(comment, post=parent.post, parent=parent)
        numbers.renumber_branch(comment)


@pytest.mark.parametrize("reply", [False, True], ids=["top level", "reply"])
def test_the_same_form_sent_eight_times_at_once_gives_one_comment(post, moderators, at_once, reply):
    parent = publish(send(post, "root"), moderators[0]) if reply else None
    for number in ROUNDS:
        made = at_once(*[partial(send, post, f"same {number}", parent)] * 8)
        assert {comment.pk for comment in made} == {Comment.objects.get(text=f"same {number}").pk}


def test_a_sign_in_link_used_eight_times_at_once_signs_in_once(transactional_db, at_once):
    user = get_user_model().objects.create_user("ada", is_staff=True)
    for _ in ROUNDS:
        token = make_link_token(user=user)
        signed_in = at_once(*[partial(use_link, token)] * 8)
        assert sorted(map(str, signed_in)) == ["None"] * 7 + ["ada"]


def test_of_two_in_a_deadlock_the_one_that_is_ended_begins_again(post, moderators, at_once):
    """As where two commits count changes of the same two pages, in the other order each."""
    comments = [send(post, "one"), send(post, "other")]
    meeting = Barrier(2)

    def rename(first, second):
        def work(locked):
            Comment.objects.filter(pk=first.pk).update(name=first.text)
            if not meeting.broken:
                with suppress(BrokenBarrierError):
                    meeting.wait(2)
                    meeting.abort()
            Comment.objects.filter(pk=second.pk).update(name=first.text)
            return first.text

        return tree.under_lock(first.pk, work)

    one, other = comments
    assert at_once(partial(rename, one, other), partial(rename, other, one)) == ["one", "other"]
    assert len({comment.name for comment in Comment.objects.all()}) == 1


def test_top_level_publications_at_once_are_numbered_without_gap(post, moderators, at_once):
    comments = [send(post, f"comment {number}") for number in range(24)]
    for eight in (comments[:8], comments[8:16], comments[16:]):
        at_once(*[partial(publish, comment, moderators[0]) for comment in eight])
    given = Comment.objects.filter(post=post).values_list("ordinal", flat=True)
    assert sorted(given) == list(range(1, 25))


def test_a_number_allotted_while_a_text_that_names_it_comes_in_is_a_link(post, moderators, at_once):
    for number in range(1, 20, 2):
        first = send(post, f"first {number}")
        text = f"See #{number}."
        _, source = at_once(partial(publish, first, moderators[0]), partial(send, post, text))
        assert publish(source, moderators[0]).number == str(number + 1)
        _, [entry] = page.branch(Comment.objects.get(pk=source.pk))
        assert 'class="reference"' in entry.html


def test_replies_published_at_once_are_numbered_without_gap(post, moderators, at_once):
    root = publish(send(post, "root"), moderators[0])
    replies = [send(post, f"reply {number}", root) for number in range(16)]
    for eight in (replies[:8], replies[8:]):
        at_once(*[partial(publish, reply, moderators[0]) for reply in eight])
    given = Comment.objects.filter(parent=root).values_list("number", flat=True)
    assert set(given) == {f"1.{number}" for number in range(1, 17)}


def test_of_two_decisions_at_once_one_wins_and_one_is_told(post, moderators, at_once):
    acts = [services.publish_comment, services.reject_comment]
    for number in ROUNDS:
        comment = send(post, f"comment {number}")
        outcomes = at_once(
            *[
                partial(act, comment_id=comment.pk, version=comment.version, by=by)
                for act, by in zip(acts, moderators, strict=True)
            ]
        )
        assert {type(outcome) for outcome in outcomes} == {Comment, StatusConflict}
        assert LogEntry.objects.filter(comment_id=comment.pk).exclude(act="received").count() == 1


def test_replies_and_publications_during_moves_leave_every_tree_and_number_right(
    post, moderators, at_once
):
    first, second, branch = (publish(send(post, name), moderators[0]) for name in "abc")
    for number in ROUNDS:
        waiting = send(post, f"waiting {number}", branch)
        goal = (first, second)[number % 2]
        outcomes = at_once(
            partial(move, branch.pk, goal.pk),
            partial(publish, waiting, moderators[0]),
            *[partial(send, post, f"reply {number} {who}", branch) for who in range(4)],
            *[partial(send, post, f"beside {number} {who}", goal) for who in range(2)],
        )
        assert {type(outcome) for outcome in outcomes} <= {type(None), Comment, TreeBusy}
        assert list(find_faults()) == []


def test_one_reader_reporting_eight_times_at_once_counts_once(post, moderators, at_once):
    for number in ROUNDS:
        comment = publish(send(post, f"comment {number}"), moderators[0])
        made = at_once(*[partial(report, comment, "one network")] * 8)
        assert {row.pk for row in made} == {Report.objects.get(comment=comment).pk}


def test_reports_at_once_hold_a_comment_once(post, moderators, at_once, settings):
    settings.COMMENT_REPORTS_TO_HOLD = 4
    for number in ROUNDS:
        comment = publish(send(post, f"comment {number}"), moderators[0])
        outcomes = at_once(*[partial(report, comment, f"network {who}") for who in range(8)])
        assert [type(outcome) for outcome in outcomes].count(Report) == 4
        assert {type(outcome) for outcome in outcomes} == {Report, NothingToReport}
        assert LogEntry.objects.filter(comment_id=comment.pk, act="held").count() == 1


def test_no_reply_is_stored_once_its_branch_is_locked(post, moderators, at_once):
    """Whoever has the tree's lock first decides; nothing comes in between."""
    root = publish(send(post, "root"), moderators[0])
    outcomes = set()
    for number in range(20):
        parent = publish(send(post, f"parent {number}", root), moderators[0])
        below = publish(send(post, f"below {number}", parent), moderators[0])
        lock = partial(
            lock_branch, comment_id=parent.pk, version=parent.version, by=moderators[1],
            reason="Enough of this.",
        )  # fmt: skip
        replies = [partial(send, post, f"reply {number} {one}", below) for one in range(4)]
        *sent, _ = at_once(*replies, lock)
        locked = LogEntry.objects.get(comment_id=parent.pk, act="locked")
        for one in sent:
            if isinstance(one, NotOpen):
                assert "Enough of this." in str(one)
            else:
                received = LogEntry.objects.get(comment_id=one.pk, act="received")
                assert received.pk < locked.pk
                assert one.submitted_at < locked.at
            outcomes.add(type(one))
        assert Comment.objects.filter(parent=below).count() == sum(
            not isinstance(one, Exception) for one in sent
        )
    assert outcomes == {Comment, NotOpen}
