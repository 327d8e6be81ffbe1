from django.db import migrations

# The blogroll has pages of its own, and the archive says whether there is one.
FORWARD = """
CREATE CONSTRAINT TRIGGER blog_blogroll_touches_site AFTER INSERT OR UPDATE OR DELETE
    ON blog_blogroll
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION core_touch_site();
"""
BACKWARD = "DROP TRIGGER blog_blogroll_touches_site ON blog_blogroll;"


class Migration(migrations.Migration):

    dependencies = [
        ('blog', '0009_post_last_made'),
    ]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
