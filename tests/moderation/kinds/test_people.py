"""What is judged by who writes, how often and where: fires, doesn't, evidence."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from comments.models import Comment, Commenter
from moderation.screening.facts.branch import Branch, Slowed
from moderation.screening.facts.history import History, Past
from moderation.screening.facts.slow_post import SlowedPost
from moderation.screening.kinds import (
    daily_cap,
    first_comments,
    flood,
    heated_thread,
    reputation,
    slow_mode,
)
from tests.factories import make_facts

AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
HANNA = Commenter(pk=7, name="Hanna")


def ago(**span):
    return AT - timedelta(**span)


def past(status="published", days=1.0, *, own=True, post=1, tree=1, lft=1, name="Hanna"):
    sent = ago(days=days)
    refused = status in {"rejected", "spam", "removed"}
    return Past(0, post, tree, status, sent, own, lft, name, sent, refused)


def facts(*history, branch=None, minutes=0, commenter=HANNA, **fields):
    groups = [History(tuple(history)), branch or Branch(), SlowedPost(minutes)]
    return make_facts(*groups, at=AT, commenter=commenter, **fields)


def judge(kind, some_facts, **parameters):
    return kind().judge(some_facts, kind.takes(**parameters))


PUBLISHED, REJECTED = past(days=5), past("rejected", days=3)


@pytest.mark.parametrize(
    ("history", "evidence"),
    [
        ([], {"published": 0, "needed": 2}),
        ([PUBLISHED], {"published": 1, "needed": 2}),
        ([PUBLISHED, past(own=False)], {"published": 1, "needed": 2}),
        ([PUBLISHED, past("pending")], {"published": 1, "needed": 2}),
        ([PUBLISHED, PUBLISHED], None),
        ([REJECTED, PUBLISHED, PUBLISHED], {"published": 0, "needed": 2}),
        ([past(), REJECTED, PUBLISHED, PUBLISHED], {"published": 1, "needed": 2}),
        ([past("spam"), PUBLISHED, PUBLISHED], {"published": 0, "needed": 2}),
        ([past("removed"), PUBLISHED, PUBLISHED], {"published": 0, "needed": 2}),
        ([past(), past(days=2), REJECTED, PUBLISHED], None),
        ([past("rejected", own=False), PUBLISHED, PUBLISHED], None),
    ],
)
def test_first_comments_wait_and_those_after_a_rejection(history, evidence):
    found = judge(first_comments.FirstComments, facts(*history))
    assert (found and {key: found.evidence[key] for key in ("published", "needed")}) == evidence


def test_a_rejection_may_change_nothing():
    history = [REJECTED, PUBLISHED, PUBLISHED]
    assert judge(first_comments.FirstComments, facts(*history), after_rejection=0) is None


@pytest.mark.parametrize(
    ("history", "fires"),
    [
        ([REJECTED] * 3, False),
        ([REJECTED] * 4, True),
        ([REJECTED, past("spam"), past(), past()], True),
        ([REJECTED, past(), past(), past()], False),
        ([*[REJECTED] * 4, *[past("pending")] * 9], True),
        ([past("rejected", days=31)] * 9, False),
        ([past("rejected", own=False)] * 9, False),
    ],
)
def test_who_was_rejected_often_waits(history, fires):
    found = judge(reputation.Reputation, facts(*history))
    assert bool(found) is fires
    if found:
        assert found.evidence["decided"] == 4
        assert "wait" in found.advice


def test_a_stranger_is_judged_by_what_is_taken_for_theirs():
    same = [past("rejected", own=False)] * 5
    assert judge(reputation.Reputation, facts(*same, commenter=None)).evidence["refused"] == 5
    assert judge(reputation.Reputation, facts(*same)) is None


@pytest.mark.parametrize(
    ("history", "fires"),
    [
        ([past(days=0.5)] * 2, False),
        ([past(days=0.5)] * 3, True),
        ([past("rejected", days=0.5)] * 3, True),
        ([past(days=1.1)] * 3, False),
        ([past(days=0.5, post=2)] * 3, False),
        ([past(days=0.5, own=False)] * 3, False),
    ],
)
def test_a_person_has_so_many_comments_a_day_under_a_post(history, fires):
    found = judge(daily_cap.DailyCap, facts(*history), comments=3)
    assert bool(found) is fires
    if found:
        assert found.evidence == {"sent": 3, "limit": 3}
        assert found.advice.endswith("you sent 3; the next one is possible in 12 hours.")


SLOW = Branch(slowed=(Slowed(head_id=5, minutes=30, tree_id=1, lft=2, rght=9),))


@pytest.mark.parametrize(
    ("history", "effect"),
    [
        ([], "note"),
        ([past(days=1 / 96, lft=3)], None),  # a quarter of an hour ago, in the branch
        ([past("pending", days=1 / 96, lft=3)], None),
        ([past(days=1 / 96, lft=2)], None),
        ([past(days=1 / 96, lft=1)], "note"),
        ([past(days=1 / 96, lft=3, tree=2)], "note"),
        ([past(days=1 / 96, lft=3, own=False)], "note"),
        ([past(days=1 / 24, lft=3)], "note"),
    ],
)
def test_a_slowed_branch_has_one_person_wait(history, effect):
    found = judge(slow_mode.SlowMode, facts(*history, branch=SLOW))
    assert found.effect == effect
    assert found.evidence == {"minutes": 30, "branch": 5}
    told = "This branch is slowed: one comment in 30 minutes for each person."
    wait = " Your next one is possible in 15 minutes." if effect is None else ""
    assert found.advice == told + wait


def test_the_longest_wait_of_nested_slow_branches_counts():
    inner = Slowed(head_id=6, minutes=60, tree_id=1, lft=3, rght=8)
    branch = Branch(slowed=(*SLOW.slowed, inner))
    found = judge(slow_mode.SlowMode, facts(past(days=1 / 96, lft=4), branch=branch))
    assert found.evidence["branch"] == 6


@pytest.mark.parametrize(
    ("history", "effect"),
    [
        ([], "note"),
        ([past(days=1 / 96, tree=9)], None),
        ([past(days=1 / 96, post=2)], "note"),
        ([past(days=1 / 96, own=False)], "note"),
        ([past(days=1 / 24)], "note"),
    ],
)
def test_a_slowed_conversation_has_one_person_wait(history, effect):
    found = judge(slow_mode.SlowMode, facts(*history, minutes=30))
    assert found.effect == effect
    assert found.evidence == {"minutes": 30}
    told = "This conversation is slowed: one comment in 30 minutes for each person."
    wait = " Your next one is possible in 15 minutes." if effect is None else ""
    assert found.advice == told + wait


def test_a_slow_mode_says_why_and_until_when():
    until = datetime(2026, 3, 12, 8, tzinfo=UTC)
    slow = Slowed(5, 90, 1, 2, 9, "Twenty an hour.", until)
    found = judge(slow_mode.SlowMode, facts(branch=Branch(slowed=(slow,))))
    assert found.advice == (
        "This branch is slowed: one comment in 90 minutes for each person. The reason: “Twenty an"
        f" hour.” It ends on {timezone.localtime(until):%-d %B %Y, %H:%M}."
    )


def test_two_slow_modes_of_one_length_are_no_matter():
    until = datetime(2026, 3, 12, 8, tzinfo=UTC)
    same = [Slowed(5, 30, 1, 2, 9, "Why.", end) for end in (None, until)]
    assert judge(slow_mode.SlowMode, facts(branch=Branch(slowed=tuple(same))))


def test_of_branch_and_conversation_the_longer_wait_counts():
    history = past(days=1 / 96, lft=4)
    found = judge(slow_mode.SlowMode, facts(history, branch=SLOW, minutes=60))
    assert "conversation" in found.advice
    found = judge(slow_mode.SlowMode, facts(history, branch=SLOW, minutes=10))
    assert found.evidence == {"minutes": 30, "branch": 5}


@pytest.mark.parametrize("kind", [slow_mode.SlowMode, daily_cap.DailyCap])
def test_who_changes_a_comment_sends_no_other(kind):
    history = [past(days=0.001, lft=3)] * 30
    assert judge(kind, facts(*history, branch=SLOW, replaces=Comment(pk=1))) is None
    assert judge(kind, facts(*history, branch=SLOW))


@pytest.mark.parametrize(
    ("replies", "reports", "parameters", "fires"),
    [
        (29, 2, {}, False),
        (30, 0, {}, True),
        (0, 3, {}, True),
        (99, 9, {"replies": 0, "reports": 0}, False),
        (99, 0, {"replies": 0}, False),
        (30, 2, {"together": True}, False),
        (30, 3, {"together": True}, True),
        (30, 0, {"together": True, "reports": 0}, True),
    ],
)
def test_a_heated_thread_waits(replies, reports, parameters, fires):
    branch = Branch(replies=replies, reports=reports)
    found = judge(heated_thread.HeatedThread, facts(branch=branch), **parameters)
    assert bool(found) is fires
    if found:
        assert found.evidence == {"replies": replies, "reports": reports}


@pytest.mark.parametrize(
    ("fields", "counted"),
    [
        ({"commenter": HANNA, "network": "n"}, ["commenter:7", "network:n"]),
        ({"commenter": None, "network": "n"}, ["name:n:hanna", "network:n"]),
        ({"commenter": HANNA}, ["commenter:7"]),
        ({"commenter": None}, []),
        ({"commenter": HANNA, "network": "n", "replaces": Comment(pk=3)}, ["edit:3"]),
    ],
)
def test_a_flood_is_counted_by_sender_then_by_network(fields, counted):
    limits = flood.Flood().limits(make_facts(**fields), flood.Parameters())
    assert [limit.who for limit in limits] == counted


def test_a_flood_is_told_with_its_numbers():
    limits = flood.Flood().limits(make_facts(commenter=HANNA, network="n"), flood.Parameters())
    told = [limit.exceeded(timedelta(minutes=4)).advice for limit in limits]
    assert told == [
        "You sent 10 comments in 10 minutes; the next one is possible in 4 minutes.",
        "60 comments came from your network in 10 minutes; the next one is possible in 4 minutes.",
    ]
