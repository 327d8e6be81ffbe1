"""A stored page is never stale: whatever it shows, a change of it is seen by the next request."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from blog.models import Post, RelatedPost, Tag
from comments import numbers, own, public_pages, tree
from comments.models import Brake, Comment, Commenter, OpenReference, Reference
from core import stored_pages
from core.models import SiteSettings, StoredPage
from core.site import save_site
from moderation import services
from moderation.desk.braking import Terms
from moderation.desk.locking import lock_branch, unlock_branch
from moderation.desk.moving import Target, move_branch
from moderation.desk.slowing import end_slow_mode, end_slow_mode_of_post, slow_branch, slow_post
from moderation.desk.undoing import undo_act
from moderation.models import Clause, LogEntry, Rule
from tests.factories import make_post, make_published, make_user, publish, send, write_policy

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = "/posts/a-post/"


@pytest.fixture
def shipped(transactional_db):
    """What migrations put into the tables that the test before this one emptied."""
    call_command("migrate", verbosity=0)


@pytest.fixture
def post(transactional_db):
    return make_post(slug="a-post", title="A post")


def read(address=ADDRESS):
    answer = Client().get(address)
    return answer.content.decode() if answer.status_code == 200 else answer.status_code


@pytest.fixture
def stored(post):
    """Read the page until it is stored, and prove that it is answered from there."""

    def make(address=ADDRESS):
        read(address)
        with CaptureQueriesContext(connection) as captured:
            page = read(address)
        assert len(captured) == 1, [query["sql"] for query in captured]
        return page

    return make


def move(comment, post):
    with transaction.atomic():
        tree.lock_trees([comment.tree_id])
        comment.refresh_from_db()
        tree.move_branch(comment, post=post, parent=None)
        numbers.renumber_branch(comment)


def shift(comment, post):
    """A move by a moderator, which leaves a line."""
    comment.refresh_from_db()
    where = Target(post, None)
    move_branch(comment_id=comment.pk, version=comment.version, target=where, by=make_user())


def act(service, comment, **more):
    comment = Comment.objects.get(pk=comment.pk)
    return service(comment_id=comment.pk, version=comment.version, by=make_user(), **more)


def test_an_unchanged_page_is_one_query(stored, post):
    make_published(post, text="Here.")
    assert "Here." in stored()


def test_publication_removal_and_return(stored, post):
    comment = send(post, "Canary.")
    assert "Canary." not in stored()
    publish(comment)
    assert "Canary." in stored()
    act(services.remove_comment, comment)
    assert "Canary." not in stored()
    act(services.restore_comment, comment)
    assert "Canary." in stored()
    act(services.mark_spam, comment)
    assert "Canary." not in stored()


def test_a_comment_that_waits_changes_no_page(stored, post):
    stored()
    send(post, "See #1.")
    assert stored_pages.find_page(f"{ADDRESS}?") is not None


def test_an_edit(stored, post):
    comment = make_published(post, text="Before.")
    stored()
    own.edit_comment(comment_id=comment.pk, version=comment.version, text="After.")
    page = read()
    assert "After." in page or "another look" in page


def test_links_back_between_posts(stored, post):
    target = make_published(post, name="Hanna")
    source = make_published(post, text="As #1 says, and #3.", name="Joon")
    there = make_post(slug="there")
    move(target, there)
    assert "answered in" in stored("/posts/there/")
    assert "Hanna" in stored()
    act(services.remove_comment, source)
    assert "answered in" not in stored("/posts/there/")
    act(services.restore_comment, source)
    assert "answered in" in stored("/posts/there/")
    act(services.remove_comment, target)
    assert "Hanna" not in stored()
    late = make_published(post, name="Late")
    assert late.number == "3"
    assert 'title="Late"' in stored()
    move(late, there)
    assert 'href="/posts/there/c/2/" title="Late"' in stored()
    Reference.objects.filter(source=source).delete()
    OpenReference.objects.filter(source=source).delete()
    assert "answered in" not in stored("/posts/there/")


def test_a_second_move_is_told_where_the_branch_stood_first(stored, post):
    make_published(post)
    comment = make_published(post)
    there, further = (make_post(slug=name) for name in ("there", "further"))
    shift(comment, there)
    assert 'href="/posts/there/c/1/"' in stored()
    shift(comment, further)
    assert 'href="/posts/further/c/1/"' in read()


def test_a_move(stored, post):
    comment = make_published(post, text="Canary.")
    there = make_post(slug="there")
    assert "Canary." in stored()
    assert "Canary." not in stored("/posts/there/")
    move(comment, there)
    assert "Canary." not in stored()
    assert "Canary." in stored("/posts/there/")


def test_html_made_anew(stored, post):
    comment = make_published(post, text="Text.")
    stored()
    Comment.objects.filter(pk=comment.pk).update(html="<p>Anew.</p>")
    assert "Anew." in read()


def test_who_wrote_a_comment(stored, post):
    comment = make_published(post, name="Hanna")
    before = stored()
    Comment.objects.filter(pk=comment.pk).update(commenter=Commenter.objects.create(name="Hanna"))
    figure = r'<svg class="shape.*?</svg>'
    assert re.findall(figure, read()) != re.findall(figure, before)
    stored()
    Comment.objects.filter(pk=comment.pk).update(name="Another")
    assert "Another" in read()


def test_an_edited_post(stored, post):
    edits = {
        "Another title": {"title": "Another title"},
        "Another body.": {"body": "Another body."},
        "Another summary.": {"summary": "Another summary."},
        "Be brief.": {"comments_notice": "Be brief."},
        "are closed": {"comments_status": "closed"},
        "noindex": {"status": "unlisted"},
    }
    for seen, fields in edits.items():
        assert seen not in stored()
        for name, value in fields.items():
            setattr(post, name, value)
        post.save()
        assert seen in read()


def test_a_post_that_is_taken_back_or_goes_elsewhere(stored, post):
    stored()
    Post.objects.filter(pk=post.pk).update(slug="elsewhere")
    assert read() == 404
    assert "A post" in stored("/posts/elsewhere/")
    other = make_post(slug="a-post", title="The other")
    assert "The other" in stored()
    Post.objects.filter(pk=other.pk).update(status="draft")
    assert read() == 404


def test_tags_menu_and_what_is_beside(stored, post):
    post.tags.add(tag := Tag.objects.create(name="Logic", slug="logic"))
    assert "Logic" in stored()
    Tag.objects.filter(pk=tag.pk).update(name="Dialectic")
    assert "Dialectic" in stored()
    tag.delete()
    assert "Dialectic" not in stored()
    page = make_post(kind="page", slug="about", title="About us", in_menu=True)
    assert "About us" in stored()
    page.delete()
    assert "About us" not in stored()
    beside = make_post(title="The next one", published_at=timezone.now())
    assert "The next one" in stored()
    RelatedPost.objects.create(post=post, other=beside, likeness=1)
    assert "Related posts" in stored()


def test_settings_and_names(stored, post):
    site = SiteSettings.from_environment()
    site.title = "Another site"
    save_site(site)
    assert "Another site" in stored()
    site.language = "de"
    save_site(site)
    assert '<html lang="de">' in stored()
    get_user_model().objects.filter(pk=post.author_id).update(first_name="Ada", last_name="L.")
    assert "Ada L." in stored()


def test_policy_and_rules(shipped, stored, post):
    stored()
    write_policy(canary="No birds.", must_accept=True)
    assert "I have read the comment policy" in stored()
    Rule.objects.filter(kind="old post").update(is_on=True, parameters={"days": 1})
    Post.objects.filter(pk=post.pk).update(published_at=timezone.now() - timedelta(days=3))
    assert "This post is 3 days old" in stored()
    Rule.objects.filter(kind="old post").update(is_on=False)
    assert "days old" not in stored()
    comment = make_published(post)
    act(services.remove_comment, comment, clause=Clause.objects.current().first())
    assert "Removed by a moderator: <a" in stored()


def test_what_the_clock_changes(shipped, stored, post):
    now = timezone.now()
    Post.objects.filter(pk=post.pk).update(comments_close_at=now + timedelta(hours=2))
    make_post(title="To appear", published_at=now + timedelta(hours=1))
    Rule.objects.filter(kind="old post").update(is_on=True, parameters={"days": 1})
    page = stored()
    assert "To appear" not in page
    assert "Write a comment" in page
    with time_machine.travel(now + timedelta(hours=1, seconds=1)):
        assert "To appear" in stored()
    with time_machine.travel(now + timedelta(hours=2, seconds=1)):
        assert "are closed" in stored()
    with time_machine.travel(now + timedelta(hours=25)):
        Post.objects.filter(pk=post.pk).update(comments_close_at=None)
        assert "This post is 1 days old" in stored()
    with time_machine.travel(now + timedelta(hours=49)):
        assert "This post is 2 days old" in stored()


def slow(post, minutes=30, brake=0, **more):
    terms = Terms(minutes=minutes, reason="Too many.", **more)
    slow_post(post_id=post.pk, by=make_user(), terms=terms, brake=brake)


def test_slow_mode_of_a_conversation(stored, post, shipped):
    assert "is slowed" not in stored()
    slow(post)
    assert "This conversation is slowed: one comment in 30 minutes" in stored()
    slow(post, 20, brake=Brake.objects.get().pk)
    assert "in 20 minutes" in stored()
    end_slow_mode_of_post(post_id=post.pk, by=make_user())
    assert "is slowed" not in stored()


def test_slow_mode_of_a_branch_its_end_and_both_taken_back(stored, post):
    comment = make_published(post)
    assert "Too many." not in stored()
    terms = {"minutes": 30, "reason": "Too many."}
    for _ in range(2):
        act(slow_branch, comment, **terms)
        assert "Too many." in stored()
        undo_act(entry_id=LogEntry.objects.latest("pk").pk, by=make_user())
        assert "Too many." not in stored()
    act(slow_branch, comment, **terms)
    stored()
    act(end_slow_mode, comment)
    assert "Too many." not in stored()


def test_slow_modes_are_over_by_the_clock(stored, post, shipped):
    now = timezone.now()
    slow(post, until=now + timedelta(hours=2))
    for hours in (3, 5):
        until = now + timedelta(hours=hours)
        act(slow_branch, make_published(post), minutes=9, reason="Too many.", until=until)
    for hours, seen in ((0, 3), (2, 2), (3, 1), (5, 0)):
        with time_machine.travel(now + timedelta(hours=hours, seconds=1)):
            assert stored().count("Too many.") == seen


def lock(comment, **more):
    act(lock_branch, comment, reason="Enough of this.", **more)


def test_a_lock_its_lifting_and_both_taken_back(stored, post):
    comment = make_published(post)
    assert "Enough" not in stored()
    lock(comment)
    assert "Enough" in stored()
    undo_act(entry_id=LogEntry.objects.latest("pk").pk, by=make_user())
    assert "Enough" not in stored()
    lock(comment)
    assert "Enough" in stored()
    act(unlock_branch, comment)
    assert "Enough" not in stored()
    undo_act(entry_id=LogEntry.objects.latest("pk").pk, by=make_user())
    page = stored()
    assert "Enough" in page
    assert f"{ADDRESS}c/1/reply/" not in page
    shift(comment, make_post(slug="there"))
    assert "Enough" not in stored()
    assert "Enough" in stored("/posts/there/")


def test_a_lock_is_over_by_the_clock(stored, post):
    now = timezone.now()
    lock(make_published(post), until=now + timedelta(hours=2))
    lock(make_published(post), until=now + timedelta(hours=5))
    with time_machine.travel(now + timedelta(hours=2, seconds=-2)):
        assert stored().count("Enough") == 2
    with time_machine.travel(now + timedelta(hours=2, seconds=1)):
        assert stored().count("Enough") == 1
    with time_machine.travel(now + timedelta(hours=5, seconds=1)):
        page = stored()
        assert "Enough" not in page
        assert f"{ADDRESS}c/1/reply/" in page


def test_another_release_or_setting(stored, post, settings):
    for _ in range(3):
        make_published(post)
    stored()
    settings.COMMENTS_PER_PAGE = 2
    assert "Page 1 of 2" in stored()


def test_who_has_a_page_gets_the_headers_of_another_release(stored, post, settings):
    """They do not come with "not modified"."""
    stored()
    etag = Client().get(ADDRESS)["ETag"]
    unchanged = Client().get(ADDRESS, headers={"If-None-Match": etag})
    assert unchanged.status_code == 304
    assert "Content-Security-Policy" not in unchanged
    settings.SECURE_CSP = {"default-src": ["'none'"]}
    again = Client().get(ADDRESS, headers={"If-None-Match": etag})
    assert again.status_code == 200
    assert again["Content-Security-Policy"] == "default-src 'none'"


def test_what_came_while_it_was_built_is_not_missed(stored, post, monkeypatch):
    """The versions are read first: a page of the old is not stored under the new."""
    inner = stored_pages.gzip_of

    def slow(parts):
        if not Comment.objects.exists():
            make_published(post, text="Meanwhile.")
        return inner(parts)

    monkeypatch.setattr(stored_pages, "gzip_of", slow)
    assert "Meanwhile." not in read()
    assert "Meanwhile." in read()


def test_a_page_of_another_post_is_not_stored_for_this_one(stored, post, monkeypatch):
    """Its address went from one post to another between the look-up and the building."""
    key_of = public_pages.key_of

    def change(post_id):
        if not Post.objects.filter(title="The other").exists():
            Post.objects.filter(pk=post.pk).update(slug="elsewhere")
            make_post(slug="a-post", title="The other")
        return key_of(post_id)

    monkeypatch.setattr(public_pages, "key_of", change)
    assert "The other" in read()
    assert not StoredPage.objects.exists()


def test_settings_that_the_process_holds_too_long_are_not_stored(stored, post, monkeypatch):
    site = stored_pages.site
    site.current()
    row = SiteSettings.from_environment()
    row.title, row.version = "Another site", 1
    row.save()  # by another process: this one is not told
    monkeypatch.setattr(site, "renew", lambda version: None)
    read()
    assert not StoredPage.objects.exists()
    monkeypatch.undo()
    assert "Another site" in stored()


def test_pages_are_bounded_in_number_and_bytes(stored, post, monkeypatch):
    monkeypatch.setattr(stored_pages, "MOST_PAGES", 2)
    for number in range(4):
        make_post(slug=f"one-{number}")
    for number in range(4):
        read(f"/posts/one-{number}/")
    kept = StoredPage.objects.order_by("path").values_list("path", flat=True)
    assert list(kept) == ["/posts/one-2/?", "/posts/one-3/?"]
    monkeypatch.setattr(stored_pages, "MOST_BYTES", 10)
    read()
    assert not StoredPage.objects.exists()


def test_which_pages_are_stored(post):
    make_published(post)
    stored_as = {
        "": "?",
        "?utm_source=x": "?",
        "?view=author&x=1": "?view=author",
        "?page=1": "?page=1",
        "?view=chronological&page=1": "?view=chronological&page=1",
        "?by=1": None,
        "?view=nothing": None,
        "?page=99": None,
        "?page=0": None,
    }
    for query, name in stored_as.items():
        StoredPage.objects.all().delete()
        read(ADDRESS + query)
        found = list(StoredPage.objects.values_list("path", flat=True))
        assert found == ([ADDRESS + name] if name else []), query


def test_personal_pages_are_neither_stored_nor_answered_from_there(stored, post):
    make_published(post)
    stored()
    reader = Client()
    reader.cookies["visits"] = "x"
    assert "no-store" in reader.get(ADDRESS)["Cache-Control"]
    reader = Client()
    reader.force_login(make_user(username="mo"))
    assert "mo; the comment appears at once" in reader.get(ADDRESS).content.decode()
    assert "mo; the comment" not in read()


def test_the_counts_of_a_transaction_are_made_at_its_end_and_once(stored, post):
    comment = make_published(post)
    stored()
    before = version(f"post:{post.pk}")
    with transaction.atomic():
        for name in ("A", "B", "C"):
            Comment.objects.filter(pk=comment.pk).update(name=name)
        assert version(f"post:{post.pk}") == before
    assert version(f"post:{post.pk}") > before


def version(key):
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM core_version WHERE key = %s", [key])
        return cursor.fetchone()[0]


# Nothing can be forgotten: what is read for a page has triggers, and every column is judged.

WITHOUT_TRIGGERS = {
    "core_version": "it counts",
    "core_storedpage": "it stores",
    "moderation_logentry": "grows only, in the transaction of the change of a comment",
}
UNSEEN = {
    "id", "lft", "rght", "tree_id", "level",  # parent and ordinal say where it stands
    "mail", "network", "submitted_at", "changed_at", "version", "html_version",
    "status_before_removal",
}  # fmt: skip


def triggers():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, t.tgname, (SELECT array_agg(a.attname) FROM pg_attribute a"
            " WHERE a.attrelid = c.oid AND a.attnum = ANY(t.tgattr)) FROM pg_trigger t"
            " JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid"
            " WHERE p.prosrc LIKE '%core_touch(%' AND t.tgenabled = 'O'"
        )
        return cursor.fetchall()


def test_every_table_that_a_page_reads_has_a_trigger(shipped, post):
    write_policy(canary="No birds.")
    Rule.objects.update(is_on=True)
    target = make_published(post)
    make_published(post, text="As #1 says, and #3.", parent=target)
    act(services.remove_comment, make_published(post), clause=Clause.objects.current().first())
    move(target, make_post())
    lock(make_published(post), clause=Clause.objects.current().first())
    post.tags.add(Tag.objects.create(name="Logic", slug="logic"))
    with CaptureQueriesContext(connection) as captured:
        assert "Removed by" in read()
        read(f"{ADDRESS}?view=chronological")
        read(f"{ADDRESS}?view=author")
    names = set(connection.introspection.table_names())
    read_of = {word for one in captured for word in re.findall(r"\w+", one["sql"])} & names
    assert {"blog_post", "comments_comment", "auth_user", "moderation_policy"} <= read_of
    assert read_of - {table for table, _, _ in triggers()} <= WITHOUT_TRIGGERS.keys()


def test_every_column_of_a_comment_is_watched_or_unseen(post):
    found = {name: columns for _, name, columns in triggers()}
    watched = set(found["comments_change_touches_pages"])
    columns = {field.column for field in Comment._meta.concrete_fields}
    assert watched | UNSEEN == columns
    assert not watched & UNSEEN
