"""Every rule runs, every reason is kept, and the strictest decides."""

import itertools
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comments import intake
from comments.errors import TooMany, TurnedAway
from comments.intake import Reason
from comments.links import link_addresses
from comments.models import Comment, Commenter
from moderation.models import Rule
from moderation.rules.shipped import ensure_rules
from moderation.screening import kind as kind_module
from moderation.screening.facts import Asked
from moderation.screening.facts.branch import Branch
from moderation.screening.facts.history import History
from moderation.screening.facts.name_owners import NameOwners
from moderation.screening.facts.repeated import RepeatedTexts
from moderation.screening.facts.sanctions import Sanctions
from moderation.screening.facts.sources import Sources
from moderation.screening.kind import Finding, Kind, Limit, kinds
from moderation.screening.parameters import UnreadableParameters, number, read
from moderation.screening.running import ready, rules_on
from moderation.screening.screener import Screener
from moderation.screening.verdicts import decide, decide_on_staff
from tests.factories import make_facts, make_post, make_published, make_user, send

STRICTEST = ["reject", "spam", "hold", "publish", "note"]
STATUSES = ["rejected", "spam", "pending", "published", "published"]
STATUS = dict(zip(STRICTEST, STATUSES, strict=True))


@dataclass(frozen=True)
class Parameters:
    least: int = number(3, "At least", 1, 9)


class Probe(Kind[Parameters]):
    """Finds something in every text; fails, or counts, where the text says so."""

    name = "probe"
    label = "Probe"
    help_text = "For tests."
    takes = Parameters

    def judge(self, facts, parameters):
        """See Kind."""
        if "broken" in facts.draft.text:
            raise ZeroDivisionError
        return Finding(sentence="Seen.", evidence={"least": parameters.least}, advice="Said.")


class Counted(Probe):
    """One try in an hour."""

    name = "counted"

    def judge(self, facts, parameters):
        """See Kind."""

    def limits(self, facts, parameters):
        """See Kind."""

        def exceeded(wait):
            return Finding(sentence="Too many.", advice=f"Wait {wait > timedelta()}.")

        return [Limit(facts.draft.network, 1, timedelta(hours=1), exceeded)]


@pytest.fixture
def probes(monkeypatch):
    """The two kinds above, beside the real ones."""
    known = {**kinds(), "probe": Probe(), "counted": Counted()}
    monkeypatch.setattr(kind_module, "kinds", lambda: known)
    monkeypatch.setattr("moderation.screening.running.kinds", lambda: known)


@pytest.fixture
def nothing_else(db, probes):
    """No shipped rule is on."""
    Rule.objects.all().delete()


def reason(effect):
    return Reason(rule="r", effect=effect, sentence="s")


def make_rule(name="probe", effect="hold", **parameters):
    return Rule.objects.create(kind=name, effect=effect, parameters=parameters)


@pytest.mark.parametrize("effects", list(itertools.permutations(STRICTEST, 2)))
def test_the_strictest_effect_decides(effects):
    strictest = min(effects, key=STRICTEST.index)
    assert decide(map(reason, effects)).status == STATUS[strictest]


def test_what_the_rules_find_in_staffs_comments_is_only_noted():
    verdict = decide_on_staff([reason(effect) for effect in (*STRICTEST, "refuse")])
    assert (verdict.status, verdict.refusal) == ("published", "")
    assert [one.effect for one in verdict.reasons] == ["publish", *["note"] * 6]


@pytest.mark.usefixtures("nothing_else")
def test_every_rule_runs_and_a_broken_one_stops_none():
    make_rule(least=4)
    make_rule(effect="note")
    make_rule("no such kind", effect="note")
    make_rule(effect="note", least=99)
    comment = send(make_post(), "broken")
    found = [(one.rule, one.effect, list(one.evidence)) for one in comment.reasons.all()]
    assert found == [
        ("no such kind", "hold", ["could not run"]),
        ("probe", "hold", ["could not run"]),
        ("probe", "hold", ["could not run"]),
        ("probe", "hold", ["could not run"]),
    ]
    assert comment.status == "pending"
    comment = send(make_post(), "sound")
    found = [one.evidence for one in comment.reasons.all()][2:]
    assert found == [{"least": 4}, {"least": 3}]


@pytest.mark.usefixtures("nothing_else")
@pytest.mark.parametrize(
    ("effect", "status"),
    [("note", "published"), ("hold", "pending"), ("spam", "spam"), ("reject", "rejected")],
)
def test_a_rule_has_its_effect(effect, status):
    make_rule(effect=effect)
    comment = send(make_post())
    assert (comment.status, comment.reasons.get().effect) == (status, effect)


@pytest.mark.usefixtures("nothing_else")
def test_without_any_rule_every_comment_waits_and_says_why():
    comment = send(make_post())
    assert (comment.status, comment.reasons.get().sentence) == (
        "pending",
        "No rule is on, so every comment waits.",
    )


@pytest.mark.usefixtures("nothing_else")
def test_what_is_turned_away_is_not_stored_and_its_writer_told_why():
    make_rule(effect="refuse")
    with pytest.raises(TurnedAway, match=r"^Said\.$"):
        send(make_post())
    assert not Comment.objects.exists()
    assert send(make_post(), user=make_user()).status == "published"


@pytest.mark.usefixtures("nothing_else")
def test_a_limit_counts_each_form_once():
    make_rule("counted", effect="refuse")
    post = make_post()
    first = send_from("here", post, "One")
    assert send_from("here", post, "One") == first
    with pytest.raises(TooMany, match=r"^Wait True\.$"):
        send_from("here", post, "Two")
    send_from("there", post, "Two")
    assert send_from("here", post, "Two", user=make_user())


@pytest.mark.usefixtures("nothing_else")
def test_a_limit_may_hold_instead():
    make_rule("counted", effect="hold")
    post = make_post()
    assert send_from("here", post, "One").status == "published"
    second = send_from("here", post, "Two")
    assert (second.status, second.reasons.get().sentence) == ("pending", "Too many.")


def send_from(network, post, text, user=None):
    draft = intake.make_draft(
        post=post, parent=None, name="Hanna", mail="", text=text, network=network, user=user
    )
    return intake.receive(draft, sender=network)


@pytest.mark.usefixtures("nothing_else")
def test_what_can_be_known_before_sending_is_said():
    make_rule(effect="hold")
    draft = intake.make_draft(post=make_post(), parent=None, name="", mail="", text="x")
    advice = intake.advise(draft)
    assert (advice.warnings, advice.refusal) == (("Said.",), "")
    Rule.objects.update(effect="refuse")
    advice = intake.advise(draft)
    assert (advice.warnings, advice.refusal) == ((), "Said.")


def test_stored_parameters_are_taken_as_critically_as_typed_ones():
    assert read(Parameters, {"least": "5", "unknown": 1}) == Parameters(least=5)
    with pytest.raises(UnreadableParameters, match=r"At least: .*9"):
        read(Parameters, {"least": 10})


@pytest.mark.django_db
def test_each_kind_ships_as_one_rule_and_changed_ones_stay():
    ensure_rules()
    assert set(Rule.objects.values_list("shipped_as", flat=True)) == set(kinds())
    Rule.objects.filter(shipped_as="links").update(is_on=False, parameters={"links": 7})
    ensure_rules()
    changed = Rule.objects.get(shipped_as="links")
    assert (changed.is_on, changed.parameters) == (False, {"links": 7})


@pytest.mark.parametrize("name", sorted(kinds()))
def test_every_kind_can_run_as_shipped(name):
    kind = kinds()[name]
    assert kind.effect in kind.effects
    assert read(kind.takes, {}) is not None
    rules = ready([Rule(kind=name, effect=kind.effect)])
    groups = [group() for group in kind.needs]
    reasons = rules.run(make_facts(*groups))
    assert not any("could not run" in one.evidence for one in reasons)


def test_links_are_counted_as_a_reader_could_follow_them():
    html = '<p><a href="http://a.example/?x=1&amp;y=2">a</a> <code>&lt;a href="b"&gt;</code></p>'
    assert link_addresses(html) == ("http://a.example/?x=1&y=2",)


@pytest.mark.django_db
def test_whoever_has_enough_published_comments_and_is_known_need_not_wait():
    post = make_post()
    known = Commenter.objects.create(name="Hanna")
    for n in range(2):
        comment = make_published(post)
        Comment.objects.filter(pk=comment.pk).update(commenter=known, network="here")
        assert send_as(known, post, f"Text {n}").status == ["pending", "published"][n]
    assert send_as(None, post, "By the name alone").status == "pending"
    assert send_as(None, post, "By the network alone", network="here").status == "pending"


def send_as(commenter, post, text, network=""):
    draft = intake.make_draft(
        post=post, parent=None, name="Hanna", mail="", text=text, commenter=commenter,
        network=network,
    )  # fmt: skip
    return intake.receive(draft, sender=f"{commenter}{network}")


@pytest.mark.usefixtures("nothing_else")
def test_no_rule_runs_after_another_was_saved(django_assert_num_queries):
    post = make_post()
    rule = make_rule(effect="note")
    draft = intake.make_draft(post=post, parent=None, name="", mail="", text="x")
    screener = Screener()
    assert screener.screen(draft).status == "published"
    with django_assert_num_queries(1):  # the rules and all that they ask for
        assert screener.screen(draft).status == "published"
    Rule.objects.update(effect="hold")  # not even the time of the change tells
    assert screener.screen(draft).status == "pending"
    Rule.objects.update(is_on=False)
    assert screener.screen(draft).reasons[0].sentence == "No rule is on, so every comment waits."
    rule.delete()
    make_rule(effect="spam")
    assert screener.screen(draft).status == "spam"
    assert screener.screen(draft).status == "spam"


@pytest.mark.django_db
def test_all_rules_together_cost_one_query():
    text = f"See https://example.org/ for {'some words ' * 20}"
    draft = intake.make_draft(
        post=make_post(), parent=None, name="Hanna", mail="", text=text, network="here"
    )
    Rule.objects.update(is_on=True)
    Screener().screen(draft)
    with CaptureQueriesContext(connection) as captured:
        Screener().screen(draft)
    assert len(captured) == 1
    groups = set(rules_on().groups)
    assert {Sources, RepeatedTexts, History, NameOwners, Branch, Sanctions} <= groups
    assert all(issubclass(group, Asked) for group in groups)
