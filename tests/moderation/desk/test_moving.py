"""Moving a branch: what stands where, what leads there, who is told, and back exactly."""

import random
import re

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from comments import tree
from comments.models import Comment, Commenter, Place
from comments.numbers import allot_to_arrivals
from moderation import services
from moderation.desk.moving import NotMovable, Target, move_branch
from moderation.desk.undoing import undo_act
from moderation.models import LogEntry
from tests.factories import make_post, make_published, make_user, send

pytestmark = pytest.mark.django_db

SAME = ("pk", "post_id", "parent_id", "tree_id", "lft", "rght", "level", "status", "number")


def state():
    """Everything of every comment that a move and its undo must leave as it was."""
    return list(Comment.objects.order_by("pk").values_list(*SAME))


def move(comment, post, parent=None, by=None):
    comment.refresh_from_db()
    return move_branch(
        comment_id=comment.pk, version=comment.version, target=Target(post, parent),
        by=by or make_user(),
    )  # fmt: skip


def undo(by=None):
    entry = LogEntry.objects.filter(act="moved").standing().latest("pk")
    return undo_act(entry_id=entry.pk, by=by or make_user())


def grow(post, count, seed=1):
    """A tree of so many comments in all states, as an import would plant it."""
    chance = random.Random(seed)  # noqa: S311
    comments, pairs = [], []
    for number in range(count):
        public = [one for one in comments if one.status == "published" and one.level < 20]
        parent = chance.choice(public) if public else None
        comment = Comment(post=post, name=f"Reader {number}", text="x", html="<p>x</p>",
                          html_version=1, status="published")  # fmt: skip
        comment.status = "published" if number < 5 or chance.random() < 0.8 else "pending"
        comment.level = parent.level + 1 if parent else 0
        if comment.status == "published":
            comment.published_at = comment.submitted_at
        comments.append(comment)
        pairs.append((comment, parent))
    allot_to_arrivals(pairs)
    tree.plant(pairs)
    places = [one for one in comments if one.number]
    assert Place.objects.filter(post=post).count() >= len(places)
    return comments


def faults():
    call_command("check_threads")


WAYS = {
    "a root to another post": lambda a, b, there: (a[0], there.post, None),
    "a branch to the top": lambda a, b, there: (a[1], there.post, None),
    "a branch under another": lambda a, b, there: (a[0], there.post, there),
    "a part of a branch under another": lambda a, b, there: (a[1], there.post, there),
    "within its tree": lambda a, b, there: (a[-1], a[0].post, a[1]),
    "to the top of its post": lambda a, b, there: (a[2], a[0].post, None),
}


SIZES = {"a branch under another": 500}  # the others go the same way with fewer


@pytest.mark.parametrize("way", WAYS)
def test_a_branch_of_many_moves_and_is_put_back_exactly(way):
    old, new = make_post(), make_post()
    branch, other = grow(old, SIZES.get(way, 60)), grow(old, 20, seed=2)
    there = make_published(new)
    grow(new, 30, seed=3)
    branch[-1].refresh_from_db()
    if way == "within its tree" and branch[-1].parent_id == branch[1].pk:
        branch = branch[:-1]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as autovacuum does; what pages are touched is looked up
    before, places = state(), set(Place.objects.values_list("post", "number", "comment"))
    head, post, parent = WAYS[way](branch, other, there)
    size = head_size(head)
    move(head, post, parent)
    moved = Comment.objects.get(pk=head.pk)
    assert (moved.post_id, moved.parent_id) == (post.pk, parent.pk if parent else None)
    assert moved.get_descendants(include_self=True).filter(post=post).count() == size
    assert {one.status for one in branch} == {"published", "pending"}
    faults()
    undo()
    assert state() == before
    assert places <= set(Place.objects.values_list("post", "number", "comment"))
    assert set(Place.objects.filter(left_at=None).values_list("post", "number")) == set(
        Comment.objects.filter(number__isnull=False).values_list("post", "number")
    )
    faults()


def head_size(head):
    head.refresh_from_db()
    return head.get_descendants(include_self=True).count()


@pytest.fixture
def conversation():
    """A post with a branch 1, 1.1, 1.2, 1.1.1; another, an open thread."""
    old, new = make_post(title="On trust"), make_post(title="Open thread")
    root = make_published(old, text="The root's words")
    first = make_published(old, parent=root, text="Off topic, first")
    second = make_published(old, parent=root, text="On topic")
    below = make_published(old, parent=first, text="Off topic, below")
    return old, new, root, first, second, below


def test_the_old_place_keeps_one_line_and_old_links_lead_to_the_new_one(client, conversation):
    old, new, _, first, _, below = conversation
    was = [Comment.objects.select_related("post").get(pk=one.pk).get_absolute_url()
           for one in (first, below)]  # fmt: skip
    move(first, new)
    page = client.get(old.get_absolute_url()).content.decode()
    assert "Off topic" not in page
    assert page.count("was moved to") == 1
    assert "under “Open thread”" in page
    for address, number in zip(was, ("1", "1.1"), strict=True):
        moved = client.get(address)
        assert moved.url == f"{new.get_absolute_url()}#c-{number.replace('.', '-')}"
    there = client.get(new.get_absolute_url()).content.decode()
    assert "Off topic, below" in there
    undo()
    page = client.get(old.get_absolute_url()).content.decode()
    assert "Off topic, below" in page
    assert "was moved to" not in page
    assert client.get(f"{new.get_absolute_url()}c/1/").url.startswith(old.get_absolute_url())


def test_what_left_the_top_level_has_its_line_too(client, conversation):
    old, new, *_ = conversation
    last = make_published(old)
    move(last, new)
    assert "was moved to" in client.get(old.get_absolute_url()).content.decode()


def pointers(client, post, **query):
    page = client.get(post.get_absolute_url(), query).content.decode()
    return re.findall(r'class="number">([^<]+)</span> was moved', page)


def test_what_left_from_the_top_or_with_its_neighbours_has_its_line_too(client, settings):
    settings.COMMENTS_PER_PAGE = 2
    post, other = make_post(), make_post()
    roots = [make_published(post) for _ in range(6)]
    for root in (roots[0], roots[3], roots[2]):
        move(root, other)
    assert pointers(client, post) == ["1", "3", "4"]  # 2 and 5 are on this page, 6 on the next
    assert pointers(client, post, page=2) == []
    for root in (roots[1], roots[4], roots[5]):
        move(root, other)
    assert pointers(client, post) == ["1", "2", "3", "4", "5", "6"]  # nothing else is left


def test_the_writers_are_told_once_when_it_can_not_be_undone_unseen(
    conversation, run_jobs, mailoutbox, time_machine
):
    _, new, _, first, _, below = conversation
    writer = Commenter.objects.create(
        name="Rahel", mail="rahel@mail.example", confirmed_at="2026-01-01T00:00Z"
    )
    Comment.objects.filter(pk__in=[first.pk, below.pk]).update(commenter=writer)
    run_jobs()
    mailoutbox.clear()
    move(first, new)
    run_jobs()
    run_jobs()
    [mail] = mailoutbox
    assert mail.subject == "Moved: your comment is under “Open thread” now"
    assert f"{new.get_absolute_url()}c/1/" in mail.body


def test_of_a_move_undone_in_time_nobody_hears(conversation, run_jobs, mailoutbox):
    _, new, _, first, _, _ = conversation
    writer = Commenter.objects.create(
        name="Rahel", mail="rahel@mail.example", confirmed_at="2026-01-01T00:00Z"
    )
    Comment.objects.filter(pk=first.pk).update(commenter=writer)
    run_jobs()
    mailoutbox.clear()
    move(first, new)
    undo()
    run_jobs()
    run_jobs()
    assert mailoutbox == []


@pytest.mark.parametrize("where", ["below itself", "where it is", "under what has no number"])
def test_what_makes_no_sense_is_refused(conversation, where):
    old, _, root, first, _, below = conversation
    waiting = send(old)
    target = {
        "below itself": below,
        "where it is": root,
        "under what has no number": waiting,
    }[where]
    before = state()
    with pytest.raises(NotMovable):
        move(first, old, Comment.objects.get(pk=target.pk))
    assert state() == before


def test_of_two_moves_the_last_is_undone_first(conversation):
    old, new, _, first, _, _ = conversation
    third = make_post()
    before = state()
    move(first, new)
    entry = LogEntry.objects.get(act="moved")
    move(first, third)
    with pytest.raises(Exception, match="moved again since"):
        undo_act(entry_id=entry.pk, by=make_user())
    undo()
    undo()
    assert state() == before
    assert Comment.objects.get(pk=first.pk).post_id == old.pk


def test_a_decision_after_a_move_does_not_keep_it_from_being_undone(conversation):
    _, new, _, first, _, below = conversation
    move(first, new)
    below.refresh_from_db()
    services.remove_comment(comment_id=below.pk, version=below.version, by=make_user())
    undo()
    assert Comment.objects.get(pk=below.pk).status == "removed"


def test_the_pages_preview_move_and_undo(client, conversation):
    _, new, _, first, _, below = conversation
    client.force_login(make_user("moderator"))
    address = reverse("moderation:move", args=[first.pk])
    assert "2 published" in client.get(address).content.decode()
    preview = client.get(address, {"post": new.pk, "number": ""}).content.decode()
    assert "What would happen" in preview
    assert Comment.objects.get(pk=first.pk).number == "1.1"
    version = Comment.objects.get(pk=first.pk).version
    done = client.post(address, {"post": new.pk, "version": version}, follow=True)
    page = done.content.decode()
    assert "it stands as #1 under “Open thread” now" in page
    entry = LogEntry.objects.get(act="moved")
    assert f'name="entry" value="{entry.pk}"' in page
    client.post(reverse("moderation:undo"), {"entry": entry.pk})
    assert Comment.objects.get(pk=below.pk).number == "1.1.1"


@pytest.mark.parametrize("given", [{"post": "0"}, {"number": "9"}, {"number": "x"}])
def test_a_place_that_is_not_there_is_said(client, conversation, given):
    _, new, _, first, _, _ = conversation
    client.force_login(make_user("moderator"))
    address = reverse("moderation:move", args=[first.pk])
    assert client.get(address, {"post": new.pk, **given}).status_code == 400


def test_an_author_moves_between_own_posts_only(client, conversation):
    _, new, _, first, _, _ = conversation
    author = first.post.author
    client.force_login(author)
    address = reverse("moderation:move", args=[first.pk])
    version, before = Comment.objects.get(pk=first.pk).version, state()
    assert client.post(address, {"post": new.pk, "version": version}).status_code == 400
    assert state() == before
    client.force_login(make_user("author"))
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("status", ["published", "draft"])
def test_no_preview_tells_an_author_of_a_post_of_somebody_else(client, status):
    author = make_user("author")
    comment = make_published(make_post(author=author))
    other = make_post(title="A canary", slug="a-canary", status=status)
    client.force_login(author)
    address = reverse("moderation:move", args=[comment.pk])
    page = client.get(address, {"post": other.slug})
    assert page.status_code == 400
    assert "A canary" not in page.content.decode()
    assert "There is no post of yours with this address." in page.content.decode()


def test_the_preview_says_that_nobody_can_read_it_there(client):
    comment, draft = make_published(make_post()), make_post(status="draft")
    client.force_login(make_user())
    address = reverse("moderation:move", args=[comment.pk])
    warning = "Readers can read nothing of the branch there"
    assert warning in client.get(address, {"post": draft.slug}).content.decode()
    assert warning not in client.get(address, {"post": make_post().slug}).content.decode()
