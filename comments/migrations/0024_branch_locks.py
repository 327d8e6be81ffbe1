import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

# A lock stands at the head of its branch, and takes the links to reply away below it. That it is
# over by the clock, comments.public_pages.valid_until knows.
FORWARD = """
CREATE FUNCTION comments_touch_lock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM core_touch('post:' || post_id) FROM (
        SELECT DISTINCT post_id FROM comments_comment
        WHERE id IN (NEW.head_id, OLD.head_id) AND number IS NOT NULL
    ) AS shown ORDER BY post_id;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER comments_lock_touches_pages
    AFTER INSERT OR UPDATE OR DELETE ON comments_branchlock
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION comments_touch_lock();
"""
BACKWARD = """
DROP TRIGGER comments_lock_touches_pages ON comments_branchlock;
DROP FUNCTION comments_touch_lock;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('comments', '0023_fewer_indexes'),
        ('core', '0008_versions_of_pages'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BranchLock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(help_text='Readers see it.', max_length=300)),
                ('clause_id', models.BigIntegerField(blank=True, null=True)),
                ('locked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('until_at', models.DateTimeField(blank=True, null=True)),
                ('lifted_at', models.DateTimeField(blank=True, null=True)),
                ('head', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='locks', to='comments.comment')),
                ('locked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('lifted_at', None)), fields=('head',), name='comments_locked_once'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='comments_lock_says_why'), models.CheckConstraint(condition=models.Q(('until_at', None), ('until_at__gt', models.F('locked_at')), _connector='OR'), name='comments_lock_ends_after_it_began')],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
