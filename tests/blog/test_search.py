"""The search over posts and published comments."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from blog.models import IndexedPost
from blog.searching import find_posts, index_stale_posts
from comments.models import Comment, IndexedComment
from comments.searching import find_comments, index_stale_comments
from core.search import excerpts, has_phrase, is_searchable
from moderation import services
from tests.core.test_site import make_site
from tests.factories import make_post, make_published, make_user, publish, send
from tests.hostile import OWN

pytestmark = pytest.mark.django_db


def titles(query):
    return [entry.row.title for entry in find_posts(query, 1).entries]


def texts(query):
    return [entry.row.text for entry in find_comments(query, 1).entries]


def test_a_word_finds_its_other_forms_and_the_title_weighs_most():
    make_post(title="Nothing here", body="It speaks of freedoms. " + "And of more. " * 9)
    make_post(title="On freedom", body="Text")
    make_post(title="Summary", summary="Of being free and of freedom", body="Text")
    make_post(title="Another", body="Text")
    assert titles("freedom") == ["On freedom", "Summary", "Nothing here"]


def test_phrases_or_and_not():
    make_post(title="A", body="the general assent is never wrong")
    make_post(title="B", body="assent, general, or resign")
    assert titles('"general assent"') == ["A"]
    assert titles("general -resign") == ["A"]
    assert sorted(titles("wrong or resign")) == ["A", "B"]


def test_the_text_of_tags_is_not_searched():
    make_post(title="A", body='<a href="https://example.org/canary">word</a>')
    assert titles("canary") == []
    assert titles("word") == ["A"]


def test_a_published_comment_is_found_by_text_and_by_name(client):
    post = make_post(title="The post")
    make_published(post, text="About sovereignty, at length.", name="Hanna")
    assert texts("length") == ["About sovereignty, at length."]
    assert texts("hanna") == ["About sovereignty, at length."]
    page = client.get("/search/?q=sovereignty").content.decode()
    assert "About <mark>sovereignty</mark>" in page
    assert 'href="/posts/' in page
    assert "c/1/" in page


def test_what_is_not_public_is_not_found_and_what_leaves_is_gone():
    post = make_post()
    waiting = send(post, text="canary one", name="Somebody new")
    assert texts("canary") == []
    shown = publish(waiting)
    assert texts("canary") == ["canary one"]
    services.remove_comment(comment_id=shown.pk, version=shown.version, by=make_user())
    assert texts("canary") == []
    assert not IndexedComment.objects.exists()
    post.comments_status = "hidden"
    post.save()
    hidden = make_published(make_post(), text="canary two")
    hidden.post.comments_status = "hidden"
    hidden.post.save()
    assert texts("canary") == []


def test_an_edit_is_found_by_its_new_words_only():
    post = make_post(body="earlier")
    post.body = "later"
    post.save(update_fields=["body"])
    assert (titles("earlier"), titles("later")) == ([], [post.title])


def test_a_move_in_the_tree_leaves_the_index_alone():
    root = make_published(make_post())
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmin FROM comments_indexedcomment WHERE comment_id = %s", [root.pk])
        before = cursor.fetchone()
        make_published(root.post, parent=root)
        cursor.execute("SELECT xmin FROM comments_indexedcomment WHERE comment_id = %s", [root.pk])
        assert cursor.fetchone() == before


def test_words_go_with_their_post():
    make_post().delete()
    assert not IndexedPost.objects.exists()


def test_a_text_of_any_length_is_stored_and_found():
    words = " ".join(f"word{number}" for number in range(60_000))
    make_post(title="Long", body="canary " + words + " 漢字" * 50_000 + "x" * 5_000)
    assert titles("canary") == ["Long"]


def test_another_language_is_searched_once_the_worker_has_indexed_again():
    make_post(title="Die Häuser", body="alter Städte")
    make_published(make_post(), text="viele Häuser")
    assert titles("haus") == []
    make_site(search_language="german")
    assert index_stale_posts(10) == 2
    assert index_stale_comments(10) == 1
    assert (titles("haus"), texts("haus")) == (["Die Häuser"], ["viele Häuser"])
    assert index_stale_posts(10) == 0


@pytest.mark.parametrize("payload", OWN)
def test_passages_are_escaped(payload):
    (passage,) = excerpts([f"<p>canary {payload} \ue000b\ue001</p>"], "canary")
    assert passage.replace("<mark>", "").replace("</mark>", "").count("<") == 0
    assert "<mark>canary</mark>" in passage
    assert '"' not in passage.replace("&quot;", "")


@pytest.mark.parametrize(
    "query",
    ["", "the", "'", '"', "\\", "a:*", "!!", "()", "<->", "\0", "\ud7ff", "x" * 3000, "😀", "%00",
     "- -", "or", '"""" or -', "&|!"],
)  # fmt: skip
def test_whatever_is_typed_gets_a_page(client, query):
    answer = client.get("/search/", {"q": query})
    assert answer.status_code == 200
    assert answer["X-Robots-Tag"] == "noindex"


def test_words_that_say_nothing_are_answered_in_a_sentence(client):
    assert not is_searchable("the")
    assert "too common" in client.get("/search/?q=the").content.decode()


@pytest.mark.parametrize(
    "where", ["in=nothing", "in=posts&page=0", "in=posts&page=2", "in=posts&page=x"]
)
def test_a_page_that_is_not_there_is_not_found(client, where):
    assert client.get(f"/search/?q=canary&{where}").status_code == 404


def test_findings_are_paged(client):
    for _ in range(12):
        make_post(body="canary")
    first = client.get("/search/?q=canary").content.decode()
    assert "12 posts" in first
    assert first.count("<mark>canary</mark>") == 10
    assert "in=posts&amp;page=2" in first
    second = client.get("/search/?q=canary&in=posts&page=2").content.decode()
    assert second.count("<mark>canary</mark>") == 2


@pytest.mark.parametrize("many", [1, 9])
def test_a_search_takes_the_same_queries_for_any_number(client, many, django_assert_num_queries):
    post = make_post(body="canary")
    for number in range(many):
        make_published(post, text=f"canary {number}")
        make_post(body="canary")
    with django_assert_num_queries(8):  # searchable?, three for each kind, menu
        client.get("/search/?q=canary")


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "draft"},
        {"status": "draft", "published_at": timezone.now()},
        {"published_at": timezone.now() + timedelta(days=900)},
    ],
)
def test_neither_a_hidden_post_nor_its_comments_are_found(fields):
    post = make_post(title="Canary")
    make_published(post, text="canary")
    for name, value in fields.items():
        setattr(post, name, value)
    post.save()
    assert (titles("canary"), texts("canary")) == ([], [])
    assert Comment.objects.filter(indexed__isnull=False).exists()


@pytest.mark.parametrize(("length", "is_told"), [(200, False), (201, True), (8_000, True)])
def test_a_query_that_is_cut_says_so(client, length, is_told):
    page = client.get("/search/", {"q": "x" * length}).content.decode()
    assert ("200 characters at most" in page) is is_told
    assert f'value="{"x" * 200}"' in page
    assert 'maxlength="200"' in page


@pytest.mark.parametrize(
    ("text", "has"),
    [('"two words"', True), ("slow-answer", True), ("two words", False), ("one -two", False),
     ('"', True), ("", False)],
)  # fmt: skip
def test_phrases_are_told_from_words(text, has):
    assert has_phrase(text) is has


def test_a_phrase_is_found_among_the_newest_first(monkeypatch):
    """Of the posts with a phrase the newest are weighed, as with words."""
    monkeypatch.setattr("blog.searching.WEIGHED", 2)
    for day in (1, 2, 3):
        make_post(title=f"Day {day}", body="slow answer", published_at=f"2026-01-0{day}T00:00Z")
    make_post(title="Other way", body="answer slow")
    found = find_posts('"slow answer"', 1)
    assert [one.row.title for one in found.entries] == ["Day 3", "Day 2"]
    assert found.is_cut


def test_a_passage_says_that_more_stands_around_it():
    before, after = (" ".join(f"{word}{n}" for n in range(60)) for word in ("before", "after"))
    [passage] = excerpts([f"<p>{before} canary {after}</p>"], "canary")
    assert passage.startswith("… before")
    assert passage.endswith(" …")
    assert "before0 " not in passage
    assert excerpts(["<p>A canary.</p>"], "canary") == ["A <mark>canary</mark>."]
