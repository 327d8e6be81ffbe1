from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('blog', '0008_last_changed'),
        ('comments', '0025_queue_with_what_is_counted'),
    ]

    operations = [
        migrations.AddField(
            model_name='receivedmention',
            name='said',
            field=models.TextField(blank=True, db_default='', default='', help_text='What its page said last, as a comment.'),
        ),
        migrations.AddField(
            model_name='receivedmention',
            name='is_changed',
            field=models.BooleanField(db_default=False, default=False, help_text='Its page says something else than the public comment, and nobody looked at it.', verbose_name='says something else by now'),
        ),
        migrations.AddIndex(
            model_name='receivedmention',
            index=models.Index(condition=models.Q(('is_changed', True)), fields=['comment'], name='comments_changed_mentions'),
        ),
    ]
