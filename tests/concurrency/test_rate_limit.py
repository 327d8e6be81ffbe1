"""The rate limit under a rush: what a count kept outside the database gets wrong."""

from datetime import timedelta
from functools import partial

from core import ratelimit
from core.models import RateWindow

HOUR = timedelta(hours=1)


def many_hits():
    return [ratelimit.hit("rush", "one network", limit=50, per=HOUR).passes for _ in range(25)]


def test_of_two_hundred_tries_at_once_exactly_fifty_pass(transactional_db, at_once):
    outcomes = at_once(*[many_hits] * 8)
    assert sum(sum(passed) for passed in outcomes) == 50
    assert sum(len(passed) for passed in outcomes) == 200


def try_as(person):
    both = [ratelimit.Allowance(person, 10, HOUR), ratelimit.Allowance("one network", 50, HOUR)]
    return [[hit.passes for hit in ratelimit.hit_each("rush", both)] for _ in range(25)]


def test_of_what_passes_the_first_limit_the_second_counts_exactly_that(transactional_db, at_once):
    outcomes = at_once(*[partial(try_as, f"person {n}") for n in range(8)])
    found = [tuple(hits) for tries in outcomes for hits in tries]
    assert found.count((False,)) == 8 * 15
    assert found.count((True, True)) == 50
    assert found.count((True, False)) == 30


def test_renewing_and_sweeping_at_once_block_nobody(transactional_db, at_once):
    ended = partial(ratelimit.hit, limit=50, per=timedelta(0))
    rush = [partial(_hit_all, ended, shift) for shift in range(8)]
    assert at_once(*rush) == [True] * 8
    assert RateWindow.objects.count() <= 20


def _hit_all(hit, shift):
    return all(hit("rush", str((number + shift) % 20)).passes for number in range(100))
