"""Which status may follow which, and that a stale actor changes nothing."""

import itertools

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from comments.errors import StatusConflict
from comments.models import Comment
from comments.status import FOLLOWS, Status, may_follow
from tests.factories import make_post, make_published, send

ALLOWED = {
    ("pending", "published"), ("pending", "rejected"), ("pending", "spam"), ("pending", "removed"),
    ("published", "pending"), ("published", "rejected"), ("published", "spam"),
    ("published", "removed"),
    ("rejected", "pending"), ("rejected", "published"), ("rejected", "spam"),
    ("spam", "pending"), ("spam", "published"), ("spam", "rejected"),
}  # fmt: skip


def test_the_table_says_what_the_design_says():
    others = [s for s in Status if s != Status.REMOVED]
    pairs = itertools.product(others, Status)
    assert {(a.value, b.value) for a, b in pairs if may_follow(b, a, "")} == ALLOWED


@pytest.mark.parametrize("before", ["pending", "published"])
def test_removed_leads_back_to_what_was_before_or_to_pending(before):
    assert {s for s in Status if may_follow(s, Status.REMOVED, before)} == {before, "pending"}


def test_every_status_has_a_row_in_the_table():
    assert set(FOLLOWS) == set(Status)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [
        {"status": "hidden"},
        {"status": "removed", "status_before_removal": "hidden", "removed_by": "moderator"},
        {"status": "removed", "status_before_removal": "published", "removed_by": "robot"},
    ],
)
def test_the_database_takes_no_word_that_is_not_listed(fields):
    comment = send(make_post())
    with pytest.raises(IntegrityError, match="listed"), transaction.atomic():
        Comment.objects.filter(pk=comment.pk).update(**fields)


@pytest.mark.django_db
def test_a_row_read_before_somebody_elses_change_is_not_written():
    comment = send(make_post())
    stale = Comment.objects.get(pk=comment.pk)
    comment.change_status(Status.REJECTED, at=timezone.now())
    with pytest.raises(StatusConflict):
        stale.change_status(Status.SPAM, at=timezone.now())
    assert Comment.objects.get(pk=comment.pk).status == "rejected"


@pytest.mark.django_db
def test_the_same_status_after_two_changes_is_still_another_version():
    comment = make_published(make_post())
    stale = Comment.objects.get(pk=comment.pk)
    comment.change_status(Status.PENDING, at=timezone.now())
    comment.change_status(Status.PUBLISHED, at=timezone.now())
    with pytest.raises(StatusConflict):
        stale.change_status(Status.REMOVED, at=timezone.now(), removed_by="moderator")


@pytest.mark.django_db
def test_the_time_of_first_publication_stays():
    comment = make_published(make_post())
    first = comment.published_at
    comment.change_status(Status.PENDING, at=timezone.now())
    comment.change_status(Status.PUBLISHED, at=timezone.now())
    assert comment.published_at == first


@pytest.mark.django_db
def test_the_database_refuses_a_removal_by_nobody():
    comment = send(make_post())
    with pytest.raises(IntegrityError, match="by_whom"), transaction.atomic():
        Comment.objects.filter(pk=comment.pk).update(status="removed")
