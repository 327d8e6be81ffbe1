from django.db import migrations

# A page where a comment once stood shows one line that says where it is now: under which number,
# on which post. So a further move, or a new number, changes that page too.
FORWARD = """
CREATE OR REPLACE FUNCTION comments_touch_linked(comment bigint) RETURNS void LANGUAGE sql AS $$
    SELECT core_touch('post:' || post_id) FROM (
        SELECT c.post_id FROM comments_reference r JOIN comments_comment c ON c.id = r.source_id
            WHERE r.target_id = comment
        UNION SELECT c.post_id FROM comments_reference r
            JOIN comments_comment c ON c.id = r.target_id WHERE r.source_id = comment
        UNION SELECT c.post_id FROM comments_place p
            JOIN comments_openreference o ON (o.post_id, o.number) = (p.post_id, p.number)
            JOIN comments_comment c ON c.id = o.source_id WHERE p.comment_id = comment
        UNION SELECT c.post_id FROM comments_openreference o
            JOIN comments_place p ON (p.post_id, p.number) = (o.post_id, o.number)
            JOIN comments_comment c ON c.id = p.comment_id WHERE o.source_id = comment
        UNION SELECT p.post_id FROM comments_place p WHERE p.comment_id = comment
    ) AS linked ORDER BY post_id
$$;
"""

BACKWARD = """
CREATE OR REPLACE FUNCTION comments_touch_linked(comment bigint) RETURNS void LANGUAGE sql AS $$
    SELECT core_touch('post:' || post_id) FROM (
        SELECT c.post_id FROM comments_reference r JOIN comments_comment c ON c.id = r.source_id
            WHERE r.target_id = comment
        UNION SELECT c.post_id FROM comments_reference r
            JOIN comments_comment c ON c.id = r.target_id WHERE r.source_id = comment
        UNION SELECT c.post_id FROM comments_place p
            JOIN comments_openreference o ON (o.post_id, o.number) = (p.post_id, p.number)
            JOIN comments_comment c ON c.id = o.source_id WHERE p.comment_id = comment
        UNION SELECT c.post_id FROM comments_openreference o
            JOIN comments_place p ON (p.post_id, p.number) = (o.post_id, o.number)
            JOIN comments_comment c ON c.id = p.comment_id WHERE o.source_id = comment
    ) AS linked ORDER BY post_id
$$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('comments', '0021_places_left'),
    ]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
