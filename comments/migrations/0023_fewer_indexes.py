from django.conf import settings
from django.db import migrations, models
import django.db.models.deletion

# mptt's own index has the columns of the unique constraint, whose index serves as well. It stays in
# Django's eyes, where mptt puts it.
DROP = "DROP INDEX comments_comment_tree_id_l4b1c"
MAKE = "CREATE INDEX comments_comment_tree_id_l4b1c ON comments_comment (tree_id, lft)"


class Migration(migrations.Migration):
    """Where a tree is renumbered, each of its rows goes into every index anew."""

    dependencies = [
        ('blog', '0008_last_changed'),
        ('comments', '0022_places_left_touch_pages'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(DROP, MAKE),
        migrations.AlterField(
            model_name='comment',
            name='answers',
            field=models.ForeignKey(blank=True, db_index=False, help_text='What it replies to, where the depth limit attached it further up.', null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='+', to='comments.comment'),
        ),
        migrations.AlterField(
            model_name='comment',
            name='commenter',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='comments', to='comments.commenter'),
        ),
        migrations.AlterField(
            model_name='comment',
            name='post',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='blog.post'),
        ),
        migrations.AlterField(
            model_name='comment',
            name='user',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(condition=models.Q(('answers__isnull', False)), fields=['answers'], name='comments_answering'),
        ),
    ]
