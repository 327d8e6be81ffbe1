"""The site, but a new comment is one INSERT: no lock, no parent, no tree. For bench.write alone."""

from unittest import mock

from config.wsgi import application  # isort: skip (it makes the models ready)

from django.db import models, transaction

from comments import tree
from comments.models import Comment

__all__ = ["application"]


def without_lock(comment_id, work, *, seen_in=None):
    with transaction.atomic(durable=True):
        return work(Comment.objects.select_related("post").get(pk=comment_id))


def as_one_row(comment, parent=None):
    comment.lft, comment.rght, comment.level = 1, 2, 0
    comment.tree_id = Comment.objects._get_next_tree_id()
    models.Model.save(comment, force_insert=True)


mock.patch.object(tree, "under_lock", without_lock).start()
mock.patch.object(tree, "add_root", as_one_row).start()
mock.patch.object(tree, "add_reply", as_one_row).start()
