"""import_wordpress on exports written for these tests: what comes in, what stays out, and twice."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.redirects.models import Redirect
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from blog.models import Post, Tag
from comments import markup
from comments.faults import find_faults
from comments.models import Comment, Place
from moderation import services
from moderation.models import Act, LogEntry
from moderation.retention import overdue
from tests.factories import make_user
from tests.transfer import wxr_files
from transfer.models import ImportedItem

pytestmark = pytest.mark.django_db

FIXTURES = Path(__file__).parent / "fixtures"


def bring(path, **options):
    call_command("import_wordpress", str(path), **options)


@pytest.fixture
def argument(capsys):
    """The fixture with one of everything, imported; its report."""
    bring(FIXTURES / "argument.xml")
    return capsys.readouterr().out


@pytest.fixture
def make_export(tmp_path):
    def make(*items):
        path = tmp_path / "export.xml"
        path.write_text(wxr_files.export(*items))
        return path

    return make


def snapshot():
    """All that an import can touch."""
    return [
        sorted(map(repr, model.objects.values_list()))
        for model in (Post, Tag, Comment, Place, LogEntry, ImportedItem, get_user_model())
    ]


def by_name(name):
    return Comment.objects.get(name=name)


def test_a_post_arrives_with_its_fields(argument):
    post = Post.objects.get(title="Liberty & law")
    assert (post.kind, post.status, post.comments_status) == ("post", "published", "open")
    assert post.slug == "自由-and-law"
    assert post.published_at == datetime(2013, 1, 15, 10, tzinfo=UTC)
    assert post.summary == "First lines broken once. Second paragraph."
    assert sorted(post.tags.values_list("name", flat=True)) == ["Politics", "R&D"]
    assert "<p>First lines<br>\nbroken once.</p>" in post.body_html
    assert "alert" not in post.body_html


def test_a_page_keeps_off_the_sites_own_addresses_and_both_of_one_id_come(argument):
    pages = Post.objects.pages().order_by("pk")
    assert [page.slug for page in pages] == ["search-2", "search-3"]
    assert pages[0].body_html == "<p>A page.</p>"
    assert pages[0].summary == "What it says."


def test_what_was_not_public_is_a_draft_and_the_future_stays_in_the_future(argument):
    drafts = Post.objects.filter(status="draft").order_by("pk")
    assert [post.slug for post in drafts] == [
        "secret",
        "private",
        "a-draft-without-a-title-has-words-enough",
    ]
    assert drafts[2].title == "A draft without a title has words enough…"
    later = Post.objects.get(slug="tomorrow")
    assert later.status == "published"
    assert not later.is_published


def test_statuses_names_and_dates_of_comments(argument):
    assert (by_name("Tom & Jerry").status, by_name("Tom & Jerry").mail) == ("published", "")
    waiting = by_name("Anonymous")
    assert waiting.status == "pending"
    assert waiting.submitted_at == datetime(2013, 1, 17, 8, tzinfo=UTC)
    assert by_name("Spammer").status == "spam"
    rude = by_name("Rude")
    assert (rude.status, rude.removed_by, rude.number) == ("removed", "moderator", None)
    unmarked = by_name("Unmarked")
    assert (unmarked.status, unmarked.submitted_at.day) == ("pending", 15)
    thomas = by_name("Thomas")
    assert thomas.published_at == thomas.submitted_at == datetime(2013, 1, 16, 9, tzinfo=UTC)
    assert thomas.mail == "thomas@example.org"


def test_parents_and_numbers(argument):
    assert by_name("Thomas").parent.name == "Tom & Jerry"
    numbers = dict(Comment.objects.exclude(number=None).values_list("name", "number"))
    assert numbers == {
        "Tom & Jerry": "1",
        "Thomas": "1.1",
        "Anonymous": "2",
        "Ada": "2.1",
        "Orphan": "3",
        "To a pingback": "4",
        "Ouro": "5",
        "Boros": "5.1",
        "Narcissus": "6",
    }
    assert not list(find_faults())


def test_comment_text_is_markdown_that_renders_to_what_is_stored(argument):
    thomas = by_name("Thomas")
    assert thomas.text == r"The \*stars\* and \_lines\_ are literal; *this* is not."
    assert by_name("Orphan").text == "My parent was deleted. Still here."
    for comment in Comment.objects.all():
        assert comment.html == markup.render(comment.text)


def test_addresses_of_machines_and_sites_are_dropped(argument):
    stored = repr(snapshot())
    assert "192.0.2.77" not in stored
    assert "thomas.example" not in stored


def test_every_comment_has_its_log_row_and_no_mail_is_sent(argument):
    rows = LogEntry.objects.filter(act=Act.IMPORTED, actor_id=None)
    assert set(rows.values_list("comment_id", "status_after", "number")) == {
        (comment.pk, comment.status, comment.number or "") for comment in Comment.objects.all()
    }
    assert not mail.outbox


def test_the_report_says_what_was_left_out_and_why(argument):
    lines = {" ".join(line.split()) for line in argument.splitlines()}
    assert lines >= {
        "made: draft, it had a password 1",
        "made: draft, it was private 1",
        "made: to appear later 1",
        "left out: in the trash 1",
        "left out: attachment 1",
        "left out: not WordPress's own 1",
        "left out: pingback 1",
        "left out: no text 1",
        "left out: twice in the file 1",
        "left out: with their post 1",
        "of these: at the top, their parent is not here 2",
        "of these: at the top, they answer each other 2",
        "of these: numbered, not public, for their replies 1",
        "made: published 8",
    }


def test_authors_become_accounts_that_cannot_sign_in_and_never_take_an_existing_one(capsys):
    owner = make_user(username="owner")
    bring(FIXTURES / "argument.xml")
    ada = get_user_model().objects.get(username="owner-2")
    assert (ada.get_full_name(), ada.is_active, ada.is_staff) == ("Ada Bergman", False, False)
    assert not ada.has_usable_password()
    assert get_user_model().objects.filter(username="guest").exists()  # no mail address
    assert not owner.posts.exists()


HEAD_OF_TERMS = """
<wp:author><wp:author_id>4</wp:author_id><wp:author_login>ada.b</wp:author_login>
<wp:author_display_name>Ada Bergman</wp:author_display_name></wp:author>
<wp:category><wp:term_id>3</wp:term_id><wp:category_nicename>mind</wp:category_nicename>
<wp:category_parent></wp:category_parent><wp:cat_name><![CDATA[Mind &amp; body]]></wp:cat_name>
</wp:category>
<wp:category><wp:term_id>9</wp:term_id><wp:cat_name>Of no post</wp:cat_name></wp:category>
<wp:category><wp:term_id>x</wp:term_id><wp:cat_name>Mind</wp:cat_name></wp:category>
"""
TERMS = """<dc:creator>ada.b</dc:creator>
<category domain="category" nicename="mind"><![CDATA[Mind &amp; body]]></category>
<category domain="post_tag" nicename="mind-2"><![CDATA[mind &amp; Body]]></category>
<category domain="category" nicename="mind-3"><![CDATA[MIND &amp; body]]></category>"""


@pytest.mark.parametrize("author", [None, "me"])
def test_addresses_of_categories_tags_and_authors_lead_to_what_they_are_here(
    make_export, client, author
):
    make_user(username="me", first_name="Owen", last_name="Ash")
    item = wxr_files.item(1).replace("<wp:post_id>", TERMS + "<wp:post_id>")
    path = make_export(HEAD_OF_TERMS, item, item.replace("<wp:post_id>1<", "<wp:post_id>2<"))
    for _ in range(2):  # again: nothing more, and nothing else
        bring(path, author=author)
        ada = "/author/owen-ash/" if author else "/author/ada-bergman/"
        for old, now in {
            "/?cat=3": "/tags/mind/", "/tag/mind-2/": "/tags/mind/",
            "/category/mind/": "/tags/mind/", "/category/mind-3/": "/tags/mind/",
            "/author/ada-b/": ada, "/?author=4": ada,
        }.items():  # fmt: skip
            answer = client.get(old)
            assert (answer.status_code, answer.headers.get("Location")) == (301, now), old
        assert client.get("/?cat=9").status_code == 200
        assert Redirect.objects.exclude(new_path__startswith="/posts/").count() == 5


def test_one_account_may_own_everything():
    owner = make_user(username="me")
    bring(FIXTURES / "argument.xml", author="me")
    assert owner.posts.count() == Post.objects.count()
    assert get_user_model().objects.count() == 1
    with pytest.raises(CommandError, match="There is no account named nobody"):
        bring(FIXTURES / "argument.xml", author="nobody")


def test_twice_changes_nothing(argument):
    before = snapshot()
    bring(FIXTURES / "argument.xml")
    assert snapshot() == before


def test_a_newer_export_adds_what_is_new_and_leaves_what_was_done_here(make_export):
    bring(make_export(wxr_files.item(1, wxr_files.comment(1), wxr_files.comment(2, 1))))
    moderator = make_user()
    removed = by_name("Reader 2")
    services.remove_comment(comment_id=removed.pk, version=removed.version, by=moderator)
    Post.objects.update(title="Edited here")
    newer = [wxr_files.comment(1), wxr_files.comment(2, 1), wxr_files.comment(3, 2)]
    newer += [wxr_files.comment(4, 1), wxr_files.comment(5)]
    bring(make_export(wxr_files.item(1, *newer), wxr_files.item(2, wxr_files.comment(6))))
    assert list(Post.objects.order_by("pk").values_list("title", flat=True)) == [
        "Edited here",
        "Post 2",
    ]
    rows = Comment.objects.order_by("name").values_list("name", "number", "status")
    assert list(rows) == [
        ("Reader 1", "1", "published"),
        ("Reader 2", "1.1", "removed"),
        ("Reader 3", "1.1.1", "published"),
        ("Reader 4", "1.2", "published"),
        ("Reader 5", "2", "published"),
        ("Reader 6", "1", "published"),
    ]
    assert not list(find_faults())


def test_new_replies_give_earlier_unpublished_parents_one_number_each(make_export):
    first = [wxr_files.comment(n, n - 1, approved="0") for n in (1, 2, 3)]
    bring(make_export(wxr_files.item(1, *first)))
    replies = [wxr_files.comment(4, 3), wxr_files.comment(5, 2), wxr_files.comment(6, 1)]
    bring(make_export(wxr_files.item(1, *first, *replies)))
    numbers = dict(Comment.objects.values_list("name", "number"))
    assert sorted(numbers.values()) == ["1", "1.1", "1.1.1", "1.1.1.1", "1.1.2", "1.2"]
    assert not list(find_faults())
    # The log explains each number.
    assert set(LogEntry.objects.exclude(number="").values_list("number", flat=True)) == set(
        numbers.values()
    )


def test_what_was_deleted_here_stays_deleted(make_export, capsys):
    path = make_export(wxr_files.item(1, wxr_files.comment(1, approved="0")), wxr_files.item(2))
    bring(path)
    Post.objects.filter(slug="post-2").delete()
    bring(path)
    assert "left out: deleted here since" in capsys.readouterr().out
    assert Post.objects.count() == 1


def test_a_reply_follows_its_parent_that_was_moved_here(make_export):
    from comments import numbers, tree

    bring(make_export(wxr_files.item(1, wxr_files.comment(1)), wxr_files.item(2)))
    elsewhere, comment = Post.objects.get(slug="post-2"), by_name("Reader 1")
    tree.move_branch(comment, post=elsewhere, parent=None)
    numbers.renumber_branch(comment)
    bring(make_export(wxr_files.item(1, wxr_files.comment(1), wxr_files.comment(2, 1))))
    assert by_name("Reader 2").post == elsewhere
    assert not list(find_faults())


def test_a_ten_deep_thread_has_numbers_of_ten_parts(make_export):
    bring(make_export(wxr_files.item(1, *(wxr_files.comment(n, n - 1) for n in range(1, 11)))))
    deepest = by_name("Reader 10")
    assert deepest.level == 9
    assert deepest.number == ".".join("1" * 10)
    assert deepest.parent.name == "Reader 9"


def test_beyond_sixty_levels_a_reply_attaches_higher_and_keeps_what_it_answers(make_export):
    path = make_export(wxr_files.item(1, *(wxr_files.comment(n, n - 1) for n in range(1, 66))))
    bring(path)
    last = by_name("Reader 65")
    assert (last.level, last.answers.name, last.parent.name) == (59, "Reader 64", "Reader 59")
    assert last.number.endswith(".1.6")
    bring(path)
    assert Comment.objects.count() == 65
    assert not list(find_faults())


def test_siblings_are_numbered_by_date_whatever_their_order_in_the_file(make_export):
    late = wxr_files.comment(1, date="2013-05-02 00:00:00")
    early = wxr_files.comment(2, date="2013-05-01 00:00:00")
    bring(make_export(wxr_files.item(1, late, early)))
    assert (by_name("Reader 1").number, by_name("Reader 2").number) == ("2", "1")


def test_the_same_comment_id_under_two_posts_is_two_comments(make_export):
    bring(make_export(*(wxr_files.item(n, wxr_files.comment(7)) for n in (1, 2))))
    assert Comment.objects.count() == 2


def test_an_export_of_another_blog_is_another_blog(make_export, tmp_path):
    path = make_export(wxr_files.item(1))
    bring(path)
    path.write_text(path.read_text().replace("made.example", "other.example"))
    bring(path)
    assert list(Post.objects.order_by("pk").values_list("slug", flat=True)) == [
        "post-1",
        "post-1-2",
    ]


def test_the_same_blog_by_https_is_the_same_blog(make_export):
    path = make_export(wxr_files.item(1))
    bring(path)
    path.write_text(path.read_text().replace("http://made", "https://made"))
    bring(path)
    assert Post.objects.count() == 1


def test_the_posts_before_a_failure_are_whole_and_the_rest_comes_next_time(
    make_export, monkeypatch
):
    path = make_export(*(wxr_files.item(n, wxr_files.comment(n)) for n in (1, 2, 3)))
    real = services.log_import
    calls = []

    def die_at_the_second(*args, **kwargs):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        real(*args, **kwargs)

    monkeypatch.setattr(services, "log_import", die_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        bring(path)
    assert (Post.objects.count(), Comment.objects.count()) == (1, 1)
    bring(path)
    assert (Post.objects.count(), Comment.objects.count()) == (3, 3)
    assert not list(find_faults())


@pytest.mark.parametrize("encoding", ["iso-8859-1", "utf-16", "windows-1252"])
def test_other_encodings(tmp_path, encoding):
    path = tmp_path / "export.xml"
    text = wxr_files.export(wxr_files.item(1, wxr_files.comment(1, text="Über Größe")))
    path.write_bytes(text.replace("UTF-8", encoding).encode(encoding))
    bring(path)
    assert Comment.objects.get().text == "Über Größe"


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"\n\n  ", b"\xef\xbb\xbf\r\n"])
def test_a_byte_order_mark_and_blank_lines_before_the_xml_do_no_harm(make_export, before):
    path = make_export(wxr_files.item(1))
    path.write_bytes(before + path.read_bytes())
    bring(path)
    assert Post.objects.count() == 1


@pytest.mark.parametrize(
    "date",
    [
        "Fri, 31 Dec 9999 23:59:59 -0800",
        "Fri, 31 Dec 9999 23:59:59 +0000",
        "Mon, 01 Jan 0001 00:00:00 +0000",
        f"Tue, 18 Jan 2011 07:40:14 +{'9' * 20}",
    ],
)
def test_a_date_beyond_all_calendars_stops_no_import(make_export, date):
    undated = wxr_files.item(1, wxr_files.comment(1)).replace("2013-03-01", "0000-00-00")
    bring(make_export(undated.replace("</item>", f"<pubDate>{date}</pubDate></item>")))
    assert Post.objects.get().is_published


@pytest.mark.parametrize("date", ["2099-01-01 00:00:00", "0000-00-00 00:00:00"])
def test_no_comment_comes_from_the_future(make_export, date):
    late = wxr_files.item(1, wxr_files.comment(1, date=date)).replace("2013-03-01", "2099-01-01")
    bring(make_export(late))
    comment = Comment.objects.get()
    assert max(comment.submitted_at, comment.published_at, comment.changed_at) <= timezone.now()


@pytest.mark.parametrize("approved", ["spam", "trash"])
def test_what_was_refused_long_ago_elsewhere_is_not_erased_the_first_night(make_export, approved):
    bring(make_export(wxr_files.item(1, wxr_files.comment(1, approved=approved))))
    assert Comment.objects.get().submitted_at.year == 2013
    assert not overdue(timezone.now()).exists()
    assert overdue(timezone.now() + timedelta(days=settings.KEEP_REFUSED_DAYS + 1)).exists()


def test_an_endless_comment_id_stops_no_import(make_export):
    endless = wxr_files.comment(1).replace("_id>1<", f"_id>{'9' * 5000}<")
    bring(make_export(wxr_files.item(1, endless)))
    assert Comment.objects.count() == 1
