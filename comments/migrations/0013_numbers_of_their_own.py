"""A current number is one that was allotted to this very comment; when texts were last edited."""

from django.db import migrations

FORWARD = """
ALTER TABLE comments_comment
    DROP CONSTRAINT comments_number_was_allotted,
    ADD CONSTRAINT comments_number_was_allotted
    FOREIGN KEY (post_id, number, id) REFERENCES comments_place (post_id, number, comment_id)
    DEFERRABLE INITIALLY DEFERRED;

UPDATE comments_comment c SET edited_at = r.last
    FROM (SELECT comment_id, max(replaced_at) AS last FROM comments_revision GROUP BY 1) r
    WHERE r.comment_id = c.id AND r.last > c.published_at;
"""

BACKWARD = """
ALTER TABLE comments_comment
    DROP CONSTRAINT comments_number_was_allotted,
    ADD CONSTRAINT comments_number_was_allotted
    FOREIGN KEY (post_id, number) REFERENCES comments_place (post_id, number)
    DEFERRABLE INITIALLY DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [("comments", "0012_edited_and_awaited")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
