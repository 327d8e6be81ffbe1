from django.db import migrations

# What readers see of a comment is on its post's page, and what it refers to, or what refers to it,
# may be on another's. UPDATE OF names the columns that pages show (a test holds the list against
# the model), so that renumbering a tree costs nothing; what has no number is on no page.
FORWARD = """
CREATE FUNCTION comments_touch_linked(comment bigint) RETURNS void LANGUAGE sql AS $$
    SELECT core_touch('post:' || post_id) FROM (
        SELECT c.post_id FROM comments_reference r JOIN comments_comment c ON c.id = r.source_id
            WHERE r.target_id = comment
        UNION SELECT c.post_id FROM comments_reference r
            JOIN comments_comment c ON c.id = r.target_id WHERE r.source_id = comment
        UNION SELECT c.post_id FROM comments_place p
            JOIN comments_openreference o ON (o.post_id, o.number) = (p.post_id, p.number)
            JOIN comments_comment c ON c.id = o.source_id WHERE p.comment_id = comment
        UNION SELECT c.post_id FROM comments_openreference o
            JOIN comments_place p ON (p.post_id, p.number) = (o.post_id, o.number)
            JOIN comments_comment c ON c.id = p.comment_id WHERE o.source_id = comment
    ) AS linked ORDER BY post_id
$$;
CREATE FUNCTION comments_touch_pages() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    gone bigint := CASE WHEN TG_OP <> 'INSERT' THEN OLD.post_id END;
    come bigint := CASE WHEN TG_OP <> 'DELETE' THEN NEW.post_id END;
BEGIN
    PERFORM core_touch('post:' || coalesce(come, gone));
    IF gone <> come THEN
        PERFORM core_touch('post:' || gone);
    END IF;
    PERFORM comments_touch_linked(coalesce(NEW.id, OLD.id));
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER comments_new_touches_pages AFTER INSERT ON comments_comment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.number IS NOT NULL)
    EXECUTE FUNCTION comments_touch_pages();
CREATE CONSTRAINT TRIGGER comments_gone_touches_pages AFTER DELETE ON comments_comment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.number IS NOT NULL)
    EXECUTE FUNCTION comments_touch_pages();
CREATE CONSTRAINT TRIGGER comments_change_touches_pages AFTER UPDATE OF
    post_id, parent_id, answers_id, user_id, commenter_id, name, text, html, status, continues,
    removed_by, number, ordinal, published_at, edited_at
    ON comments_comment DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.number IS NOT NULL OR NEW.number IS NOT NULL)
    EXECUTE FUNCTION comments_touch_pages();

CREATE FUNCTION comments_touch_ends_of_reference() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    one comments_reference := coalesce(NEW, OLD);
BEGIN
    PERFORM core_touch('post:' || post_id) FROM (
        SELECT DISTINCT post_id FROM comments_comment WHERE id IN (one.source_id, one.target_id)
        AND EXISTS (
            SELECT FROM comments_comment WHERE id = one.source_id AND number IS NOT NULL)
    ) AS ends ORDER BY post_id;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER comments_reference_touches_pages
    AFTER INSERT OR UPDATE OR DELETE ON comments_reference
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION comments_touch_ends_of_reference();

CREATE FUNCTION comments_touch_ends_of_open_reference() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    one comments_openreference := coalesce(NEW, OLD);
BEGIN
    PERFORM core_touch('post:' || post_id) FROM (
        SELECT source.post_id FROM comments_comment source
            WHERE source.id = one.source_id AND source.number IS NOT NULL
        UNION SELECT target.post_id FROM comments_place place
            JOIN comments_comment target ON target.id = place.comment_id
            JOIN comments_comment source ON source.id = one.source_id
            WHERE (place.post_id, place.number) = (one.post_id, one.number)
            AND source.number IS NOT NULL
    ) AS ends ORDER BY post_id;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER comments_open_reference_touches_pages
    AFTER INSERT OR UPDATE OR DELETE ON comments_openreference
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    EXECUTE FUNCTION comments_touch_ends_of_open_reference();

CREATE FUNCTION comments_touch_place() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    one comments_place := coalesce(NEW, OLD);
BEGIN
    PERFORM core_touch('post:' || post_id) FROM (
        SELECT source.post_id FROM comments_openreference o
            JOIN comments_comment source ON source.id = o.source_id
            WHERE (o.post_id, o.number) = (one.post_id, one.number)
        UNION SELECT post_id FROM comments_comment WHERE id = one.comment_id
    ) AS ends ORDER BY post_id;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER comments_place_touches_pages
    AFTER INSERT OR DELETE OR UPDATE OF comment_id, post_id, number ON comments_place
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION comments_touch_place();
"""
BACKWARD = """
DROP TRIGGER comments_place_touches_pages ON comments_place;
DROP FUNCTION comments_touch_place;
DROP TRIGGER comments_open_reference_touches_pages ON comments_openreference;
DROP FUNCTION comments_touch_ends_of_open_reference;
DROP TRIGGER comments_reference_touches_pages ON comments_reference;
DROP FUNCTION comments_touch_ends_of_reference;
DROP TRIGGER comments_change_touches_pages ON comments_comment;
DROP TRIGGER comments_gone_touches_pages ON comments_comment;
DROP TRIGGER comments_new_touches_pages ON comments_comment;
DROP FUNCTION comments_touch_pages;
DROP FUNCTION comments_touch_linked;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('comments', '0019_redactions'),
        ('core', '0008_versions_of_pages'),
    ]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
