"""Whom a sanction concerns, where, when, with which words; and what trust is worth."""

from datetime import timedelta
from itertools import product

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from comments import intake, own
from comments.errors import TurnedAway
from comments.models import Comment, Commenter
from core import ratelimit
from moderation import services
from moderation.models import LogEntry, Rule, Sanction
from moderation.people.persons import fits_pattern
from moderation.people.sanctions import (
    NoLongerInForce,
    NotSanctionable,
    Person,
    forget_addresses,
    lift_sanction,
    sanction_person,
    trust_commenter,
)
from moderation.permissions import NotAllowed
from moderation.screening.facts.sanctions import Sanctions
from tests.factories import make_post, make_published, make_user, publish, write_policy

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def mo():
    return make_user("moderator", username="mo")


@pytest.fixture
def hanna():
    return Commenter.objects.create(name="Hanna")


@pytest.fixture
def nothing_else():
    """No rule holds anything by itself."""
    Rule.objects.exclude(kind="links").delete()


def write(post, text="Some text.", parent=None, **known):
    draft = make_draft(post, text, parent, **known)
    return intake.receive(draft, sender=str(known))


def make_draft(post, text="Some text.", parent=None, **known):
    known = {"name": "Hanna", "mail": "", **known}
    return intake.make_draft(post=post, parent=parent, text=text, **known)


def persons(hanna):
    return {
        "identity": (Person(commenter=hanna), {"commenter": hanna}),
        "mail": (Person(mail="H@mail.example"), {"mail": "h@Mail.example"}),
        "network": (Person(network="n1"), {"network": "n1"}),
        "name": (Person(pattern="Troll*"), {"name": "TrolI 17"}),
    }


TARGETS = ["identity", "mail", "network", "name"]
SCOPES = ["site", "post", "branch"]
TIMES = {
    "for good": (None, False, True),
    "until later": (HOUR, False, True),
    "over": (-HOUR, False, False),
    "lifted": (None, True, False),
}
EFFECTS = {"hold": "pending", "bar": "refused"}


@pytest.mark.usefixtures("nothing_else")
@pytest.mark.parametrize("case", list(product(TARGETS, SCOPES, TIMES, EFFECTS)), ids="-".join)
def test_a_sanction_holds_for_its_target_in_its_scope_in_its_time(hanna, mo, case):
    target, scope, time, effect = case
    post, elsewhere = make_post(), make_post()
    head = publish(write(post, "Head", name="A"))
    inside = publish(write(post, "Inside", head, name="B"))
    beside = publish(write(post, "Beside", name="C"))
    person, known = persons(hanna)[target]
    until, is_lifted, holds = TIMES[time]
    sanction = sanction_person(
        person=person,
        effect=effect,
        by=mo,
        post=post if scope == "post" else None,
        branch=head if scope == "branch" else None,
    )
    now = timezone.now()
    past = now - 2 * HOUR
    Sanction.objects.filter(pk=sanction.pk).update(
        made_at=past,
        until_at=now + until if until else None,
        lifted_at=now if is_lifted else None,
    )
    spots = {"site": [(elsewhere, None)], "post": [(post, None)], "branch": [(post, inside)]}
    covered = [spot for name in SCOPES[SCOPES.index(scope) :] for spot in spots[name]]
    free = [(elsewhere, None)] if scope == "post" else []
    free += [(elsewhere, None), (post, None), (post, beside)] if scope == "branch" else []
    for number, (where, parent) in enumerate(covered):
        outcome = become(where, parent, f"Covered {number}", known)
        assert outcome == (EFFECTS[effect] if holds else "published")
        assert become(where, parent, f"Another {number}", {"name": "Otto"}) == "published"
    for number, (where, parent) in enumerate(free):
        assert become(where, parent, f"Free {number}", known) == "published"


def become(post, parent, text, known):
    try:
        return write(post, text, parent, **known).status
    except TurnedAway:
        return "refused"


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("Hanna", "hanna", True),
        ("Hanna", "H\N{CYRILLIC SMALL LETTER A}nna", True),
        ("Hanna", "Hanna B.", False),
        ("Hanna*", "Hanna B.", True),
        ("*troll*", "A TROLL 99", True),
        ("*troll*", "A tro99ll", False),
        ("a*b*c", "a-b-c", True),
        ("ab*ba", "aba", False),
        ("*buy*cheap", "buy pills cheap", True),
        ("*buy*cheap", "cheap buy", False),
    ],
)
def test_a_pattern_is_compared_as_the_eye_takes_it(pattern, name, fits):
    assert fits_pattern(name, pattern) is fits


@pytest.mark.parametrize("pattern", ["*", "**", "a*", "!?*", "ab"])
def test_a_pattern_that_is_about_everybody_is_refused(mo, pattern):
    with pytest.raises(NotSanctionable):
        sanction_person(person=Person(pattern=pattern), effect="bar", by=mo)
    assert not Sanction.objects.exists()


@pytest.mark.usefixtures("nothing_else")
@pytest.mark.parametrize("order", [("hold", "bar"), ("bar", "hold")])
def test_of_several_the_strictest_wins_and_every_reason_is_kept(hanna, mo, order):
    for effect in order:
        sanction_person(person=Person(commenter=hanna), effect=effect, by=mo)
    post = make_post()
    assert become(post, None, "x", {"commenter": hanna}) == "refused"
    lift_sanction(sanction_id=Sanction.objects.get(effect="bar").pk, by=mo)
    comment = write(post, commenter=hanna)
    assert comment.status == "pending"
    sanction_person(person=Person(network="n1"), effect="hold", by=mo)
    comment = write(post, "Other", commenter=hanna, network="n1")
    assert [one.rule for one in comment.reasons.all()] == ["sanction", "sanction"]


@pytest.mark.usefixtures("nothing_else")
def test_the_person_is_told_where_until_when_by_which_clause_and_why(hanna, mo):
    post = make_post()
    until = timezone.now().replace(year=2099, month=3, day=5, hour=14, minute=0)
    sanction_person(
        person=Person(commenter=hanna), effect="bar", by=mo, post=post, until_at=until,
        clause="respect", note="No more insults.",
    )  # fmt: skip
    said = (
        "You can't comment under this post until 5 March 2099, 14:00 (clause 1 of the policy,"
        " “Argue with what was said, not with who said it”). No more insults."
    )
    assert intake.advise(make_draft(post, "", name="", commenter=hanna)).refusal == said
    assert intake.advise(make_draft(post, "", name="")).refusal == ""
    with pytest.raises(TurnedAway, match=r"^You can't comment under this post until 5 March 2099"):
        write(post, commenter=hanna)


@pytest.mark.usefixtures("nothing_else")
def test_the_clause_is_named_as_it_was_when_the_sanction_was_made(hanna, mo):
    write_policy(manners="Be kind.")
    sanction_person(person=Person(commenter=hanna), effect="bar", by=mo, clause="manners")
    write_policy(manners=None)
    refusal = intake.advise(make_draft(make_post(), commenter=hanna)).refusal
    assert "clause 8 of the policy, “Manners”" in refusal
    assert Sanction.objects.with_clauses().get().clause_title == "Manners"


@pytest.mark.parametrize(
    ("target", "is_told"),
    [("identity", True), ("network", True), ("mail", False), ("name", False)],
)
def test_who_types_anothers_name_or_address_does_not_read_the_note(hanna, mo, target, is_told):
    person, known = persons(hanna)[target]
    sanction_person(person=person, effect="bar", by=mo, note="A word to you.")
    refusal = intake.advise(make_draft(make_post(), **known)).refusal
    assert refusal
    assert ("A word to you." in refusal) is is_told


@pytest.mark.usefixtures("nothing_else")
def test_a_domain_written_otherwise_is_the_same(mo):
    sanction_person(person=Person(mail="h@bücher.example"), effect="bar", by=mo)
    assert become(make_post(), None, "x", {"mail": "H@xn--bcher-kva.example"}) == "refused"


def test_who_confirmed_the_address_reads_the_note(mo):
    hanna = Commenter.objects.create(name="H", mail="h@a.example", confirmed_at=timezone.now())
    sanction_person(person=Person(mail="h@a.example"), effect="bar", by=mo, note="A word.")
    assert "A word." in intake.advise(make_draft(make_post(), commenter=hanna)).refusal


@pytest.mark.usefixtures("nothing_else")
def test_who_is_barred_can_not_change_what_was_sent_but_withdraw_it(hanna, mo):
    comment = write(make_post(), commenter=hanna)
    sanction_person(person=Person(commenter=hanna), effect="bar", by=mo)
    form = {"comment_id": comment.pk, "version": comment.version}
    with pytest.raises(TurnedAway):
        own.edit_comment(**form, text="Worse.")
    assert Comment.objects.get(pk=comment.pk).text == "Some text."
    assert own.withdraw_comment(**form).is_withdrawn


@pytest.mark.usefixtures("nothing_else")
def test_who_continues_by_the_private_link_is_still_the_same(hanna, mo):
    comment = write(make_post(), commenter=hanna)
    sanction_person(person=Person(commenter=hanna), effect="bar", by=mo)
    with pytest.raises(TurnedAway):
        write(comment.post, "More.", comment, continues=True)


def test_staff_are_not_sanctioned(mo):
    sanction_person(person=Person(network="n1"), effect="bar", by=mo)
    assert write(make_post(), user=make_user(), network="n1").status == "published"


# Services


def test_a_sanction_and_its_end_are_logged_without_a_word_about_the_person(mo):
    post = make_post()
    person = Person(mail="h@mail.example")
    sanction = sanction_person(person=person, effect="bar", by=mo, post=post, note="A word.")
    lift_sanction(sanction_id=sanction.pk, by=mo)
    rows = LogEntry.objects.filter(sanction_id=sanction.pk).order_by("pk").values_list(
        "act", "comment_id", "post_id", "actor_id"
    )  # fmt: skip
    assert list(rows) == [("sanctioned", None, post.pk, mo.pk), ("lifted", None, post.pk, mo.pk)]


def test_what_can_not_be_logged_does_not_happen(mo, hanna, monkeypatch):
    def fail(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr("moderation.people.sanctions._log", fail)
    with pytest.raises(ZeroDivisionError):
        sanction_person(person=Person(commenter=hanna), effect="bar", by=mo)
    assert not Sanction.objects.exists()


def test_an_address_is_forgotten_when_the_sanction_is_over(mo):
    lifted, over, still = (
        sanction_person(person=Person(mail=f"{n}@mail.example"), effect="bar", by=mo)
        for n in range(3)
    )
    lift_sanction(sanction_id=lifted.pk, by=mo)
    Sanction.objects.filter(pk=over.pk).update(until_at=timezone.now())
    assert forget_addresses() == 1
    kept = Sanction.objects.exclude(mail="").get()
    assert (kept, kept.mail) == (still, "2@mail.example")
    assert not Sanction.objects.filter(mail_digest="").exists()


def test_a_sanction_is_lifted_once(mo, hanna):
    sanction = sanction_person(person=Person(commenter=hanna), effect="bar", by=mo)
    lift_sanction(sanction_id=sanction.pk, by=mo)
    with pytest.raises(NoLongerInForce):
        lift_sanction(sanction_id=sanction.pk, by=mo)


@pytest.mark.parametrize(
    ("role", "own_post", "site"), [("author", True, False), ("moderator", True, True)]
)
def test_authors_sanction_under_their_own_posts_and_moderators_everywhere(
    hanna, role, own_post, site
):
    user = make_user(role)
    spots = {"own": make_post(author=user), "foreign": make_post(), "site": None}
    allowed = {"own": own_post, "foreign": site, "site": site}
    for name, post in spots.items():
        terms = {"person": Person(commenter=hanna), "effect": "hold", "post": post}
        if allowed[name]:
            assert sanction_person(by=user, **terms)
            continue
        with pytest.raises(NotAllowed):
            sanction_person(by=user, **terms)
        made = sanction_person(by=make_user(), **terms)
        with pytest.raises(NotAllowed):
            lift_sanction(sanction_id=made.pk, by=user)


def test_terms_that_make_no_sense_are_refused(mo, hanna):
    post = make_post()
    head = make_published(post)
    whole = {"person": Person(commenter=hanna), "effect": "bar", "by": mo}
    for wrong in (
        {"person": Person()},
        {"person": Person(commenter=hanna, mail="h@mail.example")},
        {"effect": "trust"},
        {"post": post, "branch": head},
        {"until_at": timezone.now() - HOUR},
        {"note": "x" * 1001},
    ):
        with pytest.raises(NotSanctionable):
            sanction_person(**{**whole, **wrong})
    assert not LogEntry.objects.filter(act="sanctioned").exists()


def test_the_database_trusts_nobody_by_name_mail_or_network():
    for fields in (
        {"target": "name", "pattern": "Hanna"},
        {"target": "network", "network": "n"},
        {"target": "mail", "mail_digest": "d"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Sanction.objects.create(effect="trust", **fields)


# Trust

LINKS = "See http://a.example and http://b.example"


def make_rule(effect):
    Rule.objects.filter(kind="links").update(effect=effect)


@pytest.mark.usefixtures("nothing_else")
@pytest.mark.parametrize(
    ("effect", "status", "kept", "says"),
    [
        ("note", "published", "note", "stopped."),
        ("hold", "published", "note", "Its writer is trusted: not held."),
        ("spam", "pending", "hold", "Its writer is trusted: held instead of marked as spam."),
        ("reject", "pending", "hold", "Its writer is trusted: held instead of rejected."),
        ("refuse", "refused", None, None),
    ],
)
def test_trust_is_never_overruled_silently(hanna, effect, status, kept, says):
    make_rule(effect)
    trust_commenter(commenter=hanna, by=make_user())
    assert become(make_post(), None, LINKS, {"commenter": hanna}) == status
    if kept:
        trust, links = Comment.objects.get().reasons.all()
        assert (trust.rule, trust.effect) == ("trust", "note")
        assert (links.rule, links.effect) == ("links", kept)
        assert links.sentence.endswith(says)


def test_a_trusted_persons_first_comment_appears_and_a_strangers_does_not(hanna, mo):
    trust_commenter(commenter=hanna, by=mo)
    post = make_post()
    assert write(post, commenter=hanna).status == "published"
    assert write(post, "By the name alone").status == "pending"
    lift_sanction(sanction_id=Sanction.objects.get().pk, by=mo)
    assert write(post, "Afterwards", commenter=hanna).status == "pending"


def test_what_could_not_run_holds_the_trusted_too(hanna, mo, monkeypatch):
    trust_commenter(commenter=hanna, by=mo)
    Rule.objects.filter(kind="links").update(parameters={"links": "many"})
    assert write(make_post(), commenter=hanna).status == "pending"

    def fail(*args, **kwargs):
        raise ZeroDivisionError

    Rule.objects.filter(kind="links").update(parameters={})
    monkeypatch.setattr(ratelimit, "hit_each", fail)
    assert write(make_post(), "Uncounted", commenter=hanna).status == "pending"


@pytest.mark.usefixtures("nothing_else")
@pytest.mark.parametrize("effect", ["hold", "bar"])
def test_a_sanction_is_stricter_than_trust(hanna, mo, effect):
    trust_commenter(commenter=hanna, by=mo)
    sanction_person(person=Person(network="n1"), effect=effect, by=mo)
    known = {"commenter": hanna, "network": "n1"}
    assert become(make_post(), None, "x", known) == EFFECTS[effect]


def test_trust_rests_after_a_rejection_until_the_next_publications(hanna, mo):
    post = make_post()
    trust_commenter(commenter=hanna, by=mo, regained_after=2)
    rejected = write(post, "Bad", commenter=hanna)
    decide(services.reject_comment, rejected, mo)
    first, second = (write(post, f"Text {n}", commenter=hanna) for n in range(2))
    assert [first.status, second.status] == ["pending", "pending"]
    trust = first.reasons.get(rule="trust")
    assert trust.sentence.endswith("0 of 2 comments published since.")
    decide(services.publish_comment, first, mo)
    assert write(post, "Text 3", commenter=hanna).status == "pending"
    decide(services.publish_comment, second, mo)
    assert write(post, "Text 4", commenter=hanna).status == "published"


def test_trust_given_after_a_rejection_counts(hanna, mo):
    post = make_post()
    decide(services.reject_comment, write(post, "Bad", commenter=hanna), mo)
    trust_commenter(commenter=hanna, by=mo)
    assert write(post, "Better", commenter=hanna).status == "published"


def decide(service, comment, by):
    comment.refresh_from_db()
    service(comment_id=comment.pk, version=comment.version, by=by)


# Facts


def test_all_sanctions_of_a_draft_are_one_query(hanna, mo, django_assert_num_queries):
    post = make_post()
    head = make_published(post)
    for person, _ in persons(hanna).values():
        sanction_person(person=person, effect="hold", by=mo, branch=head)
    everything = {"commenter": hanna, "mail": "h@mail.example", "network": "n1", "name": "Troll"}
    draft = make_draft(post, parent=head, **everything)
    with django_assert_num_queries(1):
        found = Sanctions.gather(draft, timezone.now()).found
        assert len([str(one.where) for one in found]) == 4
    with django_assert_num_queries(1):
        assert Sanctions.gather(draft, timezone.now() - HOUR).found == ()
