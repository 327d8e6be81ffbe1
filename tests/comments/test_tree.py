"""The tree is exact, and only comments.tree writes it."""

import pytest
from django.db import IntegrityError, connection, transaction
from mptt.managers import TreeManager

from comments import numbers, tree
from comments.errors import CommentError, TreeBusy, WrongRoom
from comments.faults import find_faults, repair
from comments.models import Comment
from comments.models.querysets import CommentManager
from tests.factories import make_post, make_published, make_user, send

pytestmark = pytest.mark.django_db


def rows(post):
    fields = ("lft", "rght", "level")
    return list(Comment.objects.filter(post=post).order_by("tree_id", "lft").values_list(*fields))


def change_and_commit(comment, **fields):
    """Change a row behind the back of comments.tree, with the constraints checked as at COMMIT."""
    with transaction.atomic(), connection.cursor() as cursor:
        Comment.objects.filter(pk=comment.pk).update(**fields)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_reply_lies_inside_its_parent():
    post = make_post()
    root = make_published(post)
    make_published(post, parent=root)
    make_published(post, parent=root)
    assert rows(post) == [(1, 6, 0), (2, 3, 1), (4, 5, 1)]


def test_space_is_made_and_closed_as_mptt_does_it():
    post = make_post()
    root = make_published(post)
    below = make_published(post, parent=make_published(post, parent=root))
    make_published(post, parent=root)
    make_published(post)  # another tree

    def after(manage_space, *steps):
        with transaction.atomic():
            for size, target in steps:
                manage_space(Comment.objects, size, target, below.tree_id)
            found = rows(post)
            transaction.set_rollback(True)
        return found

    ours, theirs = CommentManager._manage_space, TreeManager._manage_space
    for target in range(10):
        for steps in ([(2, target)], [(6, target), (-4, target + 2)], [(2, target), (-2, target)]):
            assert after(ours, *steps) == after(theirs, *steps), (target, steps)
        assert after(ours, (2, target), (-2, target)) == rows(post)


def test_each_top_level_comment_has_a_tree_of_its_own():
    post = make_post()
    assert make_published(post).tree_id != make_published(post).tree_id


def test_tree_ids_come_from_the_sequence():
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('comments_tree_id')")
        (before,) = cursor.fetchone()
    assert Comment.objects._get_next_tree_id() == before + 1
    assert make_published(make_post()).tree_id == before + 2


def test_a_comment_is_not_made_by_save_or_create():
    with pytest.raises(WrongRoom):
        Comment.objects.create(post=make_post(), name="x", text="x", html="x", html_version=1)


@pytest.mark.parametrize("field", ["parent", "lft", "tree_id", "post"])
def test_tree_fields_are_not_saved_from_outside(field):
    with pytest.raises(WrongRoom):
        make_published(make_post()).save(update_fields=[field])


def test_a_whole_row_is_not_saved_from_outside():
    with pytest.raises(WrongRoom):
        make_published(make_post()).save()


def test_comments_are_not_deleted_in_bulk_or_alone():
    comment = make_published(make_post())
    with pytest.raises(WrongRoom):
        comment.delete()
    with pytest.raises(WrongRoom):
        Comment.objects.filter(pk=comment.pk).delete()


def test_only_leaves_without_number_are_deleted():
    post = make_post()
    root = make_published(post)
    waiting = send(post, parent=root)
    with pytest.raises(CommentError):
        tree.delete_leaf(root.pk)
    tree.delete_leaf(waiting.pk)
    assert rows(post) == [(1, 2, 0)]


def test_the_sixty_first_level_becomes_a_sibling_that_keeps_what_it_answers():
    post = make_post()
    comment = None
    for _ in range(60):
        comment = make_published(post, parent=comment)
    assert comment.level == 59
    beyond = make_published(post, parent=comment)
    assert beyond.level == 59
    assert beyond.answers_id == comment.pk
    assert beyond.parent_id == comment.parent_id
    assert not list(find_faults())


def test_the_database_refuses_two_comments_at_one_place():
    post = make_post()
    root = make_published(post)
    first, second = make_published(post, parent=root), make_published(post, parent=root)
    with pytest.raises(IntegrityError, match="one_place_in_a_tree"):
        change_and_commit(second, lft=first.lft)


def test_the_database_refuses_two_roots_in_one_tree():
    post = make_post()
    first, second = make_published(post), make_published(post)
    with pytest.raises(IntegrityError, match="one_root_per_tree"):
        change_and_commit(second, tree_id=first.tree_id, lft=5, rght=6)


def test_the_database_refuses_a_parent_under_another_post():
    root = make_published(make_post())
    reply = make_published(root.post, parent=root)
    elsewhere = make_post()
    with pytest.raises(IntegrityError, match="parent_in_the_same_post"):
        change_and_commit(reply, post=elsewhere)


def test_the_database_refuses_a_number_that_was_not_allotted():
    comment = make_published(make_post())
    with pytest.raises(IntegrityError, match="number_was_allotted"):
        change_and_commit(comment, number="7", ordinal=7)


def test_the_database_refuses_a_number_that_was_allotted_to_another_comment():
    post = make_post()
    first, second = make_published(post), make_published(post)
    change = {"number": None, "ordinal": None, "status": "pending"}
    Comment.objects.filter(pk=first.pk).update(**change)
    with pytest.raises(IntegrityError, match="number_was_allotted"):
        change_and_commit(second, number="1", ordinal=1)


def test_the_database_refuses_a_right_edge_before_the_left():
    comment = make_published(make_post())
    with pytest.raises(IntegrityError, match="lft_before_rght"):
        change_and_commit(comment, lft=3)


def test_the_database_refuses_a_published_comment_without_number():
    comment = send(make_post())
    with pytest.raises(IntegrityError, match="published_has_a_number"):
        change_and_commit(comment, status="published")


def test_a_damaged_tree_is_found_and_repaired_and_keeps_its_id():
    post = make_post()
    root = make_published(post)
    replies = [make_published(post, parent=root) for _ in range(3)]
    right = rows(post)
    Comment.objects.filter(pk=replies[0].pk).update(lft=100, rght=101)
    faults = list(find_faults())
    assert {fault.tree_id for fault in faults} == {root.tree_id}
    repair(root.tree_id)
    assert not list(find_faults())
    assert rows(post) == right  # the same places, if not the same order of siblings
    assert set(Comment.objects.values_list("tree_id", flat=True)) == {root.tree_id}


def test_a_comment_that_no_root_leads_to_is_a_fault():
    post = make_post()
    first, second = make_published(post), make_published(post)
    reply = make_published(post, parent=first)
    Comment.objects.filter(pk=reply.pk).update(tree_id=second.tree_id, lft=50, rght=51)
    assert [f.comment_id for f in find_faults() if not f.repairable] == [reply.pk]


def test_plant_puts_new_replies_behind_those_that_are_there():
    post = make_post()
    root = make_published(post)
    make_published(post, parent=root)

    def new(text):
        return Comment(post=post, name="x", text=text, html=text, html_version=1)

    first, under_first, other = new("first"), new("under"), new("other")
    tree.plant([(first, root), (other, None), (under_first, first)])
    order = Comment.objects.filter(tree_id=root.tree_id).order_by("lft")
    assert [row.text for row in order][2:] == ["first", "under"]
    assert not list(find_faults())


@pytest.mark.django_db(transaction=True)
def test_a_fault_that_shows_only_at_commit_becomes_one_error_and_changes_nothing():
    post = make_post()
    root = make_published(post)
    first, second = make_published(post, parent=root), make_published(post, parent=root)

    def work(comment):
        Comment.objects.filter(pk=second.pk).update(lft=first.lft)

    with pytest.raises(TreeBusy):
        tree.under_lock(root.pk, work)
    assert not list(find_faults())


@pytest.mark.django_db(transaction=True)
def test_a_tree_that_a_comment_left_since_it_was_seen_is_not_the_one_that_is_locked():
    post = make_post()
    left, other = make_published(post), make_published(post)
    reply = make_published(post, parent=left)
    move(reply, post, other)
    assert left.tree_id != other.tree_id

    def locked(comment):
        with connection.cursor() as cursor:
            cursor.execute("SELECT objid FROM pg_locks WHERE locktype = 'advisory' AND granted")
            return [row[0] for row in cursor.fetchall()]

    assert other.tree_id in tree.under_lock(reply.pk, locked, seen_in=left.tree_id)


def move(comment, post, parent):
    with transaction.atomic():
        tree.lock_trees({comment.tree_id} | ({parent.tree_id} if parent else set()))
        comment.refresh_from_db()
        if parent:
            parent.refresh_from_db()
        tree.move_branch(comment, post=post, parent=parent)
        numbers.renumber_branch(comment)


def test_a_branch_moves_to_another_post_and_back_with_its_numbers():
    here, there = make_post(), make_post()
    make_published(there)
    root = make_published(here)
    branch = make_published(here, parent=root)
    leaf = make_published(here, parent=branch)
    move(branch, there, None)
    leaf.refresh_from_db()
    assert (branch.number, leaf.number, leaf.post_id) == ("2", "2.1", there.pk)
    assert numbers.find_numbered(here, "1.1.1") == leaf
    move(branch, here, root)
    leaf.refresh_from_db()
    assert (branch.number, leaf.number, leaf.post_id) == ("1.1", "1.1.1", here.pk)
    assert not list(find_faults())


def test_a_number_given_up_by_a_move_is_not_used_again():
    here, there = make_post(), make_post()
    moved = make_published(here)
    move(moved, there, None)
    assert make_published(here).number == "2"


def test_a_comment_does_not_move_below_itself():
    post = make_post()
    root = make_published(post)
    reply = make_published(post, parent=root)
    root.refresh_from_db()
    with pytest.raises(CommentError, match="below itself"), transaction.atomic():
        tree.move_branch(root, post=post, parent=reply)


def test_deleting_a_post_with_comments_is_refused():
    post = make_post(author=make_user())
    make_published(post)
    with pytest.raises(Exception, match="protected"):
        post.delete()
