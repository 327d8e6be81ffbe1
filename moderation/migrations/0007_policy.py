"""The policy; what is published of it refuses UPDATE, DELETE and TRUNCATE, whoever asks."""

import django.core.validators
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.functions.comparison
import django.utils.timezone
from django.db import migrations, models


FORWARD = """
CREATE FUNCTION moderation_refuse_change_of_policy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published version of the policy never changes: % refused', TG_OP
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER moderation_published_policy_stays
    BEFORE UPDATE OR DELETE ON moderation_policy
    FOR EACH ROW WHEN (OLD.version IS NOT NULL)
    EXECUTE FUNCTION moderation_refuse_change_of_policy();
CREATE TRIGGER moderation_policy_is_not_emptied
    BEFORE TRUNCATE ON moderation_policy
    FOR EACH STATEMENT EXECUTE FUNCTION moderation_refuse_change_of_policy();

-- The lock waits for a publication that is under way.
CREATE FUNCTION moderation_require_draft() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held record;
BEGIN
    FOR held IN
        SELECT version FROM moderation_policy
        WHERE (TG_OP <> 'INSERT' AND id = OLD.policy_id)
           OR (TG_OP <> 'DELETE' AND id = NEW.policy_id)
        FOR SHARE
    LOOP
        IF held.version IS NOT NULL THEN
            RAISE EXCEPTION 'a published version of the policy never changes: % refused', TG_OP
                USING ERRCODE = 'restrict_violation';
        END IF;
    END LOOP;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END
$$;
CREATE TRIGGER moderation_published_clauses_stay
    BEFORE INSERT OR UPDATE OR DELETE ON moderation_clause
    FOR EACH ROW EXECUTE FUNCTION moderation_require_draft();
CREATE TRIGGER moderation_clauses_are_not_emptied
    BEFORE TRUNCATE ON moderation_clause
    FOR EACH STATEMENT EXECUTE FUNCTION moderation_refuse_change_of_policy();
"""

BACKWARD = """
DROP TRIGGER moderation_clauses_are_not_emptied ON moderation_clause;
DROP TRIGGER moderation_published_clauses_stay ON moderation_clause;
DROP FUNCTION moderation_require_draft;
DROP TRIGGER moderation_policy_is_not_emptied ON moderation_policy;
DROP TRIGGER moderation_published_policy_stays ON moderation_policy;
DROP FUNCTION moderation_refuse_change_of_policy;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('comments', '0011_screening'),
        ('moderation', '0006_learning'),
    ]

    operations = [
        migrations.CreateModel(
            name='Acceptance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('accepted_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Clause',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(blank=True, help_text="What rules name it by, in every version; empty: made from the title. It can't be changed later.", max_length=50, validators=[django.core.validators.RegexValidator('^[a-z][a-z0-9-]*\\Z', 'A key has small letters a to z, digits and hyphens, and begins with a letter.')])),
                ('number', models.PositiveSmallIntegerField(editable=False)),
                ('title', models.CharField(max_length=100)),
                ('text', models.TextField(help_text='In Markdown.')),
                ('html', models.TextField(editable=False)),
            ],
            options={
                'ordering': ['policy', 'number'],
                'default_permissions': ['view'],
            },
        ),
        migrations.CreateModel(
            name='Policy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(blank=True, editable=False, null=True)),
                ('introduction', models.TextField(blank=True, help_text='Above the clauses, in Markdown; may be empty.')),
                ('introduction_html', models.TextField(blank=True, editable=False)),
                ('short_form', models.TextField(blank=True, help_text='Above every comment form, in Markdown, with a link to the whole policy after it; empty: the link alone.')),
                ('short_form_html', models.TextField(blank=True, editable=False)),
                ('must_accept', models.BooleanField(default=False, help_text='Who comments ticks once for each version that they have read it; who is not remembered by a cookie, each time. Staff are never asked.', verbose_name='ask for “I have read it”')),
                ('is_shipped', models.BooleanField(default=False, editable=False)),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('published_at', models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                'verbose_name': 'version of the policy',
                'verbose_name_plural': 'comment policy',
                'permissions': [('publish_policy', 'Can write and publish the comment policy')],
                'default_permissions': ['view'],
            },
        ),
        migrations.AddField(
            model_name='logentry',
            name='clause_id',
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='logentry',
            name='policy_id',
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='report',
            name='clause_id',
            field=models.BigIntegerField(blank=True, help_text='Of the clause as it was worded when this was sent.', null=True),
        ),
        migrations.AlterField(
            model_name='logentry',
            name='act',
            field=models.CharField(choices=[('received', 'Received'), ('published', 'Published'), ('held', 'Held'), ('rejected', 'Rejected'), ('marked spam', 'Marked Spam'), ('removed', 'Removed'), ('restored', 'Restored'), ('imported', 'Imported'), ('reported', 'Reported'), ('kept', 'Kept'), ('edited', 'Edited'), ('withdrawn', 'Withdrawn'), ('resubmitted', 'Resubmitted'), ('appealed', 'Appealed'), ('policy drafted', 'Policy Drafted'), ('policy published', 'Policy Published'), ('policy discarded', 'Policy Discarded')], max_length=20),
        ),
        migrations.AlterField(
            model_name='logentry',
            name='comment_id',
            field=models.BigIntegerField(blank=True, db_index=True, null=True),
        ),
        migrations.AlterField(
            model_name='logentry',
            name='post_id',
            field=models.BigIntegerField(blank=True, db_index=True, null=True),
        ),
        migrations.AlterField(
            model_name='logentry',
            name='status_after',
            field=models.CharField(blank=True, max_length=10),
        ),
        migrations.AlterField(
            model_name='report',
            name='reason',
            field=models.CharField(choices=[('spam', 'Spam or advertising'), ('insult', 'An insult or a threat'), ('off topic', 'Off topic'), ('personal data', "Somebody's personal data"), ('other', 'Something else'), ('clause', 'A clause of the policy')], max_length=20),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('clause_id__isnull', False), ('reason', 'clause')), models.Q(models.Q(('reason', 'clause'), _negated=True), ('clause_id__isnull', True)), _connector='OR'), name='moderation_report_names_its_clause'),
        ),
        migrations.AddField(
            model_name='acceptance',
            name='commenter',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='comments.commenter'),
        ),
        migrations.AddConstraint(
            model_name='policy',
            constraint=models.UniqueConstraint(django.db.models.functions.comparison.Coalesce(models.F('version'), models.Value(0)), name='moderation_one_policy_of_a_version'),
        ),
        migrations.AddConstraint(
            model_name='policy',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', True), ('version__isnull', True)), models.Q(('published_at__isnull', False), ('version__gt', 0)), _connector='OR'), name='moderation_published_policy_has_a_version'),
        ),
        migrations.AddField(
            model_name='clause',
            name='policy',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='clauses', to='moderation.policy'),
        ),
        migrations.AddField(
            model_name='acceptance',
            name='policy',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='moderation.policy'),
        ),
        migrations.AddConstraint(
            model_name='clause',
            constraint=models.UniqueConstraint(fields=('policy', 'key'), name='moderation_one_clause_of_a_key'),
        ),
        migrations.AddConstraint(
            model_name='clause',
            constraint=models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('policy', 'number'), name='moderation_one_clause_of_a_number'),
        ),
        migrations.AddConstraint(
            model_name='clause',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('key', ''), _negated=True), ('number__gt', 0)), name='moderation_clause_has_a_key_and_a_number'),
        ),
        migrations.AddConstraint(
            model_name='acceptance',
            constraint=models.UniqueConstraint(fields=('commenter', 'policy'), name='moderation_accepted_once'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
