"""A long conversation in parts: what is kept of it is what would be written now."""

from dataclasses import fields, replace
from datetime import UTC, datetime
from threading import Thread as SystemThread

import pytest

from comments import thread_parts as kept
from comments.intake import QuotedClause
from comments.references import Target
from comments.shown import Shown
from comments.thread import Braked, Entry, Pointer, arrange
from comments.thread_html import thread_html
from core.packing import gzip_of
from tests.factories import make_post

AT = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_kept")]


@pytest.fixture
def post():
    return make_post(slug="long")


def row(pk, parent=None, **changed):
    one = Shown(
        pk, parent, None, None, None, f"Reader {pk % 7}", f"<p>Words {pk}.</p>", "published", "",
        continues=False, number=str(pk), ordinal=pk, published_at=AT, edited_at=None, is_long=False,
    )  # fmt: skip
    return one._replace(**changed)


def rows(count=600):
    """Trees of five: one, with two replies that have a reply each."""
    above = {0: None, 1: 0, 2: 1, 3: 0, 4: 3}
    parents = {pk: above[(pk - 1) % 5] for pk in range(1, count + 1)}
    return [
        row(pk, None if above is None else pk - (pk - 1) % 5 + above)
        for pk, above in parents.items()
    ]


def entries(some):
    found = arrange(some, 5)
    for one in found:
        one.html = one.comment.html
        one.parent_href = "#above" if one.parent else ""
    return found


def written(parts):
    return b"".join(part.raw() for part in parts).decode()


def names(parts):
    return [id(part) for part in parts]


def test_the_parts_are_the_whole(post):
    moved = [Pointer("9", "7.1", "/elsewhere/", "Elsewhere")]
    for count in (0, 1, kept.LONG - 1, kept.LONG, 600):
        some = entries(rows(count))
        parts = kept.thread_parts(some, post, moved)
        assert written(parts) == thread_html(some, post, moved=moved)
    assert len(parts) > 5


def test_the_same_again_is_kept_and_one_more_comment_changes_one_part(post):
    some = rows()
    first = kept.thread_parts(entries(some), post)
    assert names(kept.thread_parts(entries(some), post))[1:-1] == names(first)[1:-1]
    more = entries([*some, row(1001, 248, number="248.9", ordinal=9)])
    second = kept.thread_parts(more, post)
    assert len(second) == len(first)
    assert sum(a is not b for a, b in zip(first[1:-1], second[1:-1], strict=True)) == 1
    gzip_of(first)
    third = kept.thread_parts(more, post)
    kept.memory.forget()
    assert written(kept.thread_parts(more, post)) == thread_html(more, post)
    assert gzip_of(third) == gzip_of(second) == gzip_of(kept.thread_parts(more, post))


CHANGED = {
    "depth": 1,  # 2 before: the entries' own arrangement comes of it
    "opens": False,
    "deeper": False,
    "closes": 2,
    "html": "<p>Other words.</p>",
    "parent_href": "/elsewhere/",
    "back_links": (("5", Target("#c-5", "Otto")),),
    "clause": QuotedClause(number=2, title="Be kind", html="", version=1, address="/policy/"),
    "has_replies": True,
    "moved": (Pointer("3.1", "8.1", "/there/", ""),),
    "locked": Braked(
        head_id=2, number="2", minutes=0, by="the author", reason="Why.", set_at=AT,
        until_at=None, clause=None,
    ),
    "slowed": Braked(
        head_id=2, number="2", minutes=30, by="the author", reason="Why.", set_at=AT,
        until_at=None, clause=None,
    ),
    "is_new": True,
}  # fmt: skip


def test_every_field_of_an_entry_has_a_change_here():
    assert {field.name for field in fields(Entry)} == {*CHANGED, "comment", "parent"}


@pytest.mark.parametrize("name", CHANGED)
def test_no_change_of_an_entry_is_missed(post, name):
    some = entries(rows())
    kept.thread_parts(some, post)
    at = 301
    assert getattr(some[at], name) != CHANGED[name]
    some[at] = replace(some[at], **{name: CHANGED[name]})
    assert written(kept.thread_parts(some, post)) == thread_html(some, post)


ROW = {
    "parent_id": 9, "answers_id": 3, "user_id": 1, "commenter_id": 4, "name": "Another",
    "html": "<p>Edited.</p>", "status": "removed", "removed_by": "moderator", "continues": True,
    "number": "77", "ordinal": 77, "published_at": AT.replace(year=2025), "edited_at": AT,
    "is_long": True, "pk": 5001,
}  # fmt: skip


def test_every_column_has_a_change_here():
    assert set(Shown._fields) == set(ROW)


@pytest.mark.parametrize("name", ROW)
@pytest.mark.parametrize("whose", ["comment", "parent"])
def test_no_change_of_a_row_is_missed(post, name, whose):
    """Of the comment itself, and of what it answers."""
    some = entries(rows())
    kept.thread_parts(some, post)
    at = next(n for n, one in enumerate(some) if n > 300 and one.parent)
    changed = getattr(some[at], whose)._replace(**{name: ROW[name]})
    some[at] = replace(some[at], **{whose: changed})
    assert written(kept.thread_parts(some, post)) == thread_html(some, post)


@pytest.mark.parametrize(
    "change",
    [
        {"slug": "moved"}, {"kind": "page"}, {"comments_status": "closed"}, {"author_id": 99},
    ],
    ids=str,
)  # fmt: skip
def test_no_change_of_the_post_is_missed(post, change):
    some = entries([one._replace(user_id=99) for one in rows()])
    kept.thread_parts(some, post)
    for name, value in change.items():
        setattr(post, name, value)
    assert written(kept.thread_parts(some, post)) == thread_html(some, post)


def test_no_change_of_the_site_is_missed(post, settings):
    from django.utils import timezone, translation

    some = entries(rows())
    kept.thread_parts(some, post)
    settings.SITE_URL = "https://other.example"
    assert written(kept.thread_parts(some, post)) == thread_html(some, post)
    with timezone.override("Asia/Kathmandu"), translation.override("de"):
        assert written(kept.thread_parts(some, post)) == thread_html(some, post)
        assert "+05:45" in thread_html(some, post)
    assert written(kept.thread_parts(some, post)) == thread_html(some, post)


def test_what_is_kept_is_bounded_and_the_last_used_stays(post, monkeypatch):
    some = entries(rows())
    kept.thread_parts(some, post)
    weight = kept.memory._bytes
    kept.memory.forget()
    monkeypatch.setattr(kept, "MOST_BYTES", weight // 2)
    for _ in range(3):
        kept.thread_parts(some, post)
        assert 0 < kept.memory._bytes <= weight // 2
        assert kept.memory._bytes == sum(one.weight for one in kept.memory._parts.values())
    assert some[-1].comment.pk in {one.made_of[-1][-1][0].pk for one in kept.memory._parts.values()}


def test_threads_at_once_get_each_what_they_asked_for(post):
    wrong = []

    def ask(n):
        some = entries([one._replace(name=f"{n}") for one in rows()])
        expected = thread_html(some, post)
        wrong.extend(n for _ in range(5) if written(kept.thread_parts(some, post)) != expected)

    threads = [SystemThread(target=ask, args=[n]) for n in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert wrong == []
