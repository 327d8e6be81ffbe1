from django.db import migrations

# A post stands in the menu, beside its neighbours and among those on like things: so a change of a
# public one makes every page anew. Only what is related is told to the one page that shows it.
FORWARD = """
CREATE CONSTRAINT TRIGGER blog_new_post_touches_site AFTER INSERT ON blog_post
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.status <> 'draft') EXECUTE FUNCTION core_touch_site();
CREATE CONSTRAINT TRIGGER blog_post_touches_site AFTER UPDATE ON blog_post
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.* IS DISTINCT FROM NEW.* AND (OLD.status <> 'draft' OR NEW.status <> 'draft'))
    EXECUTE FUNCTION core_touch_site();
CREATE CONSTRAINT TRIGGER blog_gone_post_touches_site AFTER DELETE ON blog_post
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION core_touch_site();
CREATE CONSTRAINT TRIGGER blog_tag_touches_site AFTER UPDATE OR DELETE ON blog_tag
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION core_touch_site();
CREATE CONSTRAINT TRIGGER blog_tagging_touches_site
    AFTER INSERT OR UPDATE OR DELETE ON blog_post_tags
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION core_touch_site();
CREATE FUNCTION blog_touch_related() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM core_touch('post:' || coalesce(NEW.post_id, OLD.post_id));
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER blog_related_touches_post
    AFTER INSERT OR UPDATE OR DELETE ON blog_relatedpost
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION blog_touch_related();
"""
BACKWARD = """
DROP TRIGGER blog_related_touches_post ON blog_relatedpost;
DROP FUNCTION blog_touch_related;
DROP TRIGGER blog_tagging_touches_site ON blog_post_tags;
DROP TRIGGER blog_tag_touches_site ON blog_tag;
DROP TRIGGER blog_gone_post_touches_site ON blog_post;
DROP TRIGGER blog_post_touches_site ON blog_post;
DROP TRIGGER blog_new_post_touches_site ON blog_post;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('blog', '0006_telling_others'),
        ('core', '0008_versions_of_pages'),
    ]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
