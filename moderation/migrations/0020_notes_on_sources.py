import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('moderation', '0019_claims'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='logentry',
            name='source_id',
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='source',
            name='noted_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='source',
            name='noted_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='logentry',
            name='act',
            field=models.CharField(choices=[('received', 'Received'), ('published', 'Published'), ('held', 'Held'), ('rejected', 'Rejected'), ('marked spam', 'Marked Spam'), ('removed', 'Removed'), ('restored', 'Restored'), ('imported', 'Imported'), ('reported', 'Reported'), ('kept', 'Kept'), ('edited', 'Edited'), ('withdrawn', 'Withdrawn'), ('resubmitted', 'Resubmitted'), ('appealed', 'Appealed'), ('policy drafted', 'Policy Drafted'), ('policy published', 'Policy Published'), ('policy discarded', 'Policy Discarded'), ('sanctioned', 'Sanctioned'), ('trusted', 'Trusted'), ('lifted', 'Lifted'), ('slowed', 'Slowed'), ('no longer slowed', 'No Longer Slowed'), ('redacted', 'Redacted'), ('undone', 'Undone'), ('reply owed', 'Owed'), ('reply no longer owed', 'No Longer Owed'), ('noted', 'Noted'), ('locked', 'Locked'), ('unlocked', 'Unlocked'), ('moved', 'Moved'), ('source noted', 'Source Noted')], max_length=20),
        ),
        migrations.AddIndex(
            model_name='source',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.search.SearchVector(models.Func(models.F('address'), models.Value('[^[:alnum:]]+'), models.Value(' '), models.Value('g'), function='regexp_replace', output_field=models.TextField()), 'note', config='simple'), name='moderation_source_words'),
        ),
    ]
