"""Writing the policy in the admin: a draft, a look at it, a button; all by plain forms."""

import re

import pytest
from django.contrib.auth.models import Permission

from moderation.models import Clause, Policy, Rule
from moderation.policy.services import start_draft
from tests.factories import make_user, write_policy

pytestmark = pytest.mark.django_db

LIST = "/admin/moderation/policy/"


@pytest.fixture
def publisher(client):
    user = make_user("author")
    user.user_permissions.add(Permission.objects.get(codename="publish_policy"))
    client.force_login(user)
    return user


@pytest.fixture
def draft(publisher):
    return start_draft(by=publisher)


def address(policy, name="change"):
    return f"{LIST}{policy.pk}/{name}/"


def fields_of(client, draft):
    """The form of the draft as a browser would send it."""
    form = client.get(address(draft)).context["adminform"].form
    inlines = client.get(address(draft)).context["inline_admin_formsets"]
    found = {one.html_name: one.value() for one in form if one.value() not in (None, False)}
    formset = inlines[0].formset
    for part in (formset.management_form, *formset.forms):
        found |= {one.html_name: one.value() for one in part if one.value() is not None}
    return found


def save(client, draft, **changed):
    found = {**fields_of(client, draft), **changed}
    kept = {name: value for name, value in found.items() if value is not None}
    return client.post(address(draft), kept, follow=True)


def keys(draft):
    return list(
        Clause.objects.filter(policy=draft).order_by("number").values_list("key", flat=True)
    )


def press(client, draft, name, changed_at=None):
    at = changed_at or Policy.objects.get(pk=draft.pk).changed_at
    return client.post(address(draft, name), {"changed_at": at.isoformat()}, follow=True)


@pytest.mark.usefixtures("publisher")
def test_what_came_along_is_said_to_be_so_until_it_is_ones_own(client):
    page = client.get(LIST).content.decode()
    assert "This is the policy that came with Colloquy; make it yours" in page
    assert "Start a draft from version 1" in page
    write_policy(topic="My words.")
    assert "came with Colloquy" not in client.get(LIST).content.decode()


@pytest.mark.usefixtures("publisher")
def test_from_the_list_to_a_published_version(client):
    answer = client.post(f"{LIST}start/", follow=True)
    draft = Policy.objects.draft()
    assert answer.request["PATH_INFO"] == address(draft)
    answer = save(client, draft, **{"clauses-1-text": "Wholly *other* words.", "must_accept": "on"})
    assert answer.request["PATH_INFO"] == address(draft, "review")
    page = answer.content.decode()
    assert "<ins>Wholly *other* words.</ins>" in page
    assert "<em>other</em>" in page
    assert "Who comments is now asked to tick" in page
    seen = re.search(r'name="changed_at" value="([^"]+)"', page)[1]
    answer = client.post(address(draft, "publish"), {"changed_at": seen}, follow=True)
    assert "Version 2 is published and holds from now on." in answer.content.decode()
    policy = Policy.objects.current()
    assert (policy.version, policy.must_accept) == (2, True)
    assert policy.clauses.get(number=2).html == "<p>Wholly <em>other</em> words.</p>\n"


def test_numbers_say_the_order(client, draft):
    before = keys(draft)
    save(client, draft, **{"clauses-4-place": "2"})
    assert keys(draft) == [before[0], before[4], before[1], *before[2:4], *before[5:]]
    save(client, draft, **{"clauses-1-place": "5"})
    assert keys(draft) == before
    save(client, draft, **{"clauses-0-place": "90"})
    assert keys(draft) == [*before[1:], before[0]]
    numbers = Clause.objects.filter(policy=draft).values_list("number", flat=True)
    assert sorted(numbers) == list(range(1, len(before) + 1))


def test_a_clause_is_added_with_a_key_from_its_title_and_removed(client, draft):
    before = keys(draft)
    last = len(before)
    new = {f"clauses-{last}-title": "Say Please", f"clauses-{last}-text": "And thanks."}
    save(client, draft, **new, **{"clauses-0-DELETE": "on"})
    assert keys(draft) == [*before[1:], "say-please"]
    save(client, draft, **{f"clauses-{last - 1}-key": "other"})
    assert keys(draft)[-1] == "say-please"


@pytest.mark.parametrize(
    ("title", "key", "sentence"),
    [
        ("Spam", "", "Two clauses have the key “spam”"),
        ("Anything", "topic", "Two clauses have the key “topic”"),
        ("2 things", "", "No key can be made from this title"),
        ("Политика", "", "No key can be made from this title"),
        ("Anything", "Not a key", "A key has small letters"),
        ("", "", "This field is required"),
    ],
)
def test_a_mistake_in_a_clause_is_a_sentence_and_loses_nothing(client, draft, title, key, sentence):
    last = len(keys(draft))
    new = {"title": title, "key": key, "text": "Kept words"}
    answer = save(client, draft, **{f"clauses-{last}-{name}": new[name] for name in new})
    page = answer.content.decode()
    assert sentence in page
    assert "Kept words" in page
    assert len(keys(draft)) == last


def test_a_policy_without_clauses_is_a_mistake(client, draft):
    gone = {f"clauses-{number}-DELETE": "on" for number in range(len(keys(draft)))}
    assert "needs at least one clause" in save(client, draft, **gone).content.decode()
    assert keys(draft)


def test_of_two_who_write_the_second_is_told_and_keeps_the_words(client, draft):
    form = fields_of(client, draft)
    save(client, draft, introduction="The first.")
    answer = client.post(address(draft), {**form, "introduction": "The second."})
    page = answer.content.decode()
    assert "Somebody else changed the draft since you opened it." in page
    assert "The second." in page
    assert Policy.objects.draft().introduction == "The first."
    again = {**form, "introduction": "The second.", "seen_at": _seen_at(page)}
    client.post(address(draft), again)
    assert Policy.objects.draft().introduction == "The second."


def _seen_at(page):
    return re.search(r'name="seen_at" value="([^"]+)"', page)[1]


def test_a_rule_that_would_lose_its_clause_is_named(client, draft):
    Rule.objects.create(kind="links", effect="hold", clause="spam", title="My links")
    page = client.get(address(draft, "review")).content.decode()
    assert "My links" not in page
    position = keys(draft).index("spam")
    page = save(client, draft, **{f"clauses-{position}-DELETE": "on"}).content.decode()
    assert "“My links” names the clause “spam”." in page


def test_an_unchanged_or_changed_draft_says_why_it_is_not_published(client, draft):
    page = press(client, draft, "publish").content.decode()
    assert "there is nothing to publish" in page
    seen = draft.changed_at
    save(client, draft, introduction="Other.")
    page = press(client, draft, "publish", seen).content.decode()
    assert "was changed since you looked" in page
    assert "The draft is discarded." in press(client, draft, "discard").content.decode()
    assert Policy.objects.draft() is None
    page = client.post(address(draft, "publish"), {"changed_at": "nonsense"}, follow=True)
    assert "no such draft" in page.content.decode()


def test_getting_changes_nothing(client, draft):
    for name in ("publish", "discard"):
        assert client.get(address(draft, name)).status_code == 405
    assert client.get(f"{LIST}start/").status_code == 405
    assert Policy.objects.draft() == draft


def test_what_is_published_is_read_and_not_written(client, draft):
    published = Policy.objects.current()
    page = client.get(address(published)).content.decode()
    assert "Published: it never changes" in page or "came with Colloquy" in page
    assert "<textarea" not in page
    assert client.post(address(published), {"introduction": "x"}).status_code == 403
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.get(address(published, "delete")).status_code == 403
    assert client.get(address(published, "review")).status_code == 404


@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [("author", False, False), ("moderator", True, False), ("", True, True)],
)
def test_who_reads_and_who_writes(client, role, reads, writes):
    draft = start_draft(by=make_user())
    client.force_login(make_user(role))
    assert (client.get(LIST).status_code == 200) is reads
    assert (client.get(address(draft, "review")).status_code == 200) is reads
    assert ("<textarea" in client.get(address(draft)).content.decode()) is writes
    assert ("Comment policy" in client.get("/admin/").content.decode()) is reads
    before = list(Policy.objects.values())
    for name in ("publish", "discard"):
        if not writes:
            assert press(client, draft, name).status_code == 404
    if not writes:
        assert client.post(f"{LIST}start/").status_code == 404
        assert client.post(address(draft), {"introduction": "x"}).status_code == 403
    assert list(Policy.objects.values()) == before
