"""A function that finds fingerprints by their bands, always by the index.

Postgres can't know how rare a band is, guesses that one in some hundred rows has one, and would
read the whole table to find the first thousand.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION moderation_likely(wanted bigint[], most integer)
    RETURNS TABLE (comment_id bigint, words integer, digest bigint, sketch bytea)
    LANGUAGE sql STABLE ROWS 10
    SET enable_seqscan = off SET jit = off
AS $$
    SELECT f.comment_id, f.words, f.digest, f.sketch FROM moderation_fingerprint f
    WHERE f.bands && wanted LIMIT most
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("moderation", "0008_traces")]
    operations = [
        migrations.RunSQL(FORWARD, "DROP FUNCTION moderation_likely(bigint[], integer)")
    ]
