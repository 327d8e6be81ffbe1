import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

# Above the form of every page of the post stands that it is slowed.
FORWARD = """
CREATE FUNCTION moderation_touch_slow_post() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    one moderation_slowpost := coalesce(NEW, OLD);
BEGIN
    PERFORM core_touch('post:' || one.post_id);
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER moderation_slow_post_touches_pages
    AFTER INSERT OR UPDATE OR DELETE ON moderation_slowpost
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION moderation_touch_slow_post();
"""
BACKWARD = """
DROP TRIGGER moderation_slow_post_touches_pages ON moderation_slowpost;
DROP FUNCTION moderation_touch_slow_post;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('blog', '0008_last_changed'),
        ('moderation', '0020_notes_on_sources'),
    ]

    operations = [
        migrations.CreateModel(
            name='SlowPost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('minutes', models.PositiveIntegerField()),
                ('set_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('post', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='blog.post')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('minutes__gte', 1), ('minutes__lte', 10080)), name='moderation_slow_post_by_a_minute')],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
