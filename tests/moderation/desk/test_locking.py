"""A locked branch: who may write there and who may not, what readers see, and how it ends."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from comments import intake, own
from comments.errors import NotOpen, NotPossible, StatusConflict
from comments.models import Brake, Comment, RecordedReason
from core.guards import make_stamp
from moderation import services
from moderation.desk.braking import NotPossibleNow, read_end
from moderation.desk.locking import change_lock, lock_branch, unlock_branch
from moderation.desk.moving import NotUndoable, Target, move_branch
from moderation.desk.undoing import undo_act, undoable
from moderation.models import Clause, LogEntry
from moderation.permissions import NotAllowed
from moderation.policy.citing import ClauseOutOfDate
from tests.factories import (
    filled_in,
    make_post,
    make_published,
    make_user,
    publish,
    send,
    write_policy,
)

pytestmark = pytest.mark.django_db

WHY = "Two people, twenty comments, nothing new."


@pytest.fixture
def branch():
    """A post with 1, 1.1, 1.1.1 and, beside that branch, 2."""
    post = make_post(title="On trust")
    root = make_published(post, text="Root.")
    below = make_published(post, parent=root, text="Below.")
    deep = make_published(post, parent=below, text="Deep.")
    return post, root, below, deep, make_published(post, text="Beside.")


def lock(comment, by=None, **more):
    comment.refresh_from_db()
    more.setdefault("reason", WHY)
    by = by or make_user()
    return lock_branch(comment_id=comment.pk, version=comment.version, by=by, **more)


def unlock(comment, by=None):
    comment.refresh_from_db()
    return unlock_branch(comment_id=comment.pk, version=comment.version, by=by or make_user())


def last(act):
    return LogEntry.objects.filter(act=act).standing().latest("pk")


def undo(act, by=None):
    return undo_act(entry_id=last(act).pk, by=by or make_user())


def test_readers_reply_nowhere_below_and_beside_as_before(branch):
    post, root, below, deep, beside = branch
    lock(below)
    for comment in (below, deep):
        with pytest.raises(NotOpen, match=WHY):
            send(post, parent=comment)
    for comment in (root, beside, None):
        assert send(post, parent=comment).pk
    assert Comment.objects.filter(parent__in=[below, deep]).count() == 1


def test_staff_may_reply(branch):
    post, _, below, *_ = branch
    lock(below)
    assert send(post, parent=below, user=make_user("moderator")).is_published


def test_one_row_in_the_log_with_the_reason_beside_it(branch, client):
    _, _, below, *_ = branch
    by = make_user()
    clause = Clause.objects.current().first()
    lock(below, by, clause=clause)
    entry = LogEntry.objects.filter(comment_id=below.pk).latest("pk")
    assert (entry.act, entry.actor_id, entry.clause_id) == ("locked", by.pk, clause.pk)
    assert (entry.status_before, entry.status_after) == ("published", "published")
    client.force_login(by)
    page = client.get(reverse("moderation:card", args=[below.pk])).content.decode()
    assert f"<q>{WHY}</q>" in page
    unlock(below, by)
    assert last("unlocked").actor_id == by.pk


def test_the_form_says_why_and_keeps_the_text(branch, client):
    post, _, below, *_ = branch
    address = f"{post.get_absolute_url()}c/1.1/reply/"
    form = filled_in(post, text="Typed before the lock.", stamp=make_stamp("comment", post.pk))
    lock(below, by=post.author, until=timezone.now() + timedelta(days=2))
    told = f"This branch was locked by the author on {timezone.localtime():%-d %B %Y}"
    answer = client.post(address, form)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Typed before the lock.</textarea>" in page
    assert page.count(told) == 1
    assert "It opens again on " in page
    empty = client.get(address).content.decode()
    assert told in empty
    assert WHY in empty


def test_staff_are_told_that_they_may_reply_all_the_same(branch, client):
    post, _, below, *_ = branch
    lock(below)
    client.force_login(make_user())
    address = f"{post.get_absolute_url()}c/1.1/reply/"
    page = client.get(address).content.decode()
    assert "As one of the staff you can reply all the same." in page
    assert 'class="problem"' not in page
    sent = client.post(address, {"text": "By staff.", "stamp": make_stamp("comment", post.pk)})
    assert sent.status_code == 302


VIEWS = {"threaded": "", "chronological": "?view=chronological", "branch": "c/1.1/branch/"}


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_the_head_says_it_and_no_link_to_reply_is_below(branch, client, view):
    post, _, below, *_ = branch
    address = f"{post.get_absolute_url()}{view}"
    assert f"{post.get_absolute_url()}c/1.1.1/reply/" in client.get(address).content.decode()
    clause = Clause.objects.current().first()
    lock(below, by=post.author, clause=clause, until=timezone.now() + timedelta(days=2))
    page = client.get(address).content.decode()
    assert page.count('<p class="lock">') == 1
    line = page.partition('<p class="lock">')[2].partition("</p>")[0]
    assert "by the author, until <time" in line
    assert f"<q><bdi>{WHY}</bdi></q>" in line
    assert f">clause {clause.number}<" in line
    for number in ("1.1", "1.1.1"):
        assert f"c/{number}/reply/" not in page
    assert "c/1/reply/" in page
    assert page.count('class="at-lock"') == 1  # at 1.1.1


def test_a_moderator_is_told_from_the_author_and_words_are_words(branch, client):
    post, _, below, *_ = branch
    lock(below, reason="<b>Enough</b> of\nthis")
    page = client.get(post.get_absolute_url()).content.decode()
    assert "by a moderator:" in page
    assert "&lt;b&gt;Enough&lt;/b&gt; of this</bdi>" in page


def test_a_tombstone_has_its_line_too(branch, client):
    post, _, below, *_ = branch
    by = make_user()
    services.remove_comment(comment_id=below.pk, version=below.version, by=by)
    lock(below)
    assert '<p class="lock">' in client.get(post.get_absolute_url()).content.decode()


def test_a_page_takes_the_same_queries_for_any_number_in_locked_branches(
    branch, client, django_assert_max_num_queries
):
    post, _, below, deep, beside = branch

    def read():
        with django_assert_max_num_queries(40) as captured:
            client.get(f"{post.get_absolute_url()}?by=1")
        return len(captured)

    lock(below)
    few = read()
    for _ in range(8):
        make_published(post, parent=deep, user=make_user())
    lock(beside)
    lock(deep)
    assert read() == few


def test_what_waits_goes_on_waiting_and_can_be_published(branch):
    post, _, below, *_ = branch
    waiting = send(post, parent=below)
    lock(below)
    waiting.refresh_from_db()
    assert waiting.status == "pending"
    assert publish(waiting).is_published


def test_texts_in_a_locked_branch_stay_as_they_are(branch):
    post, _, below, *_ = branch
    waiting, rejected = send(post, parent=below), send(post, parent=below)
    services.reject_comment(comment_id=rejected.pk, version=rejected.version, by=make_user())
    rejected.refresh_from_db()
    lock(below)
    with pytest.raises(NotPossible, match="locked"):
        own.edit_comment(comment_id=waiting.pk, version=waiting.version, text="Other.")
    with pytest.raises(NotPossible, match="locked"):
        own.resubmit_comment(comment_id=rejected.pk, version=rejected.version, text="Other.")
    own.appeal_decision(comment_id=rejected.pk, version=rejected.version, text="Why?")
    own.withdraw_comment(comment_id=waiting.pk, version=waiting.version)


def test_ones_own_waiting_comment_is_not_continued_in_a_locked_branch(branch):
    post, _, below, *_ = branch
    waiting = send(post, parent=below)
    lock(below)
    draft = intake.make_draft(
        post=post, parent=waiting, name="Reader", mail="", text="And.", continues=True
    )
    with pytest.raises(NotOpen, match=WHY):
        intake.receive(draft, sender="somewhere")


def test_it_is_over_by_the_clock(branch, client):
    post, _, below, *_ = branch
    lock(below, until=timezone.now() + timedelta(hours=2))
    with time_machine.travel(timezone.now() + timedelta(hours=2, seconds=1)):
        assert send(post, parent=below).pk
        assert '<p class="lock">' not in client.get(post.get_absolute_url()).content.decode()
        with pytest.raises(NotPossibleNow, match="not locked by now"):
            unlock(below)
        lock(below, reason="Once more.")
        with pytest.raises(NotOpen, match=r"Once more\."):
            send(post, parent=below)


def test_a_lock_within_a_locked_branch_outlasts_the_outer_one(branch):
    post, root, below, deep, _ = branch
    lock(root, reason="The outer one.")
    lock(below)
    with pytest.raises(NotOpen, match=WHY):
        send(post, parent=deep)
    unlock(root)
    assert send(post, parent=root).pk
    with pytest.raises(NotOpen, match=WHY):
        send(post, parent=deep)


@pytest.mark.parametrize("reason", ["", "  \n ", "x" * 301])
def test_a_lock_has_a_reason_of_some_length(branch, reason):
    with pytest.raises(NotPossibleNow):
        lock(branch[2], reason=reason)
    assert not Brake.objects.exists()


def test_a_lock_ends_in_the_future(branch):
    with pytest.raises(NotPossibleNow, match="over already"):
        lock(branch[2], until=timezone.now() - timedelta(seconds=1))


def test_a_second_lock_overwrites_none_and_a_stale_form_locks_nothing(branch):
    _, _, below, deep, _ = branch
    lock(below)
    with pytest.raises(NotPossibleNow, match=f"“{WHY}” Change that lock instead"):
        lock(below, reason="Another.")
    with pytest.raises(StatusConflict):
        lock_branch(comment_id=deep.pk, version=deep.version - 1, by=make_user(), reason=WHY)
    with pytest.raises(StatusConflict):
        unlock_branch(comment_id=below.pk, version=below.version - 1, by=make_user())
    assert Brake.objects.get().reason == WHY


def change(comment, by=None, **terms):
    comment.refresh_from_db()
    seen = Brake.objects.in_force(timezone.now()).filter(head=comment).first()
    terms = {"reason": WHY, "brake": seen.pk if seen else 0, **terms}
    by = by or make_user()
    return change_lock(comment_id=comment.pk, version=comment.version, by=by, **terms)


def test_a_lock_is_changed_without_opening_the_branch(branch, client):
    post, _, below, *_ = branch
    clause = Clause.objects.current().first()
    end = timezone.now() + timedelta(days=3)
    lock(below, until=end, clause=clause)
    change(below, reason="Longer than that.", clause=clause)
    with pytest.raises(NotOpen, match=r"Longer than that\."):
        send(post, parent=below)
    line = client.get(post.get_absolute_url()).content.decode()
    assert "Longer than that." in line
    assert WHY not in line
    assert "until <time" not in line
    entry = last("lock changed")
    assert (entry.comment_id, entry.clause_id) == (below.pk, clause.pk)
    undo("lock changed")
    lock_now = Brake.objects.get(lifted_at=None)
    assert (lock_now.reason, lock_now.until_at) == (WHY, end)
    undo("locked")
    assert send(post, parent=below).pk


def test_only_the_lock_that_was_looked_at_is_changed(branch):
    _, _, below, *_ = branch
    lock(below)
    seen = Brake.objects.get().pk
    change(below, reason="Somebody else's.")
    for brake in (seen, 0):
        with pytest.raises(NotPossibleNow, match="Somebody else changed or ended it"):
            change(below, reason="Mine.", brake=brake)
    unlock(below)
    with pytest.raises(NotPossibleNow):
        change(below, brake=seen)
    assert not Brake.objects.in_force(timezone.now()).exists()


def test_a_change_that_is_refused_leaves_the_lock(branch):
    post, _, below, *_ = branch
    lock(below)
    for terms in ({"reason": " "}, {"until": timezone.now() - timedelta(seconds=1)}):
        with pytest.raises(NotPossibleNow):
            change(below, **terms)
    with pytest.raises(NotAllowed):
        change(below, by=make_user("author"))
    with pytest.raises(NotOpen, match=WHY):
        send(post, parent=below)


def test_a_change_keeps_the_clause_of_an_earlier_policy(branch):
    _, _, below, *_ = branch
    clause = Clause.objects.current().first()
    lock(below, clause=clause)
    write_policy(topic="Other words.")
    assert not Clause.objects.current().filter(pk=clause.pk).exists()
    change(below, reason="Longer.", clause=clause)
    assert Brake.objects.get(lifted_at=None).clause_id == clause.pk
    unlock(below)
    with pytest.raises(ClauseOutOfDate):
        lock(below, clause=clause)


def test_authors_lock_under_their_own_posts_alone(branch):
    post, _, below, *_ = branch
    with pytest.raises(NotAllowed):
        lock(below, by=make_user("author"))
    lock(below, by=post.author)
    with pytest.raises(NotAllowed):
        unlock(below, by=make_user("author"))
    with pytest.raises(NotAllowed):
        undo("locked", by=make_user("author"))
    unlock(below, by=post.author)


def test_undo_lifts_a_lock_and_brings_it_back_as_it_was(branch):
    post, _, below, *_ = branch
    end = timezone.now() + timedelta(days=3)
    lock(below, until=end)
    undo("locked")
    assert send(post, parent=below).pk
    lock(below, until=end)
    unlock(below)
    undo("unlocked")
    assert Brake.objects.get(lifted_at=None).until_at == end
    with pytest.raises(NotOpen):
        send(post, parent=below)
    undo("locked")
    assert send(post, parent=below).pk


def test_only_the_last_act_on_a_lock_is_taken_back_and_once(branch):
    _, _, below, *_ = branch
    lock(below)
    first = last("locked")
    unlock(below)
    with pytest.raises(NotUndoable):
        undo_act(entry_id=first.pk, by=make_user())
    undo("unlocked")
    undo_act(entry_id=first.pk, by=make_user())
    with pytest.raises(NotUndoable):
        undo_act(entry_id=first.pk, by=make_user())


def test_lock_and_decision_are_taken_back_apart(branch):
    post, _, below, *_ = branch
    lock(below)
    below.refresh_from_db()
    services.remove_comment(comment_id=below.pk, version=below.version, by=make_user())
    rows = list(LogEntry.objects.filter(comment_id=below.pk).order_by("pk"))
    assert {row.act for row in rows if row.pk in undoable(rows)} == {"locked", "removed"}
    undo("locked")
    undo("removed")
    below.refresh_from_db()
    assert below.is_published
    assert send(post, parent=below).pk


def test_a_branch_that_moves_carries_its_lock(branch, client):
    post, _, below, deep, _ = branch
    there = make_post(title="Open thread")
    lock(below)
    below.refresh_from_db()
    move_branch(
        comment_id=below.pk, version=below.version, target=Target(there, None), by=make_user()
    )
    deep.refresh_from_db()
    with pytest.raises(NotOpen, match=WHY):
        send(there, parent=deep)
    assert '<p class="lock">' in client.get(there.get_absolute_url()).content.decode()
    assert '<p class="lock">' not in client.get(post.get_absolute_url()).content.decode()
    undo("moved")
    deep.refresh_from_db()
    with pytest.raises(NotOpen, match=WHY):
        send(post, parent=deep)


def test_the_desk_locks_by_a_form_and_unlocks_by_a_button(branch, client):
    _, _, below, *_ = branch
    client.force_login(make_user())
    card = reverse("moderation:card", args=[below.pk])
    page = client.get(card).content.decode()
    assert 'class="act-unlock"' not in page
    act = reverse("moderation:act", args=[below.pk, "lock"])
    form = {
        "version": below.version,
        "card": below.pk,
        "why": WHY,
        "until": "2100-03-31T18:00",
    }
    client.post(act, form)
    assert timezone.localtime(Brake.objects.get().until_at).hour == 18
    page = client.get(card).content.decode()
    assert f"<q>{WHY}</q></p>" in page
    assert 'class="act-lock"' not in page
    client.post(reverse("moderation:act", args=[below.pk, "unlock"]), form)
    assert 'class="act-lock"' in client.get(card).content.decode()


@pytest.mark.parametrize("wrong", [{"until": "some day"}, {"until": "2001-01-01"}])
def test_what_was_typed_comes_back_where_it_is_refused(branch, client, wrong):
    _, _, below, *_ = branch
    client.force_login(make_user())
    form = {"version": below.version, "card": below.pk, "why": WHY, **wrong}
    act = reverse("moderation:act", args=[below.pk, "lock"])
    page = client.post(act, form, follow=True).content.decode()
    assert f"Your reason: {WHY}" in page
    assert not Brake.objects.exists()


def test_a_card_says_in_which_locked_branch_it_stands(branch, client):
    post, _, below, *_ = branch
    waiting = send(post, parent=below)
    lock(below)
    client.force_login(make_user())
    page = client.get(reverse("moderation:queue")).content.decode()
    assert f'In the branch from <a href="/admin/queue/{below.pk}/">#1.1</a>' in page
    assert f"/admin/queue/{waiting.pk}/lock/" in page


def told(client, name, **fields):
    fields["headers"] = {"accept": "application/json"}
    [outcome] = client.post(
        reverse(f"moderation:{name}", args=fields.pop("args", [])), **fields
    ).json()["outcomes"]
    return outcome


def test_who_unlocks_is_told_of_the_lock_further_up(client, branch):
    _, root, below, *_ = branch
    client.force_login(make_user())
    lock(root, reason="The whole of it.")
    lock(below)
    fields = {"args": [below.pk, "unlock"], "data": {"version": below.version}}
    assert told(client, "act", **fields)["told"] == (
        "Reader: The branch from here is no longer locked. It stands in the one from #1, which"
        " still is: “The whole of it.”"
    )


def test_what_is_taken_back_is_said_as_it_is(client, branch):
    post, root, below, *_ = branch
    client.force_login(make_user())
    lock(below)
    unlock(below)
    said = "Reader: taken back; the lock is as it was."
    assert told(client, "undo", data={"entry": last("unlocked").pk})["told"] == said
    said = "Reader: taken back; this lock is gone."
    assert told(client, "undo", data={"entry": last("locked").pk})["told"] == said
    below.refresh_from_db()
    version = below.version
    move_branch(comment_id=below.pk, version=version, target=Target(post, None), by=make_user())
    said = "Reader: taken back; the branch stands where it was."
    assert told(client, "undo", data={"entry": last("moved").pk})["told"] == said
    services.remove_comment(comment_id=root.pk, version=root.version, by=make_user())
    said = "Reader: taken back; published again."
    assert told(client, "undo", data={"entry": last("removed").pk})["told"] == said


@pytest.mark.parametrize("narrowed", ["", "links"])
def test_without_a_script_a_lock_leads_back_to_where_its_form_stood(client, branch, narrowed):
    _, _, below, *_ = branch
    RecordedReason.objects.create(
        comment=below, rule="links", effect="note", sentence="It links.", recorded_at=timezone.now()
    )
    client.force_login(make_user())
    place = f"{reverse('moderation:queue')}?status=published&reason={narrowed}".removesuffix(
        "&reason="
    )
    page = client.get(place).content.decode()
    form = form_in(page, f"/{below.pk}/lock/")
    assert len(form) == len(dict(form))  # no field of the act is named as one of the place
    typed = {"why": WHY}
    answer = client.post(
        reverse("moderation:act", args=[below.pk, "lock"]), {**dict(form), **typed}
    )
    assert answer["Location"] == place
    assert Brake.objects.get().reason == WHY
    assert WHY in client.get(answer["Location"]).content.decode()


def form_in(page, action):
    """The fields of the form that leads there, as names and values."""
    [form] = [one for one in page.split("<form ")[1:] if action in one.partition(">")[0]]
    fields = re.findall(r"<(?:input|textarea|select)[^>]*>", form.partition("</form>")[0])
    value = re.compile(r'value="([^"]*)"')
    return [
        (re.search(r'name="([^"]+)"', field)[1], (value.search(field) or ["", ""])[1])
        for field in fields
    ]


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kathmandu"])
def test_an_end_that_no_clock_can_tell_is_refused(branch, client, zone):
    """In another zone it lies in the year 10,000, which nothing here can read back."""
    post, root, *_ = branch
    with timezone.override(zone):
        until = read_end("9999-12-31T23:59")
    for far in (until, datetime(9999, 12, 31, 23, 59, tzinfo=UTC)):
        with pytest.raises(NotPossibleNow, match="leave it empty"):
            lock(root, until=far)
    lock(root, until=datetime(9998, 12, 31, 23, 59, tzinfo=UTC))
    with timezone.override(zone):
        assert client.get(post.get_absolute_url()).status_code == 200
