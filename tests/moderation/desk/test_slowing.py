"""Slow mode of a branch and of a conversation: what readers see, how it ends, and the way back."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from comments.errors import StatusConflict
from comments.models import Brake
from moderation.desk.braking import NotPossibleNow, Terms
from moderation.desk.locking import lock_branch
from moderation.desk.moving import NotUndoable, Target, move_branch
from moderation.desk.slowing import (
    change_slow_mode,
    end_slow_mode,
    end_slow_mode_of_post,
    slow_branch,
    slow_post,
    take_slow_mode_of_post_back,
)
from moderation.desk.undoing import undo_act, undoable
from moderation.models import Clause, LogEntry, Rule
from moderation.permissions import NotAllowed
from tests.factories import make_post, make_published, make_user

pytestmark = pytest.mark.django_db

WHY = "Two people, twenty comments, nothing new."
LINE = '<p class="lock slowed">'
RECORD = "/admin/queue/record/"
NO_EFFECT = "Nobody waits: the rule “Slow mode” is off."


@pytest.fixture
def head():
    return make_published(make_post(title="On trust"))


def act(service, comment, **terms):
    comment.refresh_from_db()
    terms.setdefault("by", make_user())
    return service(comment_id=comment.pk, version=comment.version, **terms)


def slow(comment, minutes=30, **terms):
    return act(slow_branch, comment, minutes=minutes, **{"reason": WHY, **terms})


def in_force():
    return Brake.objects.in_force(timezone.now())


def last(name):
    return LogEntry.objects.filter(act=name).standing().latest("pk")


def undo(name, by=None):
    return undo_act(entry_id=last(name).pk, by=by or make_user())


def page_of(client, post):
    return client.get(post.get_absolute_url()).content.decode()


# What readers see


def test_the_head_of_a_slowed_branch_says_how_why_and_until_when(client, head):
    below = make_published(head.post, parent=head)
    clause = Clause.objects.current().first()
    slow(head, by=head.post.author, until=timezone.now() + timedelta(days=2), clause=clause)
    page = page_of(client, head.post)
    assert page.count(LINE) == 1
    line = page.partition(LINE)[2].partition("</p>")[0]
    assert line.startswith("Slowed to one comment in 30 minutes for each person, on <time")
    assert "by the author, until <time" in line
    assert f"<q><bdi>{WHY}</bdi></q>" in line
    assert f">clause {clause.number}<" in line
    assert f"c/{below.number}/reply/" in page  # nobody is kept out


@pytest.mark.parametrize("narrower", [False, True])
def test_in_a_locked_branch_slow_mode_is_not_spoken_of(client, head, narrower):
    below = make_published(head.post, parent=head)
    slow(below)
    act(lock_branch, below if narrower else head, reason="Enough.")
    page = page_of(client, head.post)
    assert LINE not in page
    assert '<p class="lock">' in page


def test_words_are_words_and_one_without_a_reason_has_none(client, head):
    slow(head, reason="<b>Too</b>\nmany")
    assert "&lt;b&gt;Too&lt;/b&gt; many</bdi>" in page_of(client, head.post)
    Brake.objects.update(reason="")  # as those are that were set before there was one
    assert "by a moderator.</p>" in page_of(client, head.post)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(1, "1 minute"), (100, "100 minutes"), (120, "2 hours"), (2880, "2 days")],
)
def test_the_pace_is_said_exactly(client, head, minutes, words):
    slow(head, minutes)
    assert f"Slowed to one comment in {words} for each person" in page_of(client, head.post)


def test_a_branch_that_moves_carries_its_slow_mode(client, head):
    there = make_post(title="Open thread")
    slow(head)
    act(move_branch, head, target=Target(there, None))
    assert LINE in page_of(client, there)
    assert LINE not in page_of(client, head.post)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", [{"is_on": False}, {"effect": "note"}, None])
def test_where_no_rule_has_people_wait_readers_are_not_told_that_they_do(client, change):
    head = make_published(make_post())
    locked = make_published(head.post)
    slow(head)
    act(lock_branch, locked, reason="Enough.")
    assert LINE in page_of(client, head.post)
    assert LINE in page_of(client, head.post)  # as it was stored
    rules = Rule.objects.filter(kind="slow mode")
    rules.update(**change) if change else rules.delete()
    page = page_of(client, head.post)
    assert LINE not in page
    assert '<p class="lock">' in page
    if change:
        rules.update(is_on=True, effect="hold")
        assert LINE in page_of(client, head.post)


def test_without_a_screener_nobody_waits(client, head, settings):
    slow(head)
    settings.COMMENT_SCREENER = ""
    assert LINE not in page_of(client, head.post)


# Its terms


@pytest.mark.parametrize("reason", ["", " \n ", "x" * 301])
def test_slow_mode_has_a_reason_of_some_length(head, reason):
    with pytest.raises(NotPossibleNow):
        slow(head, reason=reason)
    with pytest.raises(NotPossibleNow):
        slow_post(post_id=head.post_id, by=make_user(), terms=Terms(minutes=30, reason=reason))
    assert not Brake.objects.exists()


def test_it_ends_in_the_future_and_by_the_clock(client, head):
    with pytest.raises(NotPossibleNow, match="over already"):
        slow(head, until=timezone.now() - timedelta(seconds=1))
    slow(head, until=timezone.now() + timedelta(hours=1))
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert LINE not in page_of(client, head.post)
        with pytest.raises(NotPossibleNow, match="not slowed by now"):
            act(end_slow_mode, head)
        slow(head, reason="Once more.")
        assert "Once more." in page_of(client, head.post)


def test_a_stale_form_and_a_second_slow_mode_change_nothing(head):
    slow(head)
    with pytest.raises(NotPossibleNow, match="slowed already"):
        slow(head, 5)
    with pytest.raises(StatusConflict):
        slow_branch(
            comment_id=head.pk, version=head.version - 1, by=make_user(), minutes=5, reason=WHY
        )
    assert Brake.objects.get().minutes == 30


def test_it_is_changed_directly_and_by_who_saw_it_as_it_is(head):
    slow(head)
    seen = in_force().get().pk
    act(change_slow_mode, head, brake=seen, minutes=5, reason="Less of it.")
    assert in_force().get().minutes == 5
    assert last("slow mode changed").comment_id == head.pk
    with pytest.raises(NotPossibleNow, match="Somebody else changed or ended it"):
        act(change_slow_mode, head, brake=seen, minutes=7, reason="Mine.")
    assert in_force().get().reason == "Less of it."


# The way back


def test_each_act_is_taken_back_as_it_was(head):
    end = timezone.now() + timedelta(days=3)
    slow(head, until=end)
    first = in_force().get()
    act(change_slow_mode, head, brake=first.pk, minutes=5, reason="Less.")
    undo("slow mode changed")
    assert in_force().get() == first
    act(end_slow_mode, head)
    assert not in_force().exists()
    undo("no longer slowed")
    assert in_force().get() == first
    undo("slowed")
    assert not in_force().exists()


def test_slow_mode_lock_and_decision_are_taken_back_apart(head):
    slow(head)
    act(lock_branch, head, reason="Enough.")
    rows = list(LogEntry.objects.filter(comment_id=head.pk).order_by("pk"))
    assert {row.act for row in rows if row.pk in undoable(rows)} >= {"slowed", "locked"}
    undo("slowed")
    assert in_force().get().minutes is None
    undo("locked")
    assert not in_force().exists()


def test_only_the_last_act_on_it_and_only_by_who_may(head):
    slow(head)
    first = last("slowed")
    act(end_slow_mode, head)
    with pytest.raises(NotUndoable):
        undo_act(entry_id=first.pk, by=make_user())
    with pytest.raises(NotAllowed):
        undo("no longer slowed", by=make_user("author"))


def test_of_a_conversation_each_act_is_taken_back_too(head):
    post, by = head.post, head.post.author
    slow_post(post_id=post.pk, by=by, terms=Terms(minutes=30, reason=WHY))
    first = in_force().get()
    changed = Terms(minutes=5, reason="Less.")
    slow_post(post_id=post.pk, by=by, terms=changed, brake=first.pk)
    with pytest.raises(NotUndoable):
        take_slow_mode_of_post_back(entry=last("slowed"), by=by)
    with pytest.raises(NotAllowed):
        take_slow_mode_of_post_back(entry=last("slow mode changed"), by=make_user("author"))
    take_slow_mode_of_post_back(entry=last("slow mode changed"), by=by)
    assert in_force().get() == first
    end_slow_mode_of_post(post_id=post.pk, by=by)
    take_slow_mode_of_post_back(entry=last("no longer slowed"), by=by)
    assert in_force().get() == first


# At the desk


def test_the_page_of_a_comment_slows_the_conversation_and_changes_and_ends_that(client, head):
    by = make_user()
    client.force_login(by)
    address = reverse("moderation:slow-post", args=[head.pk])
    form = {"minutes": "45", "why": WHY, "until": "2100-03-31T18:00"}
    page = client.post(address, form, follow=True).content.decode()
    assert "All under “On trust” is slowed to one comment in 45 minutes for each person" in page
    assert 'value="2100-03-31T18:00"' in page
    seen = in_force().get().pk
    assert f'name="brake" value="{seen}"' in page
    client.post(address, {**form, "minutes": "10", "brake": seen})
    assert in_force().get().minutes == 10
    page = client.post(address, {**form, "brake": seen}, follow=True).content.decode()
    assert "Somebody else changed or ended it" in page
    assert f"Your reason: {WHY}" in page
    client.post(reverse("moderation:end-slow-post", args=[head.pk]))
    assert not in_force().exists()


@pytest.mark.parametrize("minutes", ["", "0", "-1", "x", "99999999999", "10081"])
def test_a_pace_that_is_none_is_said_and_the_reason_comes_back(client, head, minutes):
    client.force_login(make_user())
    address = reverse("moderation:slow-post", args=[head.pk])
    page = client.post(address, {"minutes": minutes, "why": WHY}, follow=True).content.decode()
    assert "One comment in 1 to 10,080 minutes is possible; nothing was changed." in page
    assert f"Your reason: {WHY}" in page


def test_who_may_not_moderate_is_told_nothing(client, head):
    client.force_login(make_user("author"))
    for name, form in (("slow-post", {"until": "x"}), ("end-slow-post", {})):
        answer = client.post(reverse(f"moderation:{name}", args=[head.pk]), form)
        assert answer.status_code == 404


def test_the_record_of_a_post_says_how_it_is_slowed_and_takes_that_back(client, head):
    post, author = head.post, head.post.author
    author.groups.set(make_user("author").groups.all())
    author.is_staff, author.is_superuser = True, False
    author.save()
    client.force_login(author)
    slow_post(post_id=post.pk, by=author, terms=Terms(minutes=30, reason=WHY))
    page = client.get(RECORD, {"post": post.pk}).content.decode()
    assert "All under “On trust” is slowed to one comment in 30 minutes" in page
    assert page.count(f"<q>{WHY}</q>") == 2  # what holds, and the act
    [entry] = re.findall(r'name="entry" value="(\d+)"', page)
    client.force_login(make_user("author"))
    theirs = client.get(RECORD, {"post": post.pk}).content.decode()
    assert WHY not in theirs
    assert 'name="entry"' not in theirs
    client.force_login(author)
    form = {"entry": entry, "record": post.pk}
    page = client.post(reverse("moderation:undo"), form, follow=True).content.decode()
    assert "“On trust”: taken back; this slow mode is gone." in page
    assert "is slowed to" not in page
    assert "<td>Undone" in page
    assert 'name="entry"' not in page
    client.force_login(make_user("author"))
    form = {"entry": last("undone").pk}
    assert client.post(reverse("moderation:undo"), form).status_code == 404


def test_an_act_on_nothing_that_slows_is_not_there_to_be_taken_back(client):
    client.force_login(make_user())
    entry = LogEntry.objects.create(act="sanctioned", sanction_id=1)
    assert client.post(reverse("moderation:undo"), {"entry": entry.pk}).status_code == 404


def of_before(head, *acts, **brake):
    """What an earlier release left: one row for each act in the log, and of slow mode one row that
    was changed in place.
    """
    now = timezone.now()
    entries = [
        LogEntry.objects.create(
            act=act, comment_id=head.pk, post_id=head.post_id, actor_id=make_user().pk,
            at=now - timedelta(hours=len(acts) - n),
        )
        for n, act in enumerate(acts)
    ]  # fmt: skip
    if brake:
        Brake.objects.create(head=head, reason="", set_at=entries[-1].at, **brake)
    return entries


def test_a_change_from_before_terms_were_kept_is_not_taken_back_for_an_end(client, head):
    of_before(head, "slowed", "slowed", minutes=10)
    with pytest.raises(NotUndoable, match="was not kept"):
        undo("slowed")
    assert in_force().get().minutes == 10
    client.force_login(make_user())
    form = {"entry": last("slowed").pk, "card": head.pk}
    page = client.post(reverse("moderation:undo"), form, follow=True).content.decode()
    assert "change it, or end it" in page
    seen = in_force().get()
    act(change_slow_mode, head, brake=seen.pk, minutes=20, reason=WHY)
    undo("slow mode changed")
    assert in_force().get() == seen


def test_a_first_slow_mode_from_before_is_taken_back(head):
    of_before(head, "slowed", minutes=10)
    undo("slowed")
    assert not in_force().exists()


def test_an_end_from_before_is_refused(head):
    of_before(head, "slowed", "no longer slowed")
    with pytest.raises(NotUndoable, match="not known any more"):
        undo("no longer slowed")
    slow(head)
    undo("slowed")
    assert not in_force().exists()


def test_slow_mode_after_one_that_was_over_by_the_clock_is_taken_back(head):
    slow(head, until=timezone.now() + timedelta(minutes=5))
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        slow(head, minutes=7)
        undo("slowed")
        assert not in_force().exists()


@pytest.mark.parametrize("change", [{"is_on": False}, {"effect": "note"}, None])
def test_where_no_rule_has_people_wait_the_desk_says_so(client, head, change):
    client.force_login(make_user())
    pages = [reverse("moderation:card", args=[head.pk]), "/admin/queue/?status=published",
             f"{RECORD}?post={head.post_id}"]  # fmt: skip
    slow(head)
    slow_post(post_id=head.post_id, by=make_user(), terms=Terms(minutes=5, reason=WHY))
    for address in pages:
        assert NO_EFFECT not in client.get(address).content.decode()
    rules = Rule.objects.filter(kind="slow mode")
    rules.update(**change) if change else rules.delete()
    for address in pages:
        assert NO_EFFECT in client.get(address).content.decode(), address
