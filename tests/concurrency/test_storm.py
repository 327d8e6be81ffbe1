"""Many processes write into the same conversations through gunicorn, as readers do."""

import re
from collections import Counter, defaultdict

import pytest

from comments.models import Comment
from moderation.models import LogEntry, Rule

pytestmark = pytest.mark.server

NO_LONGER_THERE = {
    "This comment is no longer there to be answered.",
    "The comment you answer is no longer there to be answered.",
}


def problems(reports):
    return {problem.strip() for report in reports for problem in report["problems"]}


def ordinals(numbers):
    """The last parts of numbers by post and what stands before them."""
    found = defaultdict(list)
    for post_id, number in numbers:
        before, _, last = number.rpartition(".")
        found[post_id, before].append(int(last))
    return {place: sorted(lasts) for place, lasts in found.items()}


def test_a_thousand_comments_and_a_hundred_acts_leave_every_tree_and_number_right(
    make_post, no_limits, serve, storm, check_threads
):
    for title in ("one", "two", "three"):
        make_post(title)
    with serve() as address:
        reports = storm(address, readers=8, comments=1000, acts=100, replies=0.7)
    assert check_threads() == (0, {"faults": 0, "comments": 1000, "repaired": 0, "details": []})
    assert problems(reports) <= NO_LONGER_THERE
    accepted = [text for report in reports for text in report["accepted"]]
    assert Counter(accepted) == Counter(Comment.objects.values_list("text", flat=True))
    assert len(accepted) == 1000
    assert sum(sum(report.get("acts", {}).values()) for report in reports) == 100
    assert_the_log_explains_every_number()


def assert_the_log_explains_every_number():
    held = Comment.objects.exclude(number=None).values_list("pk", "post_id", "number")
    logged = LogEntry.objects.filter(act="published").values_list("comment_id", "post_id", "number")
    assert set(held) == set(logged)
    for place, lasts in ordinals((post_id, number) for _, post_id, number in held).items():
        assert lasts == list(range(1, len(lasts) + 1)), place


def test_without_the_lock_the_same_storm_is_noticed(
    make_post, no_limits, serve, storm, check_threads
):
    make_post("one")
    with serve("tests.concurrency.without_lock") as address:
        reports = storm(address, readers=8, comments=160, acts=16, replies=1)
    _, report = check_threads()
    assert report["faults"] or problems(reports) - NO_LONGER_THERE


def test_of_a_flood_exactly_the_allowed_number_passes(make_post, serve, storm):
    make_post("one")
    limits = {"comments": 1000, "network_comments": 12}
    Rule.objects.filter(kind="flood").update(parameters=limits)
    with serve() as address:
        reports = storm(address, readers=8, comments=24, acts=0, replies=0)
    accepted = [text for report in reports for text in report["accepted"]]
    assert len(accepted) == Comment.objects.count() == 12
    assert {without_numbers(problem) for problem in problems(reports)} == {
        "# comments came from your network in # minutes; the next one is possible in # minutes."
    }


def without_numbers(sentence):
    return re.sub(r"\d+", "#", sentence)
