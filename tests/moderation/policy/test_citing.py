"""A decision cites a clause, and it is quoted back as it was worded that day."""

import pytest

from comments.models import Comment
from comments.own import edit_comment
from comments.private_links import status_address
from core.guards import make_stamp
from moderation import reports, services
from moderation.models import Clause, LogEntry, Report, Rule
from moderation.policy.citing import ClauseOutOfDate
from tests.factories import make_post, make_published, make_user, send, write_policy

pytestmark = pytest.mark.django_db

QUEUE = "/admin/queue/"
CITING = [
    services.reject_comment,
    services.remove_comment,
    services.hold_comment,
    services.mark_spam,
]


@pytest.fixture
def post(db):
    return make_post(slug="a-post")


def clause(key="topic"):
    return Clause.objects.current().get(key=key)


def decide(service, comment, **told):
    comment = Comment.objects.get(pk=comment.pk)
    return service(comment_id=comment.pk, version=comment.version, by=make_user(), **told)


def told(client, comment):
    return client.get(status_address(comment)).content.decode()


def thread(client):
    return client.get("/posts/a-post/").content.decode()


def make_rule(**fields):
    return Rule.objects.create(kind="links", parameters={"links": 1}, **fields)


# Moderators


@pytest.mark.parametrize("service", CITING)
def test_a_decision_logs_its_clause(post, service):
    decide(service, make_published(post), clause=clause())
    assert LogEntry.objects.latest("pk").clause_id == clause().pk


@pytest.mark.parametrize("service", CITING)
def test_a_clause_of_an_earlier_version_is_refused_and_nothing_happens(post, service):
    comment, old = make_published(post), clause()
    write_policy(topic="Other words.")
    rows = LogEntry.objects.count()
    with pytest.raises(ClauseOutOfDate, match="policy has changed since you looked"):
        decide(service, comment, clause=old)
    assert Comment.objects.get().is_published
    assert LogEntry.objects.count() == rows


def test_editing_a_clause_leaves_old_notices_as_they_were(client, post):
    rejected, removed = send(post), make_published(post)
    decide(services.reject_comment, rejected, clause=clause(), note="Elsewhere, please.")
    decide(services.remove_comment, removed, clause=clause())
    before = told(client, rejected), told(client, removed), thread(client)
    assert "Clause 2 of the policy: Stay on the subject" in before[0]
    assert "What belongs elsewhere is better said there" in before[0]
    assert 'href="/policy/1/#clause-2"' in before[0]
    assert "Elsewhere, please." in before[0]
    write_policy(respect=None, topic="Wholly other words.")
    assert told(client, rejected) == before[0]
    assert told(client, removed) == before[1]
    assert thread(client).count('href="/policy/1/#clause-2">clause 2') == 1
    assert "Wholly other words." in client.get("/policy/").content.decode()


def test_the_last_decision_is_the_one_that_is_explained(client, post):
    comment = send(post)
    decide(services.reject_comment, comment, clause=clause("topic"))
    decide(services.hold_comment, comment)
    assert "of the policy:" not in told(client, comment)
    decide(services.reject_comment, comment, clause=clause("spam"))
    assert "Clause 4 of the policy: No advertising" in told(client, comment)
    decide(services.publish_comment, comment)
    assert "of the policy:" not in told(client, comment)


def test_a_tombstone_says_who_and_by_which_clause(client, post):
    one, other, own = (make_published(post, text=text) for text in ("One", "Two", "Three"))
    decide(services.remove_comment, one, clause=clause())
    decide(services.remove_comment, other)
    page = thread(client)
    assert 'Removed by a moderator: <a href="/policy/1/#clause-2">clause 2' in page
    assert "Removed by a moderator.</p>" in page
    assert own.text in page
    branch = client.get(f"/posts/a-post/c/{one.number}/branch/").content.decode()
    assert 'href="/policy/1/#clause-2"' in branch


@pytest.mark.parametrize("many", [1, 20])
def test_tombstones_cost_one_query_more_for_any_number(
    client, post, many, django_assert_num_queries
):
    root = make_published(post)
    for _ in range(many):
        comment = make_published(post, parent=root)
        decide(services.remove_comment, comment, clause=clause())
    with django_assert_num_queries(16):  # the fifteen of the page, the clauses
        client.get("/posts/a-post/")


# Rules


@pytest.mark.parametrize(("effect", "shown"), [("reject", True), ("spam", False), ("hold", False)])
def test_a_rule_cites_its_clause_and_only_a_rejection_is_explained(client, post, effect, shown):
    make_rule(effect=effect, clause="spam")
    comment = send(post, "See https://example.org")
    reason = comment.reasons.get(clause_id__isnull=False)
    assert (reason.rule, reason.clause_id) == ("links", clause("spam").pk)
    assert LogEntry.objects.get().clause_id == clause("spam").pk
    page = told(client, comment)
    assert ("Clause 4 of the policy: No advertising" in page) is shown
    assert ("a rule of this site, not by a person" in page) is shown


def test_a_rejection_by_a_rule_stays_as_worded_too(client, post):
    make_rule(effect="reject", clause="spam")
    comment = send(post, "See https://example.org")
    before = told(client, comment)
    write_policy(spam="Other words.")
    assert told(client, comment) == before
    again = send(post, "And https://example.org")
    assert "Other words." in told(client, again)


def test_a_rule_that_names_no_clause_of_the_policy_cites_none(post):
    make_rule(effect="hold", clause="no-such")
    make_rule(effect="hold")
    comment = send(post, "See https://example.org")
    assert not comment.reasons.filter(clause_id__isnull=False).exists()
    assert LogEntry.objects.get().clause_id is None


def test_an_edit_that_a_rule_takes_back_cites_its_clause(client, post):
    comment = send(post)
    make_rule(effect="reject", clause="spam")
    edit_comment(comment_id=comment.pk, version=comment.version, text="https://example.org")
    assert Comment.objects.get().status == "rejected"
    page = told(client, comment)
    assert "Clause 4 of the policy: No advertising" in page
    assert "not by a person" in page


# The queue


@pytest.fixture
def moderator(client):
    user = make_user("moderator")
    client.force_login(user)
    return user


def act(client, comment, name, **fields):
    form = {"version": comment.version, **fields}
    return client.post(f"{QUEUE}{comment.pk}/{name}/", form, follow=True).content.decode()


@pytest.mark.usefixtures("moderator")
def test_the_queue_offers_the_clauses_and_takes_one(client, post):
    comment = send(post)
    page = client.get(QUEUE).content.decode()
    assert f'<option value="{clause().pk}">2. Stay on the subject</option>' in page
    act(client, comment, "reject", clause=clause().pk)
    assert LogEntry.objects.latest("pk").clause_id == clause().pk
    card = client.get(f"{QUEUE}{comment.pk}/").content.decode()
    assert "clause 2: Stay on the subject</a> (version 1)" in card


@pytest.mark.usefixtures("moderator")
def test_a_clause_that_changed_meanwhile_is_told_with_the_note(client, post):
    comment, old = send(post), clause()
    write_policy(topic="Other words.")
    page = act(client, comment, "reject", clause=old.pk, note="My words")
    assert "The policy has changed since you looked" in page
    assert "Your note: My words" in page
    assert Comment.objects.get().status == "pending"


@pytest.mark.usefixtures("moderator")
@pytest.mark.parametrize("named", ["0", "x", "99999999999999999999", "-1"])
def test_no_such_clause_changes_nothing(client, post, named):
    comment = send(post)
    act(client, comment, "reject", clause=named)
    assert Comment.objects.get().status == "pending"


@pytest.mark.usefixtures("moderator")
def test_a_card_shows_the_clause_of_each_reason(client, post):
    make_rule(effect="hold", clause="spam")
    send(post, "See https://example.org")
    write_policy(spam="Other words.")
    page = client.get(QUEUE).content.decode()
    assert '<a href="/policy/1/#clause-4">clause 4: No advertising</a>' in page


@pytest.mark.usefixtures("moderator")
@pytest.mark.parametrize("many", [1, 10])
def test_the_queue_takes_one_query_for_all_clauses_that_it_names(
    client, post, many, django_assert_num_queries
):
    make_rule(effect="hold", clause="spam")
    for number in range(many):
        send(post, f"See https://example.org/{number}")
    client.get(QUEUE)
    with django_assert_num_queries(23):  # with what was learned, the role and its rule of slow mode
        client.get(QUEUE)


# Reports


def test_a_report_appeals_to_a_clause(client, post):
    comment = make_published(post)
    address = comment.get_absolute_url() + "report/"
    page = client.get(address).content.decode()
    assert "Against clause 2 of the policy: Stay on the subject" in page
    form = {"reason": f"clause {clause().pk}", "stamp": make_stamp("report", comment.pk)}
    assert client.post(address, form).status_code == 302
    assert (Report.objects.get().reason, Report.objects.get().clause_id) == ("clause", clause().pk)
    client.force_login(make_user("moderator"))
    page = client.get(QUEUE + "?status=reported").content.decode()
    assert '<a href="/policy/1/#clause-2">Clause 2: Stay on the subject</a>' in page


def test_a_report_by_a_clause_that_changed_meanwhile_comes_back(client, post):
    comment, old = make_published(post), clause()
    write_policy(topic="Other words.")
    form = {"reason": f"clause {old.pk}", "text": "Kept", "stamp": make_stamp("report", comment.pk)}
    answer = client.post(comment.get_absolute_url() + "report/", form)
    assert answer.status_code == 400
    assert "not one of the available choices (any more)" in answer.content.decode()
    assert "Kept" in answer.content.decode()


def test_a_report_of_another_kind_names_no_clause(post):
    comment = make_published(post)
    reports.report_comment(comment_id=comment.pk, reason="spam", text="", reporter="x")
    assert Report.objects.get().clause_id is None
