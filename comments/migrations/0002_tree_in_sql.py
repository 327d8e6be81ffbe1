"""What Django can't say of the tree: ids from a sequence, and three deferred constraints.

A partial unique index can't be deferred, and a move makes two roots share a tree for a moment;
hence the EXCLUDE. A foreign key of two columns holds a reply to its parent's post, and another
holds a current number to one that was allotted.
"""

from django.db import migrations

FORWARD = """
CREATE SEQUENCE comments_tree_id AS integer;

ALTER TABLE comments_comment
    ADD CONSTRAINT comments_one_root_per_tree
    EXCLUDE USING btree (tree_id WITH =) WHERE (parent_id IS NULL)
    DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT comments_parent_in_the_same_post
    FOREIGN KEY (parent_id, post_id) REFERENCES comments_comment (id, post_id)
    DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT comments_number_was_allotted
    FOREIGN KEY (post_id, number) REFERENCES comments_place (post_id, number)
    DEFERRABLE INITIALLY DEFERRED;
"""

BACKWARD = """
ALTER TABLE comments_comment
    DROP CONSTRAINT comments_one_root_per_tree,
    DROP CONSTRAINT comments_parent_in_the_same_post,
    DROP CONSTRAINT comments_number_was_allotted;
DROP SEQUENCE comments_tree_id;
"""


class Migration(migrations.Migration):
    dependencies = [("comments", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
