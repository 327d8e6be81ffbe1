import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

# core_touch counts a change. It is called by constraint triggers at COMMIT, so that nobody waits
# for the row longer than a commit takes; of many calls in a transaction one counts. A number is
# never given twice, also not when an older copy of the database is brought back: it holds the time.
FORWARD = """
ALTER TABLE core_storedpage SET UNLOGGED;
ALTER TABLE core_storedpage ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE FUNCTION core_touch(what text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    now_counted bigint := extract(epoch FROM clock_timestamp()) * 1000000;
BEGIN
    IF NOT EXISTS (
        SELECT FROM core_version WHERE key = what AND xmin = pg_current_xact_id()::xid
    ) THEN
        INSERT INTO core_version AS v (key, value) VALUES (what, now_counted)
        ON CONFLICT (key) DO UPDATE SET value = greatest(v.value + 1, excluded.value);
    END IF;
END
$$;
CREATE FUNCTION core_touch_site() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM core_touch('site');
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER core_settings_touch_site
    AFTER INSERT OR UPDATE OR DELETE ON core_sitesettings DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION core_touch_site();
CREATE CONSTRAINT TRIGGER core_names_touch_site AFTER UPDATE ON auth_user
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN ((OLD.username, OLD.first_name, OLD.last_name)
        IS DISTINCT FROM (NEW.username, NEW.first_name, NEW.last_name))
    EXECUTE FUNCTION core_touch_site();
"""
BACKWARD = """
DROP TRIGGER core_names_touch_site ON auth_user;
DROP TRIGGER core_settings_touch_site ON core_sitesettings;
DROP FUNCTION core_touch_site;
DROP FUNCTION core_touch;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0007_webmention_and_websub'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='Version',
            fields=[
                ('key', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('value', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='StoredPage',
            fields=[
                ('path', models.CharField(max_length=300, primary_key=True, serialize=False)),
                ('key', models.CharField(help_text='Of the version that it was made of.', max_length=40)),
                ('key_version', models.BigIntegerField()),
                ('site_version', models.BigIntegerField()),
                ('release', models.CharField(max_length=40)),
                ('valid_until', models.DateTimeField()),
                ('etag', models.CharField(max_length=40)),
                ('body', models.BinaryField(help_text='Compressed with gzip.')),
                ('size', models.PositiveIntegerField(help_text='Of the body, as it is stored.')),
                ('stored_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'indexes': [models.Index(fields=['-stored_at', 'size'], name='core_page_newest')],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
