"""The log refuses UPDATE, DELETE and TRUNCATE, whoever asks."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION moderation_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the moderation log is append-only: % refused', TG_OP
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER moderation_log_is_append_only
    BEFORE UPDATE OR DELETE ON moderation_logentry
    FOR EACH ROW EXECUTE FUNCTION moderation_refuse_change();
CREATE TRIGGER moderation_log_is_not_emptied
    BEFORE TRUNCATE ON moderation_logentry
    FOR EACH STATEMENT EXECUTE FUNCTION moderation_refuse_change();
"""

BACKWARD = """
DROP TRIGGER moderation_log_is_not_emptied ON moderation_logentry;
DROP TRIGGER moderation_log_is_append_only ON moderation_logentry;
DROP FUNCTION moderation_refuse_change;
"""


class Migration(migrations.Migration):
    dependencies = [("moderation", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
