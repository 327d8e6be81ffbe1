"""What is gathered of a person and a branch: as of a moment, in one query, by indexes."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments import intake
from comments.models import Brake, Comment, Commenter
from moderation import services
from moderation.desk import slowing
from moderation.desk.braking import NotPossibleNow, Terms
from moderation.desk.locking import lock_branch
from moderation.models import LogEntry, Report
from moderation.permissions import NotAllowed
from moderation.screening.facts.branch import Branch
from moderation.screening.facts.history import History
from moderation.screening.facts.sanctions import Sanctions
from moderation.screening.facts.slow_post import SlowedPost
from tests.factories import make_post, make_published, make_user, publish, send

pytestmark = pytest.mark.django_db

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def hanna():
    return Commenter.objects.create(name="Hanna")


def make_draft(post, parent=None, **known):
    known = {"name": "Hanna", "mail": "", "text": "Text", **known}
    return intake.make_draft(post=post, parent=parent, **known)


def put(comment, **fields):
    """A comment with fields as they came to be in the past."""
    Comment.objects.filter(pk=comment.pk).update(**fields)
    return Comment.objects.get(pk=comment.pk)


def test_the_past_is_that_of_a_moment(hanna):
    now, post, by = timezone.now(), make_post(), make_user()
    comment = make_published(post)
    services.reject_comment(comment_id=comment.pk, version=comment.version, by=by)
    days = {"submitted_at": 4, "published_at": 3, "changed_at": 1}
    put(comment, commenter=hanna, **{name: now - n * DAY for name, n in days.items()})
    draft = make_draft(post, commenter=hanna)
    seen = [History.gather(draft, now - n * DAY / 2).own for n in (0, 4, 7, 9)]
    assert [[one.status for one in own] for own in seen] == [
        ["rejected"], ["published"], ["pending"], []
    ]  # fmt: skip
    assert [one.was_refused for own in seen for one in own] == [True, False, False]


def test_a_network_says_nothing_of_who_is_known(hanna, monkeypatch):
    monkeypatch.setattr("moderation.screening.facts.history.LATEST", 3)
    now, post = timezone.now(), make_post()
    own = put(send(post), commenter=hanna, submitted_at=now - 9 * DAY)
    for n in range(5):
        put(send(post, name="Hanna"), network="n1", submitted_at=now - n * DAY - MINUTE)
    both = put(send(post), network="n1", commenter=hanna, submitted_at=now - MINUTE / 2)
    draft = make_draft(post, commenter=hanna, network="n1")
    history = History.gather(draft, now)
    assert [one.id for one in history.past] == [both.pk, own.pk]
    assert history.past == history.own == history.by_the_writer_of(draft)


def test_a_stranger_is_told_apart_by_name_and_network_for_two_days(hanna, monkeypatch):
    monkeypatch.setattr("moderation.screening.facts.history.LATEST", 6)
    now, post = timezone.now(), make_post()
    sent = [
        put(send(post, name=name), network=network, submitted_at=now - n * DAY / 2 - MINUTE)
        for n, (name, network) in enumerate(
            [("HANNA", "n1"), ("Otto", "n1"), ("Hanna", "n2"), ("hanna", "n1"), ("Hanna", "n1")]
        )
    ]
    draft = make_draft(post, network="n1")
    history = History.gather(draft, now)
    assert [one.id for one in history.past] == [sent[0].pk, sent[3].pk]
    assert (history.own, history.by_the_writer_of(draft)) == ((), history.past)
    for n in range(6):
        put(send(post, name="Otto"), network="n1", submitted_at=now - n * MINUTE / 9)
    assert History.gather(draft, now + MINUTE).past == ()  # the latest of the network are looked at


def test_a_strangers_name_is_compared_whatever_its_case_and_signs(hanna):
    now, post = timezone.now(), make_post()
    for name in ("Ägidius Öz", "100%", "o'Brien", "ΣΟΦΊΑ"):
        sent = put(send(post, name=name), network="n1", submitted_at=now - MINUTE)
        draft = make_draft(post, name=name.lower(), network="n1")
        assert [one.id for one in History.gather(draft, now).past] == [sent.pk]


def test_the_comment_that_is_replaced_is_no_past(hanna):
    comment = put(send(make_post()), commenter=hanna)
    draft = replace(make_draft(comment.post, commenter=hanna), replaces=comment)
    assert History.gather(draft, timezone.now()).past == ()


def test_the_pace_and_the_reports_of_a_thread(django_assert_num_queries):
    now, post = timezone.now(), make_post()
    root = put(make_published(post), submitted_at=now - DAY)
    reply = make_published(post, root)
    make_published(post, reply)
    make_published(post)
    for comment, hours, answered in ((reply, 1, None), (root, 2, now), (root, 30, None)):
        reporter = f"{comment.pk}{hours}"
        at = now - timedelta(hours=hours)
        Report.objects.create(
            comment=comment, reporter=reporter, reported_at=at, answered_at=answered
        )
    later = timezone.now() + MINUTE
    with django_assert_num_queries(1):
        branch = Branch.gather(make_draft(post, reply), later)
    assert (branch.replies, branch.reports, branch.slowed) == (2, 2, ())
    branch = Branch.gather(make_draft(post, reply), now - 90 * MINUTE)
    assert (branch.replies, branch.reports) == (0, 2)
    assert Branch.gather(make_draft(post), later) == Branch()


# Slow mode


WHY = "Twenty an hour, nothing new."


def slow(comment, minutes=30, by=None, **more):
    comment.refresh_from_db()
    return slowing.slow_branch(
        comment_id=comment.pk, version=comment.version, by=by or make_user(), minutes=minutes,
        reason=WHY, **more,
    )  # fmt: skip


def end(comment, by=None):
    comment.refresh_from_db()
    by = by or make_user()
    return slowing.end_slow_mode(comment_id=comment.pk, version=comment.version, by=by)


def slow_post(post, minutes=30, by=None, brake=0, **more):
    terms = Terms(minutes=minutes, reason=WHY, **more)
    return slowing.slow_post(post_id=post.pk, by=by or make_user(), terms=terms, brake=brake)


def test_slow_mode_holds_below_its_comment():
    by, post = make_user(), make_post()
    root = make_published(post)
    head = make_published(post, root)
    inside, beside = make_published(post, head), make_published(post, root)
    slow(head, 10, by)
    slow(inside, 60, by)
    lock_branch(comment_id=inside.pk, version=inside.version, by=by, reason=WHY)  # is none
    slowed = {
        parent.pk: [one.minutes for one in Branch.gather(make_draft(post, parent), later()).slowed]
        for parent in (root, head, inside, beside)
    }
    assert slowed == {root.pk: [], head.pk: [10], inside.pk: [60, 10], beside.pk: []}
    acts = LogEntry.objects.filter(act="slowed").values_list("comment_id", "actor_id", "post_id")
    assert set(acts) == {(head.pk, by.pk, post.pk), (inside.pk, by.pk, post.pk)}


def later():
    return timezone.now() + MINUTE


def test_a_slowed_branch_runs_again():
    head = make_published(make_post())
    before = timezone.now()
    slow(head)
    during = timezone.now()
    end(head)
    draft = make_draft(head.post, head)
    assert Branch.gather(draft, later()).slowed == ()
    assert Branch.gather(draft, before).slowed == ()
    assert [one.minutes for one in Branch.gather(draft, during).slowed] == [30]  # as it was then
    assert LogEntry.objects.latest("pk").act == "no longer slowed"
    with pytest.raises(NotPossibleNow, match="not slowed by now"):
        end(head)


def test_slow_mode_is_over_by_the_clock():
    head = make_published(make_post())
    slow(head, until=timezone.now() + 60 * MINUTE)
    slow_post(head.post, until=timezone.now() + 60 * MINUTE)
    draft = make_draft(head.post, head)
    for at, holds in ((later(), True), (timezone.now() + 61 * MINUTE, False)):
        assert bool(Branch.gather(draft, at).slowed) is holds
        assert bool(SlowedPost.gather(draft, at).minutes) is holds


@pytest.mark.parametrize("minutes", [-1, 0, 10_081])
def test_a_branch_has_a_sensible_pace(minutes):
    head = make_published(make_post())
    with pytest.raises(NotPossibleNow, match="1 to 10,080 minutes"):
        slow(head, minutes)
    assert not Brake.objects.exists()


def test_only_who_may_moderate_slows():
    head = make_published(make_post())
    stranger = make_user("author")
    with pytest.raises(NotAllowed):
        slow(head, by=stranger)
    slow(head, by=make_user("moderator"))
    with pytest.raises(NotAllowed):
        end(head, by=stranger)


def test_a_second_reply_in_a_slowed_branch_is_turned_away(hanna):
    head = make_published(make_post())
    slow(head)
    reply = publish(receive(head, "One", hanna))
    with pytest.raises(intake.TurnedAway, match=f"“{WHY}” Your next one is possible in 30 minutes"):
        receive(reply, "Two", hanna)
    assert receive(reply, "Another person's", None)
    put(reply, submitted_at=timezone.now() - 30 * MINUTE)
    assert receive(reply, "Three", hanna)


# The same of a whole conversation


def test_a_slowed_conversation_is_said_before_and_turns_away(hanna, client):
    post, other, by = make_post(), make_post(), make_user()
    slow_post(post, 10, by)
    slow_post(post, 30, by, brake=Brake.objects.get().pk)
    first = publish(send(post, name="Hanna"))
    assert SlowedPost.gather(make_draft(post, first), later()).minutes == 30
    assert SlowedPost.gather(make_draft(other), later()).minutes == 0
    told = "This conversation is slowed: one comment in 30 minutes for each person."
    page = client.get(post.get_absolute_url()).content.decode()
    assert told in page
    assert WHY in page
    assert told not in client.get(other.get_absolute_url()).content.decode()
    put(first, commenter=hanna)
    with pytest.raises(intake.TurnedAway, match="Your next one is possible in 30 minutes"):
        receive(first, "Two", hanna)
    put(first, submitted_at=timezone.now() - 30 * MINUTE)
    assert receive(first, "Three", hanna)
    acts = LogEntry.objects.filter(act__startswith="slow").order_by("pk")
    assert list(acts.values_list("act", "post_id", "comment_id", "actor_id")) == [
        ("slowed", post.pk, None, by.pk), ("slow mode changed", post.pk, None, by.pk)
    ]  # fmt: skip


def test_a_slowed_conversation_runs_again():
    by, post = make_user(), make_post()
    slow_post(post, by=by)
    slowing.end_slow_mode_of_post(post_id=post.pk, by=by)
    assert SlowedPost.gather(make_draft(post), later()).minutes == 0
    assert LogEntry.objects.latest("pk").act == "no longer slowed"
    with pytest.raises(NotPossibleNow, match="not slowed by now"):
        slowing.end_slow_mode_of_post(post_id=post.pk, by=by)
    with pytest.raises(NotPossibleNow, match="1 to 10,080 minutes"):
        slow_post(post, 0, by)


def test_authors_slow_their_own_posts_alone():
    post = make_post()
    with pytest.raises(NotAllowed):
        slow_post(post, by=make_user("author"))
    slow_post(post, by=post.author)
    with pytest.raises(NotAllowed):
        slowing.end_slow_mode_of_post(post_id=post.pk, by=make_user("author"))


def receive(parent, text, commenter):
    draft = make_draft(parent.post, parent, text=text, commenter=commenter)
    return intake.receive(draft, sender=text)


# Cost

FILL = """
INSERT INTO comments_comment (
    post_id, name, mail, text, html, html_version, status, status_before_removal, removed_by,
    version, submitted_at, changed_at, tree_id, lft, rght, level, network, commenter_id
) SELECT %s, 'R', '', 'T', 'T', 1, 'pending', '', '', 1,
    now() - n * interval '9 minutes', now(), 1000000 + n, 1, 2, 0,
    'n' || n %% 997, CASE WHEN n %% 3 = 0 THEN %s + n %% 50 END
FROM generate_series(%s, %s) AS n
"""


def test_at_a_hundred_thousand_comments_no_fact_reads_them_all():
    commenters = Commenter.objects.bulk_create(Commenter(name=str(n)) for n in range(50))
    post = make_post()
    parent = make_published(post)
    with connection.cursor() as cursor:
        for first in range(1, 100_000, 2_000):  # no statement may take half a minute
            cursor.execute(FILL, [post.pk, commenters[0].pk, first, first + 1_999])
        cursor.execute("ANALYZE comments_comment")
    draft = make_draft(post, parent, commenter=commenters[3], network="n5", user=make_user())
    for group in (History, Branch, Sanctions):
        with CaptureQueriesContext(connection) as asked:
            group.gather(draft, timezone.now())
        assert len(asked) == 1
        for question in group.questions(draft, timezone.now()):
            plan = explain(question)
            assert "Seq Scan on comments_comment" not in plan, plan


def explain(question):
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {question.sql}", question.parameters)
        return "\n".join(line for (line,) in cursor.fetchall())
