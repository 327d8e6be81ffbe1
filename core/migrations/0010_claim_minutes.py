import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0009_reports_to_hold'),
    ]

    operations = [
        migrations.AddField(
            model_name='sitesettings',
            name='claim_minutes',
            field=models.PositiveSmallIntegerField(db_default=15, default=15, help_text="For so long “I'm on it” at the desk tells other moderators that somebody is at a comment; 0: nobody is offered it.", validators=[django.core.validators.MaxValueValidator(1440)], verbose_name='minutes that a claim holds'),
        ),
    ]
