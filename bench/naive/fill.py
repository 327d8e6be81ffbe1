"""Copy a post of the site, with its conversation, into the naive tables: run as a program."""

import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.naive.settings"
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

COPY = """
    INSERT INTO naive_post (id, title, slug, body) SELECT id, title, slug, body FROM blog_post;
    INSERT INTO naive_comment
        (id, post_id, parent_id, name, body, is_public, created_at, lft, rght, tree_id, level)
    SELECT id, post_id, parent_id, name, text, true, submitted_at, lft, rght, tree_id, level
    FROM comments_comment;
    ANALYZE naive_comment;"""

if __name__ == "__main__":
    call_command("migrate", run_syncdb=True, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(COPY)
    sys.exit(0)
