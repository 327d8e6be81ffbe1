"""Deciding from a mail: who has the link decides, once, by the button alone, for seven days."""

import re
from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from comments.models import Comment
from moderation import services
from moderation.desk.deciding import make_address
from moderation.models import LogEntry, NoticeWishes
from moderation.notices.telling import tell
from tests.factories import make_post, make_published, make_user, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator():
    return make_user("moderator", email="mo@blog.example")


@pytest.fixture
def comment():
    return send(make_post(title="On trust"), "See https://a.example/x, you fools.", name="Rahel")


@pytest.fixture
def link(comment, moderator):
    return path(make_address(comment, moderator))


def path(address):
    return "/" + address.split("/", 3)[3]


def decide(link, act, version=1, **fields):
    return Client().post(link, {"act": act, "version": version, **fields})


def state(comment):
    return Comment.objects.get(pk=comment.pk).status


def test_the_mail_leads_in_two_steps_to_a_decision_without_signing_in(
    client, moderator, comment, run_jobs, mailoutbox
):
    NoticeWishes.objects.create(user=moderator, waiting="instant")
    tell(moderator)
    run_jobs()
    [mail] = mailoutbox
    [address] = re.findall(r"https?://\S+/decide/\S+", mail.body)
    page = client.get(path(address))
    for words in ("On trust", "you fools", "https://a.example/x", "Rahel", "received"):
        assert words.lower() in page.content.decode().lower()
    assert state(comment) == "pending"
    done = client.post(path(address), {"act": "publish", "version": comment.version})
    assert "Published as #1" in done.content.decode()
    assert state(comment) == "published"
    entry = LogEntry.objects.latest("pk")
    assert (entry.act, entry.actor_id) == ("published", moderator.pk)
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("method", ["get", "head", "options", "put", "delete"])
def test_opening_it_changes_nothing(client, comment, link, method):
    getattr(client, method)(link)
    assert state(comment) == "pending"
    assert decide(link, "reject").status_code == 200
    assert state(comment) == "rejected"


@pytest.mark.parametrize("clause", ["999999", "none"])
def test_a_form_that_decides_nothing_leaves_it_good(comment, link, clause):
    assert decide(link, "reject", clause=clause).status_code == 404
    assert state(comment) == "pending"
    assert decide(link, "publish").status_code == 200
    assert state(comment) == "published"


def test_it_decides_once(comment, link):
    decide(link, "spam")
    again = decide(link, "publish", version=Comment.objects.get().version)
    assert again.status_code == 409
    assert "used already" in again.content.decode()
    assert state(comment) == "spam"


def test_what_another_decided_is_said_and_has_no_buttons(client, comment, link):
    by = make_user("moderator")
    services.reject_comment(comment_id=comment.pk, version=1, by=by)
    page = client.get(link).content.decode()
    assert f"rejected by {by.username}" in page
    assert 'name="act"' not in page


def test_a_page_opened_before_another_decided_overwrites_nothing(comment, link):
    by = make_user("moderator")
    services.reject_comment(comment_id=comment.pk, version=1, by=by)
    page = decide(link, "publish", version=1, note="").content.decode()
    assert "Somebody was before you" in page
    assert state(comment) == "rejected"


def test_after_seven_days_it_is_over(client, comment, link, time_machine):
    time_machine.move_to(timezone.now() + timedelta(days=7, minutes=1))
    assert client.get(link).status_code == 410
    assert decide(link, "publish").status_code == 410
    assert state(comment) == "pending"


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}])
def test_who_may_decide_no_more_has_no_link(client, comment, link, moderator, change):
    for name, value in change.items():
        setattr(moderator, name, value)
    moderator.save()
    assert client.get(link).status_code == 410
    assert decide(link, "publish").status_code == 410


def test_an_author_has_none_for_anothers_post(client, comment):
    link = path(make_address(comment, make_user("author")))
    assert client.get(link).status_code == 410


@pytest.mark.parametrize(
    "token",
    ["x", "x:y:z", signing.dumps([1, 1, "x"]), signing.dumps("x")],
    ids=["a word", "parts", "of another kind", "of another shape"],  # by the clock otherwise
)
def test_a_forged_one_is_none(client, token):
    assert client.get(f"/decide/{token}/").status_code == 410


@pytest.mark.parametrize("act", ["", "redact", "restore", "nonsense"])
def test_only_what_is_offered_is_done(comment, link, act):
    assert decide(link, act).status_code == 410
    assert state(comment) == "pending"


def test_another_site_cannot_press_the_button(comment, link):
    answer = Client().post(
        link, {"act": "publish", "version": 1}, headers={"Origin": "https://evil.example"}
    )
    assert answer.status_code == 403
    assert state(comment) == "pending"


def test_a_reply_and_a_clause_go_by_mail_too(comment, link):
    done = decide(link, "answer", text="My answer.").content.decode()
    assert "and answered" in done
    assert Comment.objects.filter(parent=comment, text="My answer.").exists()


def test_where_nothing_was_decided_the_link_is_still_good(comment, link):
    assert "Please write the reply" in decide(link, "answer", text=" ").content.decode()
    assert "Published as" in decide(link, "publish").content.decode()


def test_it_is_kept_by_no_cache_and_no_search_engine(client, link):
    answer = client.get(link)
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex"


def test_what_is_public_and_not_reported_is_decided(client, moderator):
    comment = make_published(make_post())
    page = client.get(path(make_address(comment, moderator))).content.decode()
    assert "This is decided" in page


def undo(link):
    return Client().post(link, {"act": "undo"})


def test_a_branch_is_locked_and_slowed_by_it_and_it_is_still_good_to_decide(client, comment, link):
    page = client.get(link).content.decode()
    assert 'class="act-lock"' in page
    page = decide(link, "lock", why="Enough.").content.decode()
    assert "The branch from here is locked." in page
    assert "This is decided" not in page
    assert 'class="act-unlock"' in page
    page = decide(link, "slow", why="Too many.", minutes="20").content.decode()
    assert "is slowed" in page
    assert [one.reason for one in comment.brakes.order_by("pk")] == ["Enough.", "Too many."]
    decide(link, "unlock")
    assert "Published as #1" in decide(link, "publish").content.decode()
    assert comment.brakes.get(lifted_at=None).minutes == 20


def test_a_lock_that_is_refused_gives_the_reason_back(comment, link):
    page = decide(link, "lock", why="Enough.", until="2001-01-01").content.decode()
    assert "Your reason: Enough." in page
    assert not comment.brakes.exists()


def test_a_used_or_old_link_locks_nothing(comment, link, moderator, time_machine):
    other = path(make_address(comment, moderator))
    decide(link, "reject")
    version = Comment.objects.get(pk=comment.pk).version
    assert decide(link, "lock", version, why="Enough.").status_code == 409
    time_machine.move_to(timezone.now() + timedelta(days=7, minutes=1))
    assert decide(other, "lock", version, why="Enough.").status_code == 410
    assert not comment.brakes.exists()


def test_what_was_decided_by_it_is_taken_back_by_it_before_any_mail(
    client, comment, link, run_jobs, mailoutbox
):
    page = decide(link, "publish").content.decode()
    assert page.count('value="undo"') == 2  # beside the sentence, and in the record
    assert client.get(link).content.decode().count('value="undo"') == 2
    assert state(comment) == "published"  # opening it took nothing back
    undone = undo(link).content.decode()
    assert "taken back; waiting again" in undone
    assert state(comment) == "pending"
    entry = LogEntry.objects.latest("pk")
    assert (entry.act, entry.undoes_id) == ("undone", entry.pk - 1)
    run_jobs()
    assert mailoutbox == []
    assert 'value="undo"' not in undone
    version = Comment.objects.get().version
    assert "Rejected." in decide(link, "reject", version=version).content.decode()
    assert state(comment) == "rejected"


def test_it_takes_back_nothing_that_it_did_not_decide(client, comment, link, moderator):
    services.reject_comment(comment_id=comment.pk, version=1, by=moderator)
    assert 'value="undo"' not in client.get(link).content.decode()
    assert undo(link).status_code == 409
    assert state(comment) == "rejected"


def test_it_takes_back_nothing_after_something_else_was_done(client, comment, link):
    decide(link, "publish")
    version = Comment.objects.get().version
    services.remove_comment(comment_id=comment.pk, version=version, by=make_user("moderator"))
    assert 'value="undo"' not in client.get(link).content.decode()
    assert "Something was done to the comment since" in undo(link).content.decode()
    assert state(comment) == "removed"


def test_it_takes_back_once(comment, link):
    decide(link, "spam")
    undo(link)
    assert undo(link).status_code == 409
    assert LogEntry.objects.filter(act="undone").count() == 1


def test_after_seven_days_it_takes_back_nothing(comment, link, time_machine):
    decide(link, "spam")
    time_machine.move_to(timezone.now() + timedelta(days=7, minutes=1))
    assert undo(link).status_code == 410
    assert state(comment) == "spam"


def test_another_site_cannot_take_back(comment, link):
    decide(link, "spam")
    answer = Client().post(link, {"act": "undo"}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert state(comment) == "spam"


def test_a_reply_to_what_is_public_uses_the_link_and_takes_back_no_earlier_act(
    comment, link, moderator
):
    services.publish_comment(comment_id=comment.pk, version=1, by=moderator)
    version = Comment.objects.get().version
    page = decide(link, "answer", version=version, text="My answer.").content.decode()
    assert "and answered" in page
    assert 'value="undo"' not in page
    assert "used already" in decide(link, "spam", version=version).content.decode()
    assert state(comment) == "published"
