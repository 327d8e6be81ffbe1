"""Versions of the policy: one draft, a button, and nothing published ever changes."""

import pytest
from django.contrib.auth.models import AnonymousUser, Permission
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from moderation.models import Clause, LogEntry, Policy, Rule
from moderation.permissions import NotAllowed, may_publish_policy, may_read_policy
from moderation.policy.changes import changes_between
from moderation.policy.services import (
    PolicyProblem,
    arrange_clauses,
    discard_draft,
    publish_policy,
    start_draft,
)
from moderation.policy.shipped import CLAUSES, ensure_policy
from moderation.screening.kind import kinds
from tests.factories import make_user, write_policy

pytestmark = pytest.mark.django_db


def publish(draft, by=None, changed_at=None):
    return publish_policy(
        policy_id=draft.pk, changed_at=changed_at or draft.changed_at, by=by or make_user()
    )


def reword(draft, text="Other words."):
    clauses = list(draft.clauses.all())
    clauses[0].text = text
    arrange_clauses(draft, clauses)


def test_a_policy_comes_along_as_version_1():
    policy = Policy.objects.current()
    assert (policy.version, policy.is_shipped, policy.must_accept) == (1, True, False)
    assert [one.number for one in policy.clauses.all()] == list(range(1, len(CLAUSES) + 1))
    assert policy.clauses.get(key="respect").html.startswith("<p>Disagree")


def test_the_one_that_comes_along_is_made_only_where_there_is_none():
    write_policy(respect="Be kind.")
    ensure_policy()
    assert [one.version for one in Policy.objects.published()] == [2, 1]


def test_a_draft_says_what_the_current_version_says_and_becomes_the_next_one():
    by = make_user()
    draft = start_draft(by=by)
    assert draft.is_draft
    assert not draft.is_shipped
    assert [one.key for one in draft.clauses.all()] == [key for key, _, _ in CLAUSES]
    reword(draft)
    before = timezone.now()
    policy = publish(draft, by)
    assert (policy.version, policy.published_at > before) == (2, True)
    assert Policy.objects.current() == policy
    assert Clause.objects.current().get(key="respect").html == "<p>Other words.</p>\n"
    assert Policy.objects.get(version=1).clauses.get(key="respect").text == CLAUSES[0][2]


def test_each_act_writes_one_log_row():
    by = make_user()
    draft = start_draft(by=by)
    discard_draft(policy_id=draft.pk, changed_at=draft.changed_at, by=by)
    again = start_draft(by=by)
    reword(again)
    publish(again, by)
    rows = list(LogEntry.objects.order_by("pk").values_list("act", "policy_id", "actor_id"))
    assert rows == [
        ("policy drafted", draft.pk, by.pk),
        ("policy discarded", draft.pk, by.pk),
        ("policy drafted", again.pk, by.pk),
        ("policy published", again.pk, by.pk),
    ]


def test_one_draft_is_possible():
    start_draft(by=make_user())
    with pytest.raises(PolicyProblem, match="There is a draft already"):
        start_draft(by=make_user())
    with pytest.raises(IntegrityError), transaction.atomic():
        Policy.objects.create()


def test_a_draft_without_a_clause_is_not_published():
    draft = start_draft(by=make_user())
    arrange_clauses(draft, [])
    with pytest.raises(PolicyProblem, match="needs at least one"):
        publish(draft)


def test_a_draft_that_says_nothing_new_is_not_published():
    draft = start_draft(by=make_user())
    with pytest.raises(PolicyProblem, match="what version 1 says"):
        publish(draft)
    draft.must_accept = True
    draft.save()
    assert publish(draft).version == 2


def test_a_draft_changed_since_it_was_read_is_neither_published_nor_discarded():
    draft = start_draft(by=make_user())
    reword(draft)
    seen, draft.changed_at = draft.changed_at, timezone.now()
    draft.save()
    with pytest.raises(PolicyProblem, match="changed since you looked"):
        publish(draft, changed_at=seen)
    with pytest.raises(PolicyProblem, match="changed since you looked"):
        discard_draft(policy_id=draft.pk, changed_at=seen, by=make_user())
    assert Policy.objects.draft() == draft


def test_what_is_published_is_neither_published_again_nor_discarded():
    policy = Policy.objects.current()
    with pytest.raises(PolicyProblem, match="no such draft"):
        publish(policy)
    with pytest.raises(PolicyProblem, match="no such draft"):
        discard_draft(policy_id=policy.pk, changed_at=policy.changed_at, by=make_user())


PUBLISHED = "(SELECT id FROM moderation_policy WHERE version IS NOT NULL LIMIT 1)"
DRAFT = "(SELECT id FROM moderation_policy WHERE version IS NULL)"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE moderation_policy SET introduction = 'x' WHERE version = 1",
        "UPDATE moderation_policy SET version = NULL, published_at = NULL WHERE version = 1",
        "UPDATE moderation_policy SET must_accept = true WHERE version = 1",
        "DELETE FROM moderation_policy WHERE version = 1",
        "UPDATE moderation_clause SET text = 'x' WHERE policy_id = {published}",
        "UPDATE moderation_clause SET policy_id = {draft} WHERE policy_id = {published}",
        "UPDATE moderation_clause SET policy_id = {published} WHERE policy_id = {draft}",
        "DELETE FROM moderation_clause WHERE policy_id = {published}",
        "INSERT INTO moderation_clause (policy_id, key, number, title, text, html)"
        " VALUES ({published}, 'x', 99, 'x', 'x', 'x')",
    ],
)
def test_the_database_refuses_to_change_what_is_published(statement):
    start_draft(by=make_user())
    with (
        pytest.raises(DatabaseError, match="never changes"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(published=PUBLISHED, draft=DRAFT))


@pytest.mark.parametrize("table", ["moderation_policy", "moderation_clause"])
def test_the_database_refuses_to_empty_the_policy(table):
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    with (
        pytest.raises(DatabaseError, match="never changes"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize(
    ("who", "reads", "publishes"),
    [
        ("nobody", False, False),
        ("author", False, False),
        ("moderator", True, False),
        ("permitted", True, True),
        ("permitted, not staff", False, False),
        ("superuser", True, True),
        ("superuser, inactive", False, False),
    ],
)
def test_who_reads_and_who_publishes(who, reads, publishes):
    user = make_actor(who)
    assert may_read_policy(user) is reads
    assert may_publish_policy(user) is publishes
    if publishes:
        return
    with pytest.raises(NotAllowed):
        start_draft(by=user)
    draft = start_draft(by=make_user())
    reword(draft)
    rows = LogEntry.objects.count()
    with pytest.raises(NotAllowed):
        publish(draft, user)
    with pytest.raises(NotAllowed):
        discard_draft(policy_id=draft.pk, changed_at=draft.changed_at, by=user)
    assert Policy.objects.draft() == draft
    assert LogEntry.objects.count() == rows


def make_actor(who):
    if who == "nobody":
        return AnonymousUser()
    if who.startswith("permitted"):
        user = make_user("author")
        user.user_permissions.add(Permission.objects.get(codename="publish_policy"))
    else:
        user = make_user("" if who.startswith("superuser") else who)
    user.is_staff = "not staff" not in who
    user.is_active = "inactive" not in who
    user.save()
    return type(user).objects.get(pk=user.pk)


@pytest.mark.parametrize("kind", kinds().values(), ids=kinds())
def test_what_a_kind_ships_with_is_a_clause_that_comes_along(kind):
    assert kind.clause in {"", *(key for key, _, _ in CLAUSES)}
    assert Rule.objects.get(shipped_as=kind.name).clause == kind.clause


def test_differences_follow_the_keys():
    one = Policy.objects.current()
    two = write_policy(respect=None, topic="Stay near the subject.", manners="Say please.")
    before, after = list(one.clauses.all()), list(two.clauses.order_by("number"))
    changes = changes_between(one, before, two, after)
    by_key = {change.clause.key: change for change in changes.clauses}
    assert [by_key[key].kind for key in ("topic", "sources", "manners", "respect")] == [
        "changed",
        "same",
        "new",
        "gone",
    ]
    assert (by_key["topic"].earlier_number, by_key["topic"].clause.number) == (2, 1)
    assert "".join(piece.text for piece in by_key["topic"].text if piece.kind == "new")
    assert not changes.are_none
    assert changes_between(one, before, one, before).are_none
