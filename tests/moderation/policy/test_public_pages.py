"""The policy as readers find it."""

import re

import pytest

from moderation.models import Policy
from moderation.policy.services import start_draft
from tests.factories import make_post, make_user, write_policy

pytestmark = pytest.mark.django_db


def test_every_public_page_leads_to_the_policy(client):
    make_post(slug="a-post")
    for path in ("/", "/posts/a-post/"):
        assert 'href="/policy/"' in client.get(path).content.decode()


def test_the_current_version_is_read_with_anchors_by_number_and_key(client):
    page = client.get("/policy/").content.decode()
    assert "Version 1" in page
    assert 'id="clause-2"' in page
    assert 'id="clause-topic"' in page
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_an_earlier_version_stays_and_says_that_it_does_not_hold(client):
    write_policy(topic="Stay near the subject.")
    page = client.get("/policy/1/").content.decode()
    assert "does not hold any more" in page
    assert "Stay near the subject." not in page
    assert "Stay near the subject." in client.get("/policy/").content.decode()
    assert "does not hold" not in client.get("/policy/2/").content.decode()


def test_what_changed_is_shown_in_both_directions(client):
    write_policy(topic="Stay near it.", spam=None)
    page = client.get("/policy/1/to/2/").content.decode()
    assert "<ins>Stay near it.</ins>" in page or "<ins>Stay near it" in page
    assert "No longer there." in page
    assert "Was number 5" in page
    assert "New." in client.get("/policy/2/to/1/").content.decode()
    assert "Nothing differs." in client.get("/policy/2/to/2/").content.decode()
    assert 'href="/policy/1/to/2/"' in client.get("/policy/").content.decode()


@pytest.mark.parametrize("path", ["2/", "0/", "1/to/2/", "99999999999/", "x/", "1/to/"])
def test_other_versions_are_not_found(client, path):
    assert client.get(f"/policy/{path}").status_code == 404


def test_a_draft_is_nowhere_public(client):
    draft = start_draft(by=make_user())
    clause = draft.clauses.first()
    clause.write("Canary", "canarytext")
    clause.save()
    for path in ("/policy/", "/policy/1/", "/policy/1/to/1/"):
        assert "anary" not in client.get(path).content.decode()


def test_without_any_version_there_is_no_page(client, monkeypatch):
    monkeypatch.setattr(Policy.objects, "published", Policy.objects.none)
    assert client.get("/policy/").status_code == 404


@pytest.mark.parametrize("path", ["/policy/", "/policy/1/", "/policy/1/to/1/"])
def test_an_unchanged_page_is_not_sent_again_and_sets_no_cookie(client, path):
    first = client.get(path)
    assert not first.cookies
    assert first["Cache-Control"] == "public, no-cache"
    again = client.get(path, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    write_policy(topic="Other words.")
    assert client.get("/policy/", headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_markup_of_the_author_is_cleaned(client):
    write_policy(topic="See **this** <script>alert(1)</script>.")
    page = client.get("/policy/").content.decode()
    assert "<strong>this</strong>" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize("versions", [1, 6])
def test_the_page_takes_the_same_queries_for_any_number(
    client, versions, django_assert_num_queries
):
    for number in range(versions):
        write_policy(topic=f"Words {number}.")
    with django_assert_num_queries(4):  # versions, the one, its clauses, menu
        client.get("/policy/")
    with django_assert_num_queries(4):  # both, their clauses, versions, menu
        client.get("/policy/1/to/2/")
