"""Who is told of what: once, only of what is so, and never of one's own act."""

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from comments import confirmations, intake, own, subscriptions, tree
from comments.confirmations import Wishes, confirm
from comments.intake import Verdict
from comments.models import Comment, Commenter, Confirmation, Told
from comments.notifications import note_change, settle
from comments.status import Status
from core.models import Mail
from moderation import services
from moderation.models import Clause
from tests.comments.mailing import Post, act, make_commenter, remove, say
from tests.factories import make_post, make_user, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def mails(run_jobs, time_machine):
    return Post(run_jobs, time_machine)


@pytest.fixture
def post(db):
    return make_post(title="On premises")


@pytest.fixture
def hanna(db):
    return make_commenter("hanna@mail.example")


@pytest.fixture
def asked(post, hanna, mails):
    """A public comment of Hanna's, of which she knows."""
    comment = say(post, by=hanna)
    mails.later()
    return comment


def test_an_answer_is_told_half_a_minute_later_and_once(mails, asked, post):
    say(post, parent=asked)
    assert mails.later(seconds=20) == []
    assert mails.told(seconds=11) == [("hanna@mail.example", "Re: On premises")]
    assert mails.later(days=1) == []


def test_its_writer_is_told_that_a_comment_is_public(mails, post, hanna):
    say(post, by=hanna)
    assert mails.told() == [("hanna@mail.example", "Published: your comment on “On premises”")]


@pytest.mark.parametrize(
    "service", [services.remove_comment, services.mark_spam, services.hold_comment]
)
def test_an_answer_taken_back_in_time_is_never_told(mails, asked, post, service):
    answer = say(post, parent=asked)
    mails.wait(seconds=25)
    act(service, answer)
    assert mails.later() == []
    assert mails.later(days=2) == []


def test_nothing_is_told_of_what_was_removed_before_the_mail_went(mails, asked, post):
    answer = say(post, parent=asked)
    mails.wait(seconds=31)
    mails.run_jobs()  # the mail is due, and no server takes it
    waiting = Mail.objects.waiting().get()
    assert (waiting.subject, waiting.text, waiting.html) == ("", "", "")
    remove(answer)
    assert mails.later() == []
    assert Mail.objects.waiting().count() == 0


def test_an_answer_waits_with_the_post_that_is_hidden(mails, asked, post):
    say(post, parent=asked)
    post.comments_status = post.Comments.HIDDEN
    post.save()
    assert mails.later() == []


def test_a_restored_answer_is_not_told_again(mails, asked, post):
    answer = say(post, parent=asked)
    assert len(mails.later()) == 1
    remove(answer)
    mails.later()
    act(services.restore_comment, answer)
    assert mails.later() == []


def test_a_rejection_comes_with_its_note_and_the_ways_on(mails, post, hanna):
    comment = say(post, "My *words*.", by=hanna, is_public=False)
    clause = Clause.objects.latest("pk")
    act(services.reject_comment, comment, note="Please\nno adverts.", clause=clause)
    [mail] = mails.later()
    assert mail.subject == "Not published: your comment on “On premises”"
    assert "Please\nno adverts." in mail.body
    assert f'of the policy, "{clause.title}"' in mail.body
    assert "> My *words*." in mail.body
    assert "/resubmit/" in mail.body
    assert "/appeal/" in mail.body


def test_a_removal_is_told(mails, asked):
    remove(asked)
    assert mails.told() == [("hanna@mail.example", "Removed: your comment on “On premises”")]


def test_of_spam_nobody_is_told(mails, post, hanna, asked):
    act(services.mark_spam, asked)
    act(services.mark_spam, say(post, by=hanna, is_public=False))
    assert mails.later() == []


def test_a_decision_undone_in_time_is_not_told(mails, asked, post, hanna):
    remove(asked)
    mails.wait(seconds=10)
    act(services.restore_comment, asked)
    assert mails.later() == []
    waiting = say(post, by=hanna, is_public=False)
    act(services.reject_comment, waiting)
    act(services.hold_comment, waiting)
    assert mails.later() == []


def test_a_decision_changed_in_time_is_told_as_it_stands(mails, post, hanna):
    comment = say(post, by=hanna, is_public=False)
    act(services.reject_comment, comment)
    mails.wait(seconds=29)
    publish(comment)
    assert mails.later(seconds=20) == []
    assert mails.told() == [("hanna@mail.example", "Published: your comment on “On premises”")]


def test_a_second_rejection_is_told_too(mails, post, hanna):
    comment = act(services.reject_comment, say(post, by=hanna, is_public=False))
    assert len(mails.later()) == 1
    own.resubmit_comment(comment_id=comment.pk, version=comment.version, text="Better words.")
    assert mails.later() == []
    act(services.reject_comment, comment)
    [mail] = mails.later()
    assert "/resubmit/" not in mail.body


def test_nobody_is_told_of_their_own_acts(mails, asked, post, hanna):
    more = say(post, by=hanna, parent=asked, is_public=False)
    subscriptions.follow(by=hanna, post=post)
    services.publish_comment(comment_id=more.pk, version=more.version, by=make_user())
    told = mails.told()
    assert told == [("hanna@mail.example", "Published: your comment on “On premises”")]
    more.refresh_from_db()
    own.withdraw_comment(comment_id=more.pk, version=more.version)
    assert mails.later() == []


def test_what_appeared_at_once_its_writer_saw(mails, asked, post, monkeypatch):
    verdict = "moderation.screening.running.decide"
    monkeypatch.setattr(verdict, lambda reasons: Verdict(Status.PUBLISHED, ()))
    otto = make_commenter("otto@mail.example")
    assert say(post, by=otto, parent=asked, is_public=False).is_published
    assert mails.told() == [("hanna@mail.example", "Re: On premises")]


def test_staffs_answer_is_told(mails, asked, post):
    draft = intake.make_draft(
        post=post, parent=asked, name="The author", mail="", text="Yes.", user=post.author
    )
    intake.receive(draft, sender="author")
    assert mails.told() == [("hanna@mail.example", "Re: On premises")]


def test_without_a_confirmed_address_nobody_is_told_until_it_is(mails, post):
    typed = Commenter.objects.create(name="Eve", mail="victim@mail.example")
    comment = say(post, by=typed)
    say(post, parent=comment)
    assert mails.later() == []
    Comment.objects.filter(pk=comment.pk).update(mail="victim@mail.example")
    Confirmation.objects.create(
        comment=comment,
        mail="victim@mail.example",
        digest=confirmations._digest("t"),
        remember=False,
        expires_at=timezone.now() + confirmations.LIFETIME,
    )
    confirm("t", browser=None, wishes=Wishes())
    assert [subject for _, subject in mails.told()] == ["Published: your comment on “On premises”"]


def test_a_reply_below_an_answer_is_told_to_whom_it_answers_alone(mails, asked, post):
    otto = make_commenter("otto@mail.example")
    answer = say(post, parent=asked, by=otto)
    mails.later()
    say(post, parent=answer)
    assert mails.told() == [("otto@mail.example", "Re: On premises")]


def test_who_follows_a_branch_is_told_of_all_below_and_of_nothing_else(mails, asked, post):
    vera = make_commenter("vera@mail.example")
    subscriptions.follow(by=vera, post=post, branch=asked)
    answer = say(post, parent=asked)
    mails.later()
    say(post, parent=answer)
    say(post)
    say(make_post())
    assert mails.told() == [("vera@mail.example", "Re: On premises")]


def test_of_several_reasons_one_mail_comes(mails, asked, post, hanna):
    subscriptions.follow(by=hanna, post=post)
    subscriptions.follow(by=hanna, post=post, branch=asked)
    say(post, parent=asked)
    [mail] = mails.later()
    assert "it answers a comment of yours" in mail.body


def test_who_wants_no_answers_but_follows_hears_of_them_as_a_follower(mails, asked, post, hanna):
    subscriptions.follow(by=hanna, post=post)
    subscriptions.set_frequencies(hanna, {"answers": "off"})
    say(post, parent=asked)
    [mail] = mails.later()
    assert "you follow this conversation" in mail.body


@pytest.mark.parametrize("when", ["before", "between"])
def test_who_mutes_hears_no_more_of_that_conversation_alone(mails, asked, post, hanna, when):
    other = say(make_post(title="Elsewhere"), by=hanna)
    mails.later()
    if when == "before":
        subscriptions.mute(by=hanna, post_id=post.pk)
    say(post, parent=asked)
    say(other.post, parent=other)
    if when == "between":
        mails.wait(seconds=31)
        mails.run_jobs()
        subscriptions.mute(by=hanna, post_id=post.pk)
    assert mails.told() == [("hanna@mail.example", "Re: Elsewhere")]


def test_every_job_run_twice_tells_once(mails, asked, post, hanna):
    answer = say(post, parent=asked)
    mails.wait(seconds=31)
    for _ in range(3):
        settle(comment_id=answer.pk)
    Told.objects.filter(comment=answer).update(announced_at=None)  # as if that had been lost
    settle(comment_id=answer.pk)
    assert len(mails.later()) == 1


def test_what_was_first_published_long_ago_is_no_news(mails, asked, post):
    answer = say(post, parent=asked, is_public=False)
    publish(answer)
    remove(answer)
    mails.later(days=8)
    act(services.restore_comment, answer)
    assert mails.later() == []


def test_a_change_that_is_rolled_back_tells_nothing(mails, asked, post):
    answer = say(post, parent=asked, is_public=False)
    with pytest.raises(ZeroDivisionError):
        tree.under_lock(answer.pk, notify_and_fail)
    assert not ProcrastinateJob.objects.filter(task_name="comments.settle").exists()


def notify_and_fail(comment):
    note_change(comment)
    raise ZeroDivisionError
