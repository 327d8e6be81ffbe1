"""The rate limit: exact in one process, open again in time, and nobody's name in it."""

from datetime import timedelta
from random import Random

import pytest
from django.utils import timezone

from core import ratelimit
from core.models import RateWindow

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def passes(who="somebody", purpose="report", limit=3):
    return ratelimit.hit(purpose, who, limit=limit, per=HOUR).passes


def test_as_many_pass_as_the_limit_says():
    assert [passes() for _ in range(5)] == [True, True, True, False, False]


def test_a_limit_of_nothing_lets_nothing_pass():
    assert not passes(limit=0)
    assert not passes(limit=0)


def test_everybody_and_every_purpose_counts_alone():
    for _ in range(4):
        passes()
    assert passes(who="another")
    assert passes(purpose="sign in")
    assert not passes()


def test_the_window_ends_an_hour_after_its_first_hit(time_machine):
    time_machine.move_to("2026-01-01T12:00Z", tick=False)
    for _ in range(3):
        passes()
    time_machine.move_to("2026-01-01T12:59Z", tick=False)
    refused = ratelimit.hit("report", "somebody", limit=3, per=HOUR)
    assert (refused.passes, refused.wait) == (False, timedelta(minutes=1))
    time_machine.move_to("2026-01-01T13:00Z", tick=False)
    assert [passes() for _ in range(4)] == [True, True, True, False]


def several(*limits):
    """Of one try by a person in a house in a town, with their limits."""
    names = ("person", "house", "town")
    allowances = [ratelimit.Allowance(*one, HOUR) for one in zip(names, limits, strict=False)]
    return [hit.passes for hit in ratelimit.hit_each("report", allowances)]


def standing():
    pairs = [("report", who) for who in ("person", "house", "town")]
    return [one.hits for one in ratelimit.standings(pairs)]


def test_a_try_that_is_one_too_many_for_one_costs_those_behind_it_nothing(
    django_assert_num_queries,
):
    assert ratelimit.hit_each("report", []) == []
    for _ in range(2):
        with django_assert_num_queries(1):
            assert several(2, 3, 9) == [True, True, True]
    assert several(2, 3, 9) == [False]
    assert standing() == [3, 2, 2]
    assert several(9, 2, 9) == [True, False]
    assert several(9, 2, 9) == [True, False]
    assert standing() == [5, 3, 2]
    assert several(0, 0, 0) == [False]
    assert several(9, 0) == [True, False]
    assert several(9, 9, 9) == [True, True, True]


def test_the_same_twice_is_counted_twice():
    twice = [ratelimit.Allowance("person", 3, HOUR)] * 2
    assert [hit.passes for hit in ratelimit.hit_each("report", twice)] == [True, True]
    assert [hit.passes for hit in ratelimit.hit_each("report", twice)] == [True, False]


@pytest.mark.parametrize("seed", range(3))
def test_several_count_what_each_would_count_alone_until_one_does_not_pass(time_machine, seed):
    random, at = Random(seed), timezone.now()  # noqa: S311 (no secret)
    for _ in range(150):
        at += timedelta(seconds=random.choice([0, 30, 61, 600]))  # many windows end
        time_machine.move_to(at, tick=False)
        allowances = [
            ratelimit.Allowance(
                who, random.randint(0, 4), timedelta(seconds=random.choice([0, 60, 900]))
            )
            for who in random.sample(["a", "b", "c", "d"], random.randint(1, 4))
        ]
        alone = []
        for one in allowances:
            alone.append(ratelimit.hit("alone", one.who, limit=one.limit, per=one.per))
            if not alone[-1].passes:
                break
        assert ratelimit.hit_each("together", allowances) == alone


def test_a_lowered_limit_holds_at_once():
    for _ in range(3):
        passes()
    assert not passes(limit=2)


def test_what_is_forgotten_begins_anew():
    for _ in range(4):
        passes()
    ratelimit.forget("report", "somebody")
    assert passes()


def test_ended_windows_are_swept_up_while_new_ones_open(time_machine):
    time_machine.move_to("2026-01-01T12:00Z", tick=False)
    for number in range(5):
        passes(who=f"old {number}")
    time_machine.move_to("2026-01-01T14:00Z", tick=False)
    for number in range(200):  # one in sixteen sweeps: with these names some do, whatever the key
        passes(who=f"new {number}")
    assert RateWindow.objects.count() == 200


def test_pruning_leaves_open_windows_alone():
    passes()
    assert ratelimit.prune() == 0
    assert ratelimit.prune(timezone.now() + HOUR) == 1


def test_no_name_is_stored():
    passes(who="192.0.2.7")
    row = RateWindow.objects.get()
    assert len(row.key) == 64
    assert "192" not in str(row)
