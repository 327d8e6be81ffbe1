from django.db import migrations

# The same question as before, in a language whose plans are kept: it is asked for each comment of a
# branch that moves, and planning it took most of the time.
LINKED = """
    PERFORM core_touch('post:' || post_id) FROM (
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
    ) AS linked ORDER BY post_id"""
FUNCTION = "CREATE OR REPLACE FUNCTION comments_touch_linked(comment bigint) RETURNS void"
FORWARD = f"{FUNCTION} LANGUAGE plpgsql AS $$ BEGIN {LINKED}; END $$"
BACKWARD = f"{FUNCTION} LANGUAGE sql AS $$ {LINKED.replace('PERFORM', 'SELECT')} $$"


class Migration(migrations.Migration):

    dependencies = [
        ('comments', '0026_renewed_mentions'),
    ]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
