"""The rules are pure, all run, and the strictest decides."""

import itertools

import pytest

from comments.intake import Reason
from comments.links import link_addresses
from moderation.screening.facts import Facts
from moderation.screening.rules import (
    RULES,
    borrowed_names_wait,
    claimed_offices_wait,
    many_links_wait,
    mixed_scripts_wait,
    staff_is_trusted,
    strangers_wait,
)
from moderation.screening.screener import decide, run

STRICTEST = ["spam", "reject", "hold", "publish", "note"]
STATUS = dict(zip(STRICTEST, ["spam", "rejected", "pending", "published", "pending"], strict=True))


def facts(**known):
    return Facts(**{"is_staff": False, "links": (), **known})


def reason(effect):
    return Reason(rule="r", effect=effect, sentence="s")


def test_a_stranger_waits_and_staff_does_not():
    assert strangers_wait(facts()).effect == "hold"
    assert strangers_wait(facts(is_staff=True)) is None
    assert staff_is_trusted(facts(is_staff=True)).effect == "publish"
    assert staff_is_trusted(facts()) is None


@pytest.mark.parametrize(("links", "effect"), [(0, None), (1, None), (2, "hold"), (9, "hold")])
def test_two_links_are_a_reason_to_wait(links, effect):
    found = many_links_wait(facts(links=("http://a.example",) * links))
    assert (found and found.effect) == effect


def test_links_in_staffs_own_comment_are_only_noted():
    assert many_links_wait(facts(is_staff=True, links=("a", "b"))).effect == "note"


def test_every_rule_runs_and_every_reason_is_kept():
    known = facts(links=("a", "b"))
    verdict = decide(found for rule in RULES if (found := run(rule, known)))
    assert [r.rule for r in verdict.reasons] == ["stranger", "links"]


@pytest.mark.parametrize("effects", list(itertools.permutations(STRICTEST, 2)))
def test_the_strictest_effect_decides(effects):
    strictest = min(effects, key=STRICTEST.index)
    assert decide(map(reason, effects)).status == STATUS[strictest]


def test_nothing_said_means_waiting():
    assert decide([]).status == "pending"


def test_a_rule_that_fails_holds_and_stops_no_other(caplog):
    def broken(known):
        raise ZeroDivisionError

    found = run(broken, facts())
    assert (found.rule, found.effect) == ("broken", "hold")
    assert decide([found, reason("publish")]).status == "pending"
    assert "broken" in caplog.text


def test_links_are_counted_as_a_reader_could_follow_them():
    html = '<p><a href="http://a.example/?x=1&amp;y=2">a</a> <code>&lt;a href="b"&gt;</code></p>'
    assert link_addresses(html) == ("http://a.example/?x=1&y=2",)


@pytest.mark.parametrize(
    ("rule", "known"),
    [
        (borrowed_names_wait, {"is_like_staff": True}),
        (borrowed_names_wait, {"is_like_commenter": True}),
        (claimed_offices_wait, {"name": "Ada (author)"}),
        (claimed_offices_wait, {"name": "Ada \N{WHITE HEAVY CHECK MARK}"}),
        (mixed_scripts_wait, {"name": "H\N{CYRILLIC SMALL LETTER A}nna"}),
    ],
)
def test_a_name_that_poses_is_a_reason_to_wait_but_for_staff(rule, known):
    assert rule(facts(**known)).effect == "hold"
    assert rule(facts(name="Hanna")) is None
    assert rule(facts(is_staff=True, **known)) is None
