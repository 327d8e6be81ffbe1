"""A changed rule is tried on what came in before; nothing is decided by it."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from comments.models import Comment, RecordedReason
from moderation import services
from moderation.models import LogEntry, Rehearsal, Rule
from moderation.rules import rehearsal
from moderation.rules.services import Proposal
from moderation.screening.kind import Finding, Kind, NoParameters, kinds
from tests.factories import make_post, make_user, send

pytestmark = pytest.mark.django_db

RULES = "/admin/moderation/rule/"


@pytest.fixture
def links():
    """The only rule: two links hold."""
    Rule.objects.exclude(shipped_as="links").delete()
    return Rule.objects.get()


@pytest.fixture
def post():
    return make_post()


@pytest.fixture
def moderator(client):
    user = make_user("moderator")
    client.force_login(user)
    return user


def send_links(post, number, **fields):
    addresses = " ".join(f"https://{n}.example/" for n in range(number))
    return send(post, f"See {addresses} {Comment.objects.count()}", **fields)


def decide(comment, service):
    comment.refresh_from_db()
    service(comment_id=comment.pk, version=comment.version, by=make_user())


def changed(rule, **changes):
    fields = {**vars(Proposal.of(rule)), **changes}
    return Proposal(**fields)


def rehearse(rule, proposal):
    one = rehearsal.start_rehearsal(rule=rule, proposal=proposal, by=None)
    while rehearsal.carry_on(one.pk, seconds=0):
        pass
    one.refresh_from_db()
    return one


def test_what_would_flip_is_set_against_what_people_decided(post, links):
    let_through, refused, undecided, untouched = (send_links(post, n) for n in (3, 3, 3, 9))
    decide(let_through, services.publish_comment)
    decide(refused, services.mark_spam)
    one = rehearse(links, changed(links, parameters={"links": 5}))
    assert (one.state, one.done, one.found) == ("done", 4, 4)
    counts = rehearsal.count_flips(one)
    assert counts._asdict() == {
        "stopped": 0, "passing": 3, "otherwise": 0, "wrong_hold": 0, "right_hold": 0,
        "wrong_pass": 1, "right_pass": 1,
    }  # fmt: skip
    found = {flip.comment_id: (flip.before, flip.after, flip.decided) for flip in one.flips.all()}
    assert found == {
        let_through.pk: ("pending", "published", "published"),
        refused.pk: ("pending", "published", "spam"),
        undecided.pk: ("pending", "published", ""),
    }
    assert untouched.pk not in found


def test_a_stricter_rule_would_hold_wrongly_and_rightly(post, links):
    good, bad = send_links(post, 1), send_links(post, 1)
    assert good.is_published
    decide(bad, services.remove_comment)
    decide(good, services.hold_comment)
    decide(good, services.publish_comment)
    counts = rehearsal.count_flips(rehearse(links, changed(links, parameters={"links": 1})))
    assert (counts.stopped, counts.wrong_hold, counts.right_hold) == (2, 1, 1)


def test_nothing_is_changed_by_a_rehearsal(post, links):
    comment = send_links(post, 3)
    before = (comment.version, LogEntry.objects.count(), RecordedReason.objects.count())
    rehearse(links, changed(links, is_on=False))
    comment.refresh_from_db()
    assert (comment.version, LogEntry.objects.count(), RecordedReason.objects.count()) == before
    links.refresh_from_db()
    assert links.is_on


def test_back_to_waiting_is_no_decision(post, links):
    comment = send_links(post, 1)
    decide(comment, services.hold_comment)
    one = rehearse(links, changed(links, parameters={"links": 1}))
    assert one.flips.get().decided == ""


def test_another_effect_is_judged_otherwise(post, links):
    send_links(post, 3)
    counts = rehearsal.count_flips(rehearse(links, changed(links, effect="spam")))
    assert (counts.otherwise, counts.passing, counts.stopped) == (1, 0, 0)


def test_a_rule_alone_decides_nothing_where_another_holds_too(post, links):
    Rule.objects.create(kind="first comments", effect="hold")
    send_links(post, 3)
    assert not rehearse(links, changed(links, is_on=False)).flips.exists()


def test_a_new_rule_is_added_to_the_others(post, links):
    send_links(post, 1)
    one = rehearse(None, Proposal(kind="first comments", effect="spam"))
    assert [(flip.before, flip.after) for flip in one.flips.all()] == [("published", "spam")]


def test_a_refusal_is_an_outcome_of_its_own(post, links):
    send_links(post, 1)
    refusing = changed(links, effect="refuse", parameters={"links": 1})
    assert rehearse(links, refusing).flips.get().after == "turned away"


def test_without_any_rule_left_every_comment_would_wait(post, links):
    send_links(post, 1)
    one = rehearse(links, changed(links, is_on=False))
    assert [(flip.before, flip.after) for flip in one.flips.all()] == [("published", "pending")]


def test_only_the_last_90_days_and_strangers_count(post, links):
    old, _ = send_links(post, 3), send_links(post, 3, user=make_user())
    Comment.objects.filter(pk=old.pk).update(submitted_at=timezone.now() - timedelta(days=91))
    new = send_links(post, 3)
    one = rehearse(links, changed(links, parameters={"links": 9}))
    assert [flip.comment_id for flip in one.flips.all()] == [new.pk]
    assert one.found == 1


def test_facts_are_those_of_the_time_of_sending(post, links):
    """Whoever was new then is new in the rehearsal, with however many published since."""
    first = [send(post, f"Text {n}") for n in range(3)]
    Comment.objects.filter(pk__in=[one.pk for one in first]).update(network="here")
    one = rehearse(None, Proposal(kind="first comments", effect="hold"))
    assert one.flips.count() == 3


def test_the_newest_are_taken_and_the_bound_is_said(post, links, monkeypatch):
    monkeypatch.setattr(rehearsal, "MOST", 3)
    monkeypatch.setattr(rehearsal, "BATCH", 2)
    sent = [send_links(post, 3) for _ in range(5)]
    one = rehearse(links, changed(links, parameters={"links": 9}))
    assert (one.found, one.total, one.done) == (5, 3, 3)
    assert [flip.comment_id for flip in one.flips.all()] == [c.pk for c in reversed(sent[2:])]


def test_a_rehearsal_goes_on_where_it_was_killed(post, links, monkeypatch):
    monkeypatch.setattr(rehearsal, "BATCH", 2)
    for _ in range(5):
        send_links(post, 3)
    one = rehearsal.start_rehearsal(
        rule=links, proposal=changed(links, parameters={"links": 9}), by=None
    )
    assert rehearsal.carry_on(one.pk, seconds=0)
    judge = rehearsal.Change.flips

    def killed(self, draft, at):
        raise KeyboardInterrupt

    monkeypatch.setattr(rehearsal.Change, "flips", killed)
    with pytest.raises(KeyboardInterrupt):
        rehearsal.carry_on(one.pk, seconds=0)
    monkeypatch.setattr(rehearsal.Change, "flips", judge)
    assert not rehearsal.carry_on(one.pk, seconds=60)
    one.refresh_from_db()
    assert (one.state, one.done, one.flips.count()) == ("done", 5, 5)


def test_a_cancelled_one_does_no_more(post, links, monkeypatch):
    monkeypatch.setattr(rehearsal, "BATCH", 1)
    for _ in range(3):
        send_links(post, 3)
    one = rehearsal.start_rehearsal(rule=links, proposal=changed(links, is_on=False), by=None)
    rehearsal.carry_on(one.pk, seconds=0)
    assert rehearsal.cancel_rehearsal(one.pk)
    assert not rehearsal.carry_on(one.pk, seconds=60)
    one.refresh_from_db()
    assert (one.state, one.done) == ("cancelled", 1)
    assert not rehearsal.cancel_rehearsal(one.pk)


def test_one_that_can_not_go_on_says_so(post, links, monkeypatch):
    send_links(post, 3)

    def broken(self, draft, at):
        raise ZeroDivisionError("by nought")

    monkeypatch.setattr(rehearsal.Change, "flips", broken)
    one = rehearse(links, changed(links, is_on=False))
    assert (one.state, one.trouble) == ("failed", "ZeroDivisionError: by nought")


def test_where_the_one_rule_finds_the_same_nothing_else_is_asked(
    post, links, django_assert_num_queries
):
    Rule.objects.create(kind="first comments", effect="hold")
    for _ in range(20):
        send_links(post, 1)
    one = rehearsal.start_rehearsal(
        rule=links, proposal=changed(links, parameters={"links": 3}), by=None
    )
    # savepoint, rehearsal, comments, update, release: no query for any comment
    with django_assert_num_queries(5):
        rehearsal.carry_on(one.pk, seconds=60)


def test_old_rehearsals_are_forgotten(links):
    old = rehearse(links, changed(links))
    Rehearsal.objects.filter(pk=old.pk).update(asked_at=timezone.now() - timedelta(days=31))
    new = rehearse(links, changed(links))
    assert list(Rehearsal.objects.all()) == [new]


# In the admin


def typed(**changed):
    fields = {"title": "", "is_on": "on", "effect": "hold", "clause": "", "parameter_links": "5"}
    return {**fields, **changed}


def test_the_button_rehearses_what_was_typed_and_saves_nothing(
    client, moderator, post, links, run_jobs
):
    let_through = send_links(post, 3)
    decide(let_through, services.publish_comment)
    answer = client.post(f"{RULES}{links.pk}/change/", typed(_rehearse="1"))
    page = client.get(answer.url).content.decode()
    assert "Waiting for the worker." in page
    assert "no worker has run yet" in page
    assert f'<a href="{answer.url}">How far is it by now?</a>' in page
    assert "Save this rule now" not in page
    run_jobs()
    page = client.get(answer.url).content.decode()
    assert "Done: 1 comment of the last 90 days." in page
    assert "Links from which on a comment waits: 2 → 5" in page
    assert "<td>1 rightly passed</td>" in page
    assert f'href="/admin/queue/{let_through.pk}/"' in page
    assert "How far is it" not in page
    links.refresh_from_db()
    assert links.parameters == {}


def test_the_form_comes_back_as_it_was_typed(client, moderator, links):
    one = rehearse(links, changed(links, parameters={"links": 5}, effect="spam"))
    address = f"{RULES}{links.pk}/change/?rehearsal={one.pk}"
    assert address in client.get(f"{RULES}rehearsals/{one.pk}/").content.decode()
    form = client.get(address).content.decode()
    assert 'name="parameter_links" value="5"' in form
    assert '<option value="spam" selected>' in form


def test_a_rehearsed_rule_is_saved_with_its_trace(client, moderator, links):
    one = rehearse(links, changed(links, parameters={"links": 5}))
    client.post(f"{RULES}rehearsals/{one.pk}/", {"save": "1"})
    links.refresh_from_db()
    assert links.parameters == {"links": 5}
    history = client.get(f"{RULES}{links.pk}/history/").content.decode()
    assert "2 → 5" in history
    assert moderator.username in history


def test_a_rehearsed_new_rule_is_saved_once(client, moderator, links):
    one = rehearse(None, Proposal(kind="links", effect="spam", parameters={"links": 9}))
    for _ in range(2):
        client.post(f"{RULES}rehearsals/{one.pk}/", {"save": "1"})
    assert Rule.objects.get(shipped_as="").parameters == {"links": 9}


def test_a_rule_changed_meanwhile_is_not_overwritten(client, moderator, links):
    one = rehearse(links, changed(links, parameters={"links": 5}))
    client.post(f"{RULES}{links.pk}/change/", typed(parameter_links="7"))
    answer = client.post(f"{RULES}rehearsals/{one.pk}/", {"save": "1"}, follow=True)
    assert "The rule was changed since this rehearsal began" in answer.content.decode()
    links.refresh_from_db()
    assert links.parameters["links"] == 7


def test_a_running_one_is_cancelled_by_a_button_and_never_saved(client, moderator, links):
    one = rehearsal.start_rehearsal(rule=links, proposal=changed(links, is_on=False), by=None)
    address = f"{RULES}rehearsals/{one.pk}/"
    client.post(address, {"save": "1"})
    links.refresh_from_db()
    assert links.is_on
    client.post(address, {"cancel": "1"})
    assert "Cancelled after 0 of 0" in client.get(address).content.decode()


def test_a_form_with_a_fault_is_not_rehearsed(client, moderator, links):
    answer = client.post(f"{RULES}{links.pk}/change/", typed(_rehearse="1", parameter_links="0"))
    assert "greater than or equal to 1" in answer.content.decode()
    assert not Rehearsal.objects.exists()
    links.refresh_from_db()
    assert links.parameters == {}


def test_others_find_no_rehearsal(client, links):
    one = rehearse(links, changed(links))
    client.force_login(make_user("author"))
    assert client.get(f"{RULES}rehearsals/{one.pk}/").status_code == 404
    assert client.post(f"{RULES}rehearsals/{one.pk}/", {"save": "1"}).status_code == 404


def test_what_can_not_be_rehearsed_is_said_and_hides_no_other(
    client, moderator, post, links, monkeypatch
):
    class Unseen(Kind[NoParameters]):
        """Holds everything, by what nobody can know later."""

        name = "unseen"
        label = "Unseen"
        help_text = "For tests."
        takes = NoParameters
        unrehearsed = "It asks the stars."

        def judge(self, facts, parameters):
            """See Kind."""
            return Finding(sentence="Seen.")

    known = {**kinds(), "unseen": Unseen()}
    for place in (
        "moderation.screening.running",
        "moderation.rules.rehearsal",
        "moderation.rules.admin",
    ):
        monkeypatch.setattr(f"{place}.kinds", lambda: known)
    send_links(post, 3)
    Rule.objects.create(kind="unseen", effect="hold")
    one = rehearse(links, changed(links, is_on=False))
    assert one.flips.count() == 1
    page = client.get(f"{RULES}rehearsals/{one.pk}/").content.decode()
    assert "Unseen: It asks the stars." in page


# By command


def command(*arguments, **options):
    out = StringIO()
    call_command("rehearse", *arguments, stdout=out, stderr=StringIO(), **options)
    return out.getvalue()


def test_the_command_says_the_same(post, links):
    decide(send_links(post, 3), services.publish_comment)
    said = command(str(links.pk), parameters='{"links": 5}', json=True)
    assert "1 would appear at once, 0 of them refused by a person" in said
    assert "pending → published (Published)" in said
    assert json.loads(said.splitlines()[-1])["right_pass"] == 1


@pytest.mark.parametrize(
    ("arguments", "options", "sentence"),
    [
        ([], {}, "Name either a rule by its id or --kind"),
        (["999999"], {}, "There is no rule 999999. There are: "),
        ([], {"kind": "nonsense"}, "There is no kind 'nonsense'. There are: "),
        ([], {"kind": "links", "parameters": "{"}, "--parameters is no JSON"),
        ([], {"kind": "links", "parameters": "[]"}, "is to be an object"),
        ([], {"kind": "links", "parameters": '{"link": 1}'}, "There is no parameter 'link'"),
        ([], {"kind": "links", "parameters": '{"links": 0}'}, "greater than or equal to 1"),
        ([], {"kind": "links", "effect": "refuse"}, "can have the effects note, hold"),
    ],
)
def test_a_mistake_in_the_command_is_one_sentence(links, arguments, options, sentence):
    with pytest.raises(CommandError, match=sentence):
        command(*arguments, **options)
