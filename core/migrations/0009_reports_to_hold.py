from django.conf import settings
from django.db import migrations, models


def take_from_the_environment(apps, schema_editor):
    """What held until now goes on to hold."""
    apps.get_model("core", "SiteSettings").objects.update(
        reports_to_hold=settings.COMMENT_REPORTS_TO_HOLD
    )


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0008_versions_of_pages'),
    ]

    operations = [
        migrations.AddField(
            model_name='sitesettings',
            name='reports_to_hold',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, help_text='At so many unanswered reports by different readers a comment waits for a moderator again; 0: reports never hide anything.', verbose_name='reports that take a comment back'),
        ),
        migrations.RunPython(take_from_the_environment, migrations.RunPython.noop),
    ]
