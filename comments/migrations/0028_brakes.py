import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

# A lock and slow mode are rows of one table, which a branch or a post has. The line at the head of
# a branch, and that above the form, are on the pages of its post.
TOUCH = """
CREATE OR REPLACE FUNCTION comments_touch_lock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM core_touch('post:' || post_id) FROM (
        SELECT post_id FROM comments_comment
        WHERE id IN (NEW.head_id, OLD.head_id) AND number IS NOT NULL
        UNION
        SELECT id FROM unnest(ARRAY[NEW.post_id, OLD.post_id]) AS slowed(id) WHERE id IS NOT NULL
    ) AS shown ORDER BY post_id;
    RETURN NULL;
END
$$;
"""
TOUCH_BRANCHES = """
DELETE FROM comments_brake WHERE minutes IS NOT NULL;
SET CONSTRAINTS ALL IMMEDIATE;
CREATE OR REPLACE FUNCTION comments_touch_lock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM core_touch('post:' || post_id) FROM (
        SELECT DISTINCT post_id FROM comments_comment
        WHERE id IN (NEW.head_id, OLD.head_id) AND number IS NOT NULL
    ) AS shown ORDER BY post_id;
    RETURN NULL;
END
$$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('blog', '0008_last_changed'),
        ('comments', '0027_touch_linked_pages_sooner'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint('branchlock', 'comments_locked_once'),
        migrations.RemoveConstraint('branchlock', 'comments_lock_says_why'),
        migrations.RemoveConstraint('branchlock', 'comments_lock_ends_after_it_began'),
        migrations.RenameModel('BranchLock', 'Brake'),
        migrations.RenameField('brake', 'locked_by', 'set_by'),
        migrations.RenameField('brake', 'locked_at', 'set_at'),
        migrations.AlterField('brake', 'head', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='brakes', to='comments.comment')),
        migrations.AlterField('brake', 'reason', models.CharField(blank=True, help_text='Readers see it.', max_length=300)),
        migrations.AddField('brake', 'post', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='blog.post')),
        migrations.AddField('brake', 'minutes', models.PositiveIntegerField(blank=True, null=True)),
        # Backwards the rows that only this version knows go, and what waits for COMMIT is done then.
        migrations.RunSQL(TOUCH, TOUCH_BRANCHES),
        migrations.AddConstraint('brake', models.UniqueConstraint(condition=Q(('lifted_at', None), ('minutes', None)), fields=('head',), name='comments_locked_once')),
        migrations.AddConstraint('brake', models.UniqueConstraint(condition=Q(('lifted_at', None), ('minutes__isnull', False)), fields=('head',), name='comments_slowed_once')),
        migrations.AddConstraint('brake', models.UniqueConstraint(condition=Q(('lifted_at', None)), fields=('post',), name='comments_post_slowed_once')),
        migrations.AddConstraint('brake', models.CheckConstraint(condition=Q(Q(('head__isnull', False), ('post', None)), Q(('head', None), ('minutes__isnull', False), ('post__isnull', False)), _connector='OR'), name='comments_brake_of_branch_or_post')),
        migrations.AddConstraint('brake', models.CheckConstraint(condition=Q(Q(('reason', ''), _negated=True), ('minutes__isnull', False), _connector='OR'), name='comments_lock_says_why')),
        migrations.AddConstraint('brake', models.CheckConstraint(condition=Q(('until_at', None), ('until_at__gt', F('set_at')), _connector='OR'), name='comments_lock_ends_after_it_began')),
        migrations.AddConstraint('brake', models.CheckConstraint(condition=Q(('minutes', None), Q(('minutes__gte', 1), ('minutes__lte', 10080)), _connector='OR'), name='comments_slow_by_a_minute')),
    ]
