from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('moderation', '0017_branch_moves'),
    ]

    operations = [
        migrations.AddField(
            model_name='usedlink',
            name='log_entry_id',
            field=models.BigIntegerField(help_text='Of the act that it was used for.', null=True),
        ),
    ]
