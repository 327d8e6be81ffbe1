from django.db import migrations

# What stands above the form: the short form of the policy, what rules tell before the words.
FORWARD = """
CREATE CONSTRAINT TRIGGER moderation_rules_touch_site
    AFTER INSERT OR UPDATE OR DELETE ON moderation_rule
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION core_touch_site();
CREATE CONSTRAINT TRIGGER moderation_policy_touches_site
    AFTER INSERT OR UPDATE OR DELETE ON moderation_policy
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION core_touch_site();
CREATE CONSTRAINT TRIGGER moderation_clauses_touch_site
    AFTER INSERT OR UPDATE OR DELETE ON moderation_clause
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION core_touch_site();
"""
BACKWARD = """
DROP TRIGGER moderation_clauses_touch_site ON moderation_clause;
DROP TRIGGER moderation_policy_touches_site ON moderation_policy;
DROP TRIGGER moderation_rules_touch_site ON moderation_rule;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('moderation', '0014_notes_on_persons'),
        ('core', '0008_versions_of_pages'),
    ]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
