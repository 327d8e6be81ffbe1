from django.db import migrations, models

# Slow modes go on, without a reason, beside locks: comments.Brake.
FORWARD = """
INSERT INTO comments_brake (head_id, minutes, set_at, reason)
    SELECT head_id, minutes, set_at, '' FROM moderation_slowbranch;
INSERT INTO comments_brake (post_id, minutes, set_at, reason)
    SELECT post_id, minutes, set_at, '' FROM moderation_slowpost;
DROP TRIGGER moderation_slow_post_touches_pages ON moderation_slowpost;
DROP FUNCTION moderation_touch_slow_post;
"""
BACKWARD = """
CREATE FUNCTION moderation_touch_slow_post() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    one moderation_slowpost := coalesce(NEW, OLD);
BEGIN
    PERFORM core_touch('post:' || one.post_id);
    RETURN NULL;
END
$$;
INSERT INTO moderation_slowbranch (head_id, minutes, set_at)
    SELECT head_id, minutes, set_at FROM comments_brake
    WHERE head_id IS NOT NULL AND minutes IS NOT NULL AND lifted_at IS NULL
        AND (until_at IS NULL OR until_at > now());
INSERT INTO moderation_slowpost (post_id, minutes, set_at)
    SELECT post_id, minutes, set_at FROM comments_brake
    WHERE post_id IS NOT NULL AND lifted_at IS NULL AND (until_at IS NULL OR until_at > now());
SET CONSTRAINTS ALL IMMEDIATE;
CREATE CONSTRAINT TRIGGER moderation_slow_post_touches_pages
    AFTER INSERT OR UPDATE OR DELETE ON moderation_slowpost
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION moderation_touch_slow_post();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('comments', '0028_brakes'),
        ('moderation', '0022_indexes_of_lists'),
    ]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.DeleteModel('SlowBranch'),
        migrations.DeleteModel('SlowPost'),
        migrations.AlterField(
            model_name='logentry',
            name='act',
            field=models.CharField(choices=[('received', 'Received'), ('published', 'Published'), ('held', 'Held'), ('rejected', 'Rejected'), ('marked spam', 'Marked Spam'), ('removed', 'Removed'), ('restored', 'Restored'), ('imported', 'Imported'), ('reported', 'Reported'), ('kept', 'Kept'), ('edited', 'Edited'), ('withdrawn', 'Withdrawn'), ('resubmitted', 'Resubmitted'), ('appealed', 'Appealed'), ('policy drafted', 'Policy Drafted'), ('policy published', 'Policy Published'), ('policy discarded', 'Policy Discarded'), ('sanctioned', 'Sanctioned'), ('trusted', 'Trusted'), ('lifted', 'Lifted'), ('slowed', 'Slowed'), ('slow mode changed', 'Slow Mode Changed'), ('no longer slowed', 'No Longer Slowed'), ('redacted', 'Redacted'), ('undone', 'Undone'), ('reply owed', 'Owed'), ('reply no longer owed', 'No Longer Owed'), ('noted', 'Noted'), ('locked', 'Locked'), ('lock changed', 'Lock Changed'), ('unlocked', 'Unlocked'), ('moved', 'Moved'), ('source noted', 'Source Noted')], max_length=20),
        ),
    ]
