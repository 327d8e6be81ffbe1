"""Every act of the desk by its form: state, log row, what a reader sees; and taking it back."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from comments import own
from comments.models import Comment, ReceivedMention
from comments.private_links import status_address
from moderation import services
from moderation.desk import acts
from moderation.desk.cards import cards, with_context
from moderation.desk.locking import lock_branch
from moderation.desk.queue import TABS
from moderation.desk.slowing import slow_branch
from moderation.models import CannedNote, Clause, FollowUp, LogEntry, Report
from tests.factories import make_post, make_published, make_user, publish, send

pytestmark = pytest.mark.django_db

QUEUE = "/admin/queue/"
TEXT = "You idiot. The argument is older than Kant."


@pytest.fixture
def moderator(client):
    user = make_user("moderator")
    client.force_login(user)
    return user


@pytest.fixture
def author(client):
    user = make_user("author")
    client.force_login(user)
    return user


def now(comment):
    return Comment.objects.select_related("post").get(pk=comment.pk)


def do(client, comment, name, **fields):
    comment = now(comment)
    address = reverse("moderation:act", args=[comment.pk, name])
    brake = comment.brakes.first()  # which a form that changes one names
    form = {"version": comment.version, "brake": brake.pk if brake else "", **fields}
    return client.post(address, form, follow=True)


def last(comment):
    return LogEntry.objects.filter(comment_id=comment.pk).latest("pk")


def undo(client, *entries):
    answer = client.post(
        reverse("moderation:undo"), {"entry": [one.pk for one in entries]}, follow=True
    )
    return answer.content.decode()


def waits():
    return send(make_post(), TEXT, name="Somebody")


def is_public():
    return make_published(make_post(), text=TEXT, name="Somebody")


def is_locked():
    comment = is_public()
    terms = {"reason": "Enough of this.", "by": make_user()}
    return lock_branch(comment_id=comment.pk, version=comment.version, **terms)


def is_slowed():
    comment = is_public()
    terms = {"reason": "Too many of this.", "minutes": 30, "by": make_user()}
    return slow_branch(comment_id=comment.pk, version=comment.version, **terms)


def was_removed():
    comment = is_public()
    return services.remove_comment(comment_id=comment.pk, version=comment.version, by=make_user())


def was_reported():
    comment = is_public()
    Report.objects.create(comment=comment, reporter="x", reason="insult")
    return comment


def says_something_else_by_now():
    comment = is_public()
    address = "https://else.example/"
    ReceivedMention.objects.create(
        source=address, target=address, post=comment.post, comment=comment, state="taken",
        said="It is older than Hume.", is_changed=True,
    )  # fmt: skip
    return comment


# Each act: from what, with which fields, to which status, and the act that the log tells.
CASES = {
    "publish": (waits, {}, "published", "published"),
    "owe": (waits, {}, "published", "published"),
    "reject": (waits, {}, "rejected", "rejected"),
    "spam": (waits, {}, "spam", "marked spam"),
    "remove": (is_public, {}, "removed", "removed"),
    "restore": (was_removed, {}, "published", "restored"),
    "hold": (is_public, {}, "pending", "held"),
    "renew": (says_something_else_by_now, {}, "published", "kept"),
    "keep": (was_reported, {}, "published", "kept"),
    "answer": (waits, {"text": "It is not."}, "published", "published"),
    "redact": (is_public, {"text": "The argument is older than Kant."}, "published", "redacted"),
    "lock": (is_public, {"why": "Enough of this."}, "published", "locked"),
    "relock": (is_locked, {"why": "Quite enough."}, "published", "lock changed"),
    "unlock": (is_locked, {}, "published", "unlocked"),
    "slow": (is_public, {"why": "Too many.", "minutes": "30"}, "published", "slowed"),
    "reslow": (
        is_slowed, {"why": "Far too many.", "minutes": "90"}, "published", "slow mode changed"
    ),
    "unslow": (is_slowed, {}, "published", "no longer slowed"),
}  # fmt: skip


def test_every_act_is_tried():
    assert set(CASES) == set(acts.ACTS)
    assert not {act.key for act in acts.ACTS.values()} & {key for key, _ in acts.MOVES}


@pytest.mark.parametrize("name", CASES)
def test_no_two_acts_that_are_offered_at_once_share_a_key(name):
    [card] = cards(with_context(Comment.objects.filter(pk=CASES[name][0]().pk)))
    keys = [act.key for act in card.acts]
    assert name in [act.name for act in card.acts]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("name", CASES)
def test_an_act_by_its_form_changes_the_state_and_is_logged_and_can_be_undone(
    client, moderator, name
):
    make, fields, status, act = CASES[name]
    comment = make()
    comment.refresh_from_db()
    before, text = comment.status, comment.text
    card = client.get(reverse("moderation:card", args=[comment.pk])).content.decode()
    assert f"/{comment.pk}/{name}/" in card
    page = do(client, comment, name, **fields).content.decode()
    assert "Somebody: " in page
    entry = LogEntry.objects.filter(comment_id=comment.pk, act=act).latest("pk")
    after = now(comment)
    assert after.status == entry.status_after == status
    assert (entry.status_before, entry.actor_id) == (before, moderator.pk)
    public = client.get(after.post.get_absolute_url()).content.decode()
    assert (after.text.split(".")[-2] in public) is (status == "published")
    assert "taken back" in undo(client, entry)
    restored = now(comment)
    assert (restored.status, restored.text) == (before, text)
    undone = last(comment)
    assert (undone.act, undone.undoes_id) == ("undone", entry.pk)
    assert (undone.status_before, undone.status_after) == (status, before)


@pytest.mark.parametrize("name", CASES)
def test_a_stale_form_of_any_act_changes_nothing_and_gives_the_words_back(client, moderator, name):
    make, fields, _, _ = CASES[name]
    comment = make()
    comment.refresh_from_db()
    address = reverse("moderation:act", args=[comment.pk, name])
    rows = LogEntry.objects.count()
    old = {"version": comment.version - 1, **fields}
    page = client.post(address, old, follow=True).content.decode()
    assert "Your click changed nothing" in page
    for field, words in fields.items():
        assert words in page or field == "minutes"
    assert now(comment).status == comment.status
    assert now(comment).text == comment.text
    assert LogEntry.objects.count() == rows


@pytest.mark.parametrize("name", CASES)
def test_of_anothers_post_nothing_is_decided_or_taken_back(client, author, name):
    make, fields, _, _ = CASES[name]
    comment = make()
    assert do(client, comment, name, **fields).status_code == 404
    entry = LogEntry.objects.filter(comment_id=comment.pk).latest("pk")
    assert client.post(reverse("moderation:undo"), {"entry": entry.pk}).status_code == 404


def test_a_script_gets_the_sentence_and_the_row_to_undo(client, moderator):
    comment = waits()
    address = reverse("moderation:act", args=[comment.pk, "publish"])
    answer = client.post(
        address, {"version": comment.version}, headers={"Accept": "application/json"}
    )
    [outcome] = answer.json()["outcomes"]
    assert outcome["level"] == "success"
    assert outcome["told"] == "Somebody: Published as #1."
    assert outcome["entry"] == last(comment).pk


def test_what_was_done_just_now_is_offered_to_be_undone(client, moderator):
    comment = waits()
    page = do(client, comment, "reject").content.decode()
    assert f'name="entry" value="{last(comment).pk}"' in page
    undo(client, last(comment))
    assert 'name="entry"' not in client.get(QUEUE).content.decode()


def test_long_after_it_can_be_undone_from_the_record(client, moderator, time_machine):
    comment = waits()
    do(client, comment, "reject")
    time_machine.move_to(timezone.now() + timedelta(days=20))
    client.force_login(moderator)
    assert 'name="entry"' not in client.get(QUEUE).content.decode()
    card = client.get(reverse("moderation:card", args=[comment.pk])).content.decode()
    [entry] = re.findall(r'name="entry" value="(\d+)"', card)
    assert int(entry) == last(comment).pk
    undo(client, last(comment))
    assert now(comment).status == "pending"


def test_nothing_is_undone_twice_or_after_something_else(client, moderator):
    comment = waits()
    do(client, comment, "reject")
    first = last(comment)
    assert "taken back" in undo(client, first)
    assert "taken back already" in undo(client, first)
    do(client, comment, "spam")
    second = last(comment)
    own.appeal_decision(comment_id=comment.pk, version=now(comment).version, text="Why?")
    assert "Something was done to the comment since: appealed" in undo(client, second)
    assert now(comment).status == "pending"


def test_another_moderator_may_undo_and_a_decision_undone_is_quoted_no_more(client, moderator):
    comment = waits()
    clause = Clause.objects.current().get(number=2)
    do(client, comment, "reject", clause=clause.pk, note="Once.")
    page = client.get(status_address(now(comment))).content.decode()
    assert clause.title in page
    assert "Once." in page
    client.force_login(make_user("moderator"))
    undo(client, last(comment))
    page = client.get(status_address(now(comment))).content.decode()
    assert clause.title not in page
    assert "Once." not in page


def test_reports_that_an_act_answered_are_open_again_when_it_is_undone(client, moderator):
    comment = was_reported()
    do(client, comment, "remove")
    assert not Report.objects.unanswered().exists()
    undo(client, last(comment))
    assert Report.objects.unanswered().count() == 1


def test_undone_in_time_nobody_hears_of_it(client, moderator, run_jobs, mailoutbox):
    comment = waits()
    do(client, comment, "publish")
    undo(client, last(comment))
    run_jobs()
    assert mailoutbox == []


def test_a_canned_note_and_a_typed_one_reach_the_writer(client, moderator):
    note = CannedNote.objects.create(title="Off topic", text="Please stay with the post.")
    comment = waits()
    assert "Off topic" in client.get(QUEUE).content.decode()
    do(client, comment, "reject", canned=note.pk, note="The open thread is there.")
    page = client.get(status_address(now(comment))).content.decode()
    assert "Please stay with the post." in page
    assert "The open thread is there." in page


def test_a_reply_with_a_publication_is_one_form(client, author):
    comment = send(make_post(author=author), "A question?", name="Somebody")
    do(client, comment, "answer", text="An *answer*.")
    reply = Comment.objects.get(parent=comment)
    assert (now(comment).status, reply.status) == ("published", "published")
    assert (reply.number, reply.user) == ("1.1", author)
    assert "<em>answer</em>" in client.get(comment.post.get_absolute_url()).content.decode()


@pytest.mark.parametrize("text", ["", "  \n"])
def test_an_empty_reply_publishes_nothing(client, author, text):
    comment = send(make_post(author=author))
    page = do(client, comment, "answer", text=text).content.decode()
    assert "Please write the reply" in page
    assert now(comment).status == "pending"


def test_under_a_closed_post_the_reply_is_given_back(client, author):
    post = make_post(author=author)
    comment = send(post)
    post.comments_status = "closed"
    post.save()
    page = do(client, comment, "answer", text="My long reply").content.decode()
    assert "My long reply" in page
    assert now(comment).status == "pending"


def test_a_reply_owed_is_on_the_list_until_it_is_given(client, author):
    comment = send(make_post(author=author), name="Patient")
    do(client, comment, "owe")
    assert "You owe 1 reply." in client.get("/admin/").content.decode()
    assert "Patient" in client.get(QUEUE + "?status=owed").content.decode()
    do(client, comment, "answer", text="At last.")
    assert f'id="card-{comment.pk}"' not in client.get(QUEUE + "?status=owed").content.decode()
    assert FollowUp.objects.count() == 1


def test_undoing_a_publication_owes_nothing(client, author):
    comment = send(make_post(author=author))
    do(client, comment, "owe")
    undo(client, last(comment))
    assert not FollowUp.objects.exists()


def tick(client, act, comments, **fields):
    ticked = [f"{one.pk}:{one.version}" for one in comments]
    return client.post(
        reverse("moderation:ticked"), {"act": act, "ticked": ticked, **fields}, follow=True
    )


def test_ticked_comments_are_decided_each_by_itself(client, moderator):
    post = make_post()
    comments = [send(post) for _ in range(6)]
    do(client, comments[0], "spam")
    page = tick(client, "publish", comments).content.decode()
    assert "5 comments: done." in page
    assert "Somebody was before you" in page
    assert "Undo all" in page
    assert [now(one).status for one in comments] == ["spam", *["published"] * 5]


def test_all_shown_are_decided_without_ticking_any(client, moderator):
    comments = [send(make_post()) for _ in range(3)]
    shown = re.findall(r'name="shown" value="([^"]+)"', client.get(QUEUE).content.decode())
    client.post(reverse("moderation:ticked"), {"act": "reject", "all": "1", "shown": shown})
    assert {now(one).status for one in comments} == {"rejected"}


def test_ticked_ones_of_anothers_post_are_left_alone(client, author):
    mine, theirs = send(make_post(author=author)), send(make_post())
    tick(client, "publish", [mine, theirs])
    assert (now(mine).status, now(theirs).status) == ("published", "pending")


@pytest.mark.parametrize("tab", TABS)
def test_acts_for_all_that_is_ticked_fit_what_is_shown(client, moderator, tab):
    makers = (waits, is_public, was_removed, was_reported, says_something_else_by_now, is_slowed)
    for make in makers:
        make()
    rejected = waits()
    services.reject_comment(comment_id=rejected.pk, version=1, by=moderator)
    page = client.get(f"{QUEUE}?status={tab}")
    offered = re.findall(r'name="act" value="(\w+)"', page.content.decode())
    shown = [card.comment for card in page.context["cards"]]
    fitting = [
        act.name for act in acts.ACTS.values()
        if act.ticked and any(act in acts.acts_for(comment) for comment in shown)
    ]  # fmt: skip
    assert offered == fitting


def test_over_waiting_comments_nothing_is_kept_shown_anew_or_restored(client, moderator):
    waits()
    page = client.get(QUEUE).content.decode()
    bar = page.partition('<form id="ticked"')[2].partition("</form>")[0]
    assert re.findall(r'value="(\w+)" data-key', bar) == [
        "publish", "owe", "reject", "spam", "remove"
    ]  # fmt: skip


@pytest.mark.parametrize("act", ["", "nonsense", "answer", "redact"])
def test_what_is_no_act_for_many_is_not_found(client, moderator, act):
    assert tick(client, act, [waits()]).status_code == 404


def test_a_redaction_marks_the_place_and_keeps_the_original(client, moderator):
    comment = is_public()
    clause = Clause.objects.current().get(number=2)
    do(client, comment, "redact", text=TEXT.removeprefix("You idiot. "), clause=clause.pk,
       note="No insults.")  # fmt: skip
    assert now(comment).text == "[removed: clause 2] The argument is older than Kant."
    public = client.get(comment.post.get_absolute_url()).content.decode()
    assert "[removed: clause 2]" in public
    assert "idiot" not in public
    page = client.get(status_address(now(comment))).content.decode()
    assert "took words out" in page
    assert "You idiot." in page
    assert "No insults." in page
    assert comment.post.get_absolute_url()
    listed = client.get(QUEUE + "?status=edited").content.decode()
    assert f'id="card-{comment.pk}"' not in listed


def test_a_redaction_puts_no_words_into_anybodys_mouth(client, moderator):
    comment = is_public()
    page = do(client, comment, "redact", text="I am sorry. " + TEXT).content.decode()
    assert "are not its writer" in page
    assert now(comment).text == TEXT


def test_its_writer_cannot_put_back_what_was_taken_out(client, moderator):
    comment = is_public()
    do(client, comment, "redact", text="The argument is older than Kant.")
    with pytest.raises(Exception, match="took words out"):
        own.edit_comment(comment_id=comment.pk, version=now(comment).version, text=TEXT)


def test_publishing_an_undone_publication_again_keeps_the_number(client, moderator):
    post = make_post()
    comment = send(post)
    do(client, comment, "publish")
    undo(client, last(comment))
    publish(send(post))
    do(client, comment, "publish")
    assert now(comment).number == "1"


def test_a_reply_given_with_a_publication_is_taken_back_with_it(client, author):
    comment = send(make_post(author=author), name="Somebody")
    page = do(client, comment, "answer", text="An answer.").content.decode()
    assert page.count('name="entry"') == 1  # the reply is no decision of its own
    undo(client, last(comment))
    reply = Comment.objects.get(parent=comment)
    assert (now(comment).status, reply.status) == ("pending", "pending")
    assert last(reply).act == "undone"


def test_a_reply_given_later_stays_when_the_publication_is_taken_back(client, author, time_machine):
    comment = send(make_post(author=author))
    do(client, comment, "publish")
    published = last(comment)
    time_machine.move_to(timezone.now() + timedelta(minutes=1))
    client.force_login(author)
    do(client, comment, "answer", text="An answer.")
    undo(client, published)
    assert now(comment).status == "pending"
    assert Comment.objects.get(parent=comment).status == "published"


def test_an_own_comment_is_no_decision_to_take_back(client, author):
    send(make_post(author=author), "Under my own post.", user=author)
    assert LogEntry.objects.filter(actor_id=author.pk, act="received").exists()
    assert 'name="entry"' not in client.get(QUEUE).content.decode()
