"""What a commenter may do after sending: each act, its limits, and what never becomes public."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from blog.models import Post
from comments import intake, own
from comments.errors import ChangedMeanwhile, NotPossible
from comments.intake import Reason, Verdict
from comments.models import Appeal, Comment, Reference, Revision
from comments.status import Status
from moderation import services
from moderation.models import LogEntry
from tests.factories import make_post, make_published, make_user, send

pytestmark = pytest.mark.django_db

LINKS = "http://a.example http://b.example"


def edit(comment, text="Another text", version=None):
    version = comment.version if version is None else version
    return own.edit_comment(comment_id=comment.pk, version=version, text=text)


def withdraw(comment):
    return own.withdraw_comment(comment_id=comment.pk, version=comment.version)


def resubmit(comment, text="A better text"):
    return own.resubmit_comment(comment_id=comment.pk, version=comment.version, text=text)


def appeal(comment, text="Please look again."):
    return own.appeal_decision(comment_id=comment.pk, version=comment.version, text=text)


def go_on(comment, text="More."):
    draft = intake.make_draft(
        post=comment.post, parent=comment, name="Reader", mail="", text=text, continues=True
    )
    return intake.receive(draft, sender="somewhere")


def decide(service, comment):
    comment.refresh_from_db()
    return service(comment_id=comment.pk, version=comment.version, by=make_user())


def make_rejected(text=None):
    return decide(services.reject_comment, send(make_post(), text))


def last_act(comment):
    entry = LogEntry.objects.filter(comment_id=comment.pk).latest("pk")
    return entry.act, entry.status_before, entry.status_after, entry.actor_id


def use_verdict(monkeypatch, status, *reasons):
    verdict = Verdict(status, reasons)
    monkeypatch.setattr(intake, "screen", lambda draft, counted: (verdict, None))


# Editing


def test_what_waits_is_edited_at_any_time_and_goes_on_waiting(time_machine):
    comment = send(make_post(), "One")
    time_machine.move_to(comment.submitted_at + timedelta(days=9))
    comment = edit(comment, "Two *now*")
    comment.refresh_from_db()
    assert (comment.status, comment.text) == ("pending", "Two *now*")
    assert comment.html == "<p>Two <em>now</em></p>"
    assert last_act(comment) == ("edited", "pending", "pending", None)


def test_every_earlier_text_is_kept_in_order():
    comment = send(make_post(), "One")
    for text in ("Two", "Three"):
        comment = edit(comment, text)
    assert list(comment.revisions.values_list("text", "replaced_by")) == [
        ("One", "edit"),
        ("Two", "edit"),
    ]


def test_a_published_comment_is_edited_within_15_minutes_and_stays(time_machine):
    comment = make_published(make_post())
    time_machine.move_to(comment.published_at + timedelta(minutes=14, seconds=59), tick=False)
    comment = edit(comment)
    assert (comment.status, comment.text) == ("published", "Another text")
    assert last_act(comment) == ("edited", "published", "published", None)


def test_after_15_minutes_it_stays_as_it_was_read(time_machine):
    comment = make_published(make_post(), text="One")
    time_machine.move_to(comment.published_at + timedelta(minutes=15), tick=False)
    with pytest.raises(NotPossible, match="15 minutes"):
        edit(comment)
    assert Comment.objects.get().text == "One"


def test_an_answered_comment_stays_as_it_was_answered():
    comment = make_published(make_post())
    make_published(comment.post, parent=comment)
    comment.refresh_from_db()
    with pytest.raises(NotPossible, match="answered"):
        edit(comment)


def test_an_answer_that_waits_or_a_continuation_is_no_answer():
    comment = make_published(make_post())
    send(comment.post, parent=comment)
    goes_on = make_published(comment.post, parent=comment)
    Comment.objects.filter(pk=goes_on.pk).update(continues=True)
    comment.refresh_from_db()
    assert edit(comment).text == "Another text"


def test_at_the_depth_limit_an_answer_counts_for_what_it_answers():
    root = make_published(make_post())
    deepest, answer = (make_published(root.post, parent=root) for _ in range(2))
    Comment.objects.filter(pk=answer.pk).update(answers=deepest)
    assert list(Comment.objects.answers_to(deepest)) == [answer]
    assert list(Comment.objects.answers_to(root)) == [deepest]


@pytest.mark.parametrize("service", [services.reject_comment, services.mark_spam])
def test_what_was_decided_against_is_not_edited(service):
    comment = decide(service, send(make_post()))
    with pytest.raises(NotPossible):
        edit(comment)


def test_under_a_closed_post_nothing_is_edited_or_sent_again():
    waiting, rejected = send(make_post()), make_rejected()
    Post.objects.update(comments_status="closed")
    for act, comment in ((edit, waiting), (resubmit, rejected)):
        with pytest.raises(NotPossible, match="closed"):
            act(comment)


def test_an_edit_made_for_an_older_version_is_refused():
    comment = make_published(make_post(), text="One")
    rows = LogEntry.objects.count()
    with pytest.raises(ChangedMeanwhile, match="published by now"):
        edit(comment, version=comment.version - 1)
    assert Comment.objects.get().text == "One"
    assert (LogEntry.objects.count(), Revision.objects.count()) == (rows, 0)


def test_a_moderators_form_for_the_older_text_is_refused():
    comment = send(make_post())
    stale = comment.version
    edit(comment)
    with pytest.raises(services.StatusConflict):
        services.publish_comment(comment_id=comment.pk, version=stale, by=make_user())
    assert Comment.objects.get().status == "pending"


def test_the_same_edit_sent_twice_is_made_once():
    comment = send(make_post(), "One")
    version = comment.version
    edit(comment, "Two", version)
    edit(comment, "Two", version)
    assert Revision.objects.count() == 1


def test_references_follow_the_text():
    post = make_post()
    first, second = make_published(post), make_published(post)
    comment = edit(send(post, f"See #{first.number}"), f"See #{second.number}")
    assert Reference.objects.get(source=comment).target == second


def test_a_text_rendered_for_another_post_is_not_stored(monkeypatch):
    comment, elsewhere = send(make_post(), "One"), make_post()
    ordinary = intake.make_draft
    monkeypatch.setattr(intake, "make_draft", lambda **f: ordinary(**{**f, "post": elsewhere}))
    with pytest.raises(ChangedMeanwhile):
        edit(comment)
    assert Comment.objects.get().text == "One"


def test_an_edit_that_can_not_be_logged_does_not_happen(monkeypatch):
    comment = send(make_post(), "One")
    monkeypatch.setattr("moderation.screening.screener.log_act", _fail)
    with pytest.raises(RuntimeError):
        edit(comment)
    assert Comment.objects.get().text == "One"
    assert not Revision.objects.exists()


def _fail(*args, **kwargs):
    raise RuntimeError


def test_staff_edit_their_own_and_the_log_names_them():
    user = make_user("author")
    comment = edit(send(make_post(), user=user), LINKS)
    assert last_act(comment) == ("edited", "published", "published", user.pk)


# What an edit does to the status


def test_an_added_link_takes_a_published_comment_back_to_waiting():
    comment = make_published(make_post(), text="No link")
    comment = edit(comment, "http://a.example")
    assert (comment.status, comment.number) == ("pending", "1")


def test_links_that_a_moderator_let_stand_may_stay():
    comment = make_published(make_post(), text=LINKS)
    assert edit(comment, f"As I said: {LINKS}").status == "published"


def test_a_link_put_in_anothers_place_is_a_new_one():
    comment = make_published(make_post(), text=LINKS)
    assert edit(comment, "http://a.example http://evil.example").status == "pending"


def test_links_taken_out_before_publication_do_not_come_back_unseen():
    comment = edit(send(make_post(), LINKS), "Harmless")
    comment = decide(services.publish_comment, comment)
    assert edit(comment, LINKS).status == "pending"


@pytest.mark.parametrize(
    ("found", "stays"),
    [
        ({}, True),
        ({"evidence": {"words": ["a"], "limit": 2}}, True),
        ({"evidence": {"words": ["a", "b"], "limit": 2}}, True),
        ({"evidence": {"words": ["c"], "limit": 2}}, False),
        ({"evidence": {"words": ["a"], "limit": 3}}, False),
        ({"evidence": {"words": ["c"], "limit": 3}, "of_text": False}, True),
        ({"rule": "other", "of_text": False}, False),
        ({"rule": "other"}, False),
        ({"rule": "other", "effect": "note"}, True),
        ({"effect": "reject"}, False),
    ],
)
def test_only_a_finding_that_was_not_there_before_has_to_be_judged(found, stays):
    known = Reason(
        rule="words", effect="hold", sentence="", evidence={"words": ["a", "b"], "limit": 2}
    )
    comment = send(make_post(), "Text")
    comment.reasons.all().delete()
    intake.record_reasons(comment, Verdict(Status.PENDING, (known,)), timezone.now())
    reason = Reason(**{"rule": "words", "effect": "hold", "sentence": "", **found})
    draft = intake.make_draft(post=comment.post, parent=None, name="", mail="", text="Other")
    verdict = Verdict(Status.PENDING, (reason,))
    assert own.adds_nothing_to_judge(comment, draft, verdict) is stays


@pytest.mark.parametrize(
    ("verdict", "waiting", "public"),
    [
        ("published", "pending", "published"),
        ("pending", "pending", "pending"),
        ("rejected", "rejected", "pending"),
        ("spam", "spam", "pending"),
    ],
)
def test_an_edit_never_makes_more_public(monkeypatch, verdict, waiting, public):
    post = make_post()
    before = send(post), make_published(post)
    use_verdict(monkeypatch, Status(verdict), Reason(rule="new", effect="hold", sentence="New."))
    assert [edit(comment).status for comment in before] == [waiting, public]


def test_the_reasons_of_the_present_text_are_apart_from_those_of_earlier_ones():
    comment = edit(send(make_post(), LINKS), "Harmless")
    now, before = comment.reasons.filter(revision=None), comment.revisions.get().reasons.all()
    assert [reason.rule for reason in now] == ["first comments"]
    assert [reason.rule for reason in before] == ["first comments", "links"]


# Withdrawing


@pytest.mark.parametrize("make", [send, make_published])
def test_what_waits_or_is_public_can_be_withdrawn_for_good(make):
    comment = make(make_post())
    before = comment.status
    comment = withdraw(comment)
    assert (comment.status, comment.removed_by) == ("removed", "commenter")
    assert last_act(comment) == ("withdrawn", before, "removed", None)
    for service in (services.restore_comment, services.hold_comment):
        with pytest.raises(services.Withdrawn):
            decide(service, comment)


def test_withdrawing_twice_is_withdrawing_once():
    comment = send(make_post())
    withdraw(comment)
    withdraw(comment)
    assert LogEntry.objects.filter(act="withdrawn").count() == 1


def test_what_a_moderator_removed_can_not_be_withdrawn():
    comment = decide(services.remove_comment, make_published(make_post()))
    with pytest.raises(NotPossible):
        withdraw(comment)


def test_what_continues_a_comment_that_was_never_public_goes_with_it():
    post = make_post()
    first = send(post)
    second = go_on(first)
    third = go_on(second)
    reviewed = decide(services.reject_comment, go_on(first, "No."))
    beside = send(post)
    withdraw(first)
    for part in (second, third):
        part.refresh_from_db()
        assert part.is_withdrawn
        assert last_act(part) == ("withdrawn", "pending", "removed", None)
    for other, status in ((reviewed, "rejected"), (beside, "pending")):
        other.refresh_from_db()
        assert other.status == status


def test_what_continues_a_comment_with_a_number_stays():
    first = make_published(make_post())
    second = go_on(first)
    withdraw(first)
    second.refresh_from_db()
    assert second.status == "pending"
    assert decide(services.publish_comment, second).number == "1.1"


# Sending again


def test_a_rejected_comment_is_sent_again_once_with_another_text():
    comment = resubmit(make_rejected("One"), "Two")
    assert (comment.status, comment.text) == ("pending", "Two")
    assert last_act(comment) == ("resubmitted", "rejected", "pending", None)
    comment = decide(services.reject_comment, comment)
    with pytest.raises(NotPossible, match="once"):
        resubmit(comment, "Three")


def test_the_rejected_text_itself_is_not_sent_again():
    comment = make_rejected("One")
    with pytest.raises(NotPossible, match="still the text"):
        resubmit(comment, "One\r\n")
    assert resubmit(comment, "Two").status == "pending"


def test_a_person_looks_at_what_is_sent_again_whatever_the_verdict(monkeypatch):
    comment = make_rejected()
    use_verdict(monkeypatch, Status.PUBLISHED)
    assert resubmit(comment).status == "pending"


def test_the_same_form_sent_twice_is_one_resubmission():
    comment = make_rejected()
    resubmit(comment)
    resubmit(comment)
    assert LogEntry.objects.filter(act="resubmitted").count() == 1


@pytest.mark.parametrize("make", [send, make_published])
def test_only_a_rejected_comment_is_sent_again(make):
    comment = make(make_post())
    with pytest.raises(NotPossible):
        resubmit(comment)


def test_the_database_refuses_a_second_resubmission():
    comment = resubmit(make_rejected())
    with pytest.raises(IntegrityError, match="resubmitted_once"), transaction.atomic():
        Revision.objects.create(comment=comment, text="x", replaced_by="resubmission")


# Appealing


@pytest.mark.parametrize(
    "service", [services.reject_comment, services.remove_comment, services.mark_spam]
)
def test_a_decision_against_a_comment_is_appealed_against_once(service):
    comment = decide(service, make_published(make_post()))
    before = comment.status
    comment = appeal(comment, "  I was quoting.  ")
    assert (comment.status, comment.appeal.text) == ("pending", "I was quoting.")
    assert last_act(comment) == ("appealed", before, "pending", None)
    comment = decide(service, comment)
    with pytest.raises(NotPossible, match="already"):
        appeal(comment, "Again!")
    assert Comment.objects.get().status == before


def test_an_appeal_is_possible_under_a_closed_post():
    comment = make_rejected()
    Post.objects.update(comments_status="closed")
    assert appeal(comment).status == "pending"


def test_the_same_form_sent_twice_is_one_appeal():
    comment = make_rejected()
    appeal(comment)
    appeal(comment)
    assert LogEntry.objects.filter(act="appealed").count() == 1


def test_there_must_be_a_decision_to_appeal_against():
    post = make_post()
    for comment in (
        send(post),
        make_published(post),
        withdraw(send(post)),
    ):
        with pytest.raises(NotPossible):
            appeal(comment)


def test_the_database_refuses_a_second_appeal():
    comment = appeal(make_rejected())
    with pytest.raises(IntegrityError), transaction.atomic():
        Appeal.objects.create(comment=comment, text="Again")


def test_what_is_appealed_and_sent_again_keeps_its_number_when_published():
    comment = decide(services.reject_comment, make_published(make_post()))
    comment = decide(services.publish_comment, appeal(comment))
    assert (comment.status, comment.number) == ("published", "1")
