"""Views of a conversation: pages, branches, orders, and the links between comments."""

import re

import pytest
from django.db import transaction

from blog.models import Post
from comments import numbers, own, tree
from comments.models import Comment
from comments.rendering import AWAITED_AT_MOST
from comments.rerendering import rerender
from moderation import services
from tests.factories import make_post, make_published, make_user, publish, send

pytestmark = pytest.mark.django_db


def shown(client, address="/posts/a-post/"):
    """The numbers of the comments on a page, in order."""
    page = client.get(address).content.decode()
    return [found.replace("-", ".") for found in re.findall(r'id="c-([\d-]+)"', page)]


def move(comment, post):
    """To the top level of another post."""
    with transaction.atomic():
        tree.lock_trees([comment.tree_id])
        comment.refresh_from_db()
        tree.move_branch(comment, post=post, parent=None)
        numbers.renumber_branch(comment)


def publish_all(post, *parents, **fields):
    """Published comments, each under the number given, or at the top for ''."""
    for number in parents:
        parent = Comment.objects.get(post=post, number=number) if number else None
        make_published(post, parent=parent, **fields)


def test_a_reference_becomes_a_link_with_the_name_and_leaves_a_link_back(client, post):
    make_published(post, name="Hanna")
    make_published(post, text="As #1 says.", name="Joon")
    page = client.get("/posts/a-post/").content.decode()
    assert '<a class="reference" href="#c-1" title="Hanna">#1</a>' in page
    assert re.search(r'answered in <a href="#c-2" title="Joon">2</a>', page)


def test_a_waiting_comment_leaves_no_link_back(client, post):
    make_published(post)
    send(post, "As #1 says.")
    assert "answered in" not in client.get("/posts/a-post/").content.decode()


def test_a_reference_to_a_removed_comment_stays_a_link_without_a_name(client, post):
    target = make_published(post, name="Canary")
    make_published(post, text="As #1 says.")
    services.remove_comment(comment_id=target.pk, version=target.version, by=make_user())
    page = client.get("/posts/a-post/").content.decode()
    assert '<a class="reference" href="#c-1">#1</a>' in page
    assert "Canary" not in page


def test_a_tombstone_lists_what_answered_it(client, post):
    target = make_published(post)
    make_published(post, text="As #1 says.", name="Joon")
    services.remove_comment(comment_id=target.pk, version=target.version, by=make_user())
    page = client.get("/posts/a-post/").content.decode()
    tombstone = re.search(r'<article[^>]* id="c-1">.*?</article>', page, re.S)[0]
    assert 'answered in <a href="#c-2" title="Joon">2</a>' in tombstone


def test_a_number_written_before_it_is_there_becomes_a_link_once_it_is(client, post):
    first = make_published(post, text="See #2 and #2.1, not #3.", name="Hanna")
    assert 'class="reference"' not in client.get("/posts/a-post/").content.decode()
    second = make_published(post, name="Joon")
    make_published(post, parent=second, name="Mira")
    page = client.get("/posts/a-post/").content.decode()
    assert '<a class="reference" href="#c-2" title="Joon">#2</a>' in page
    assert '<a class="reference" href="#c-2-1" title="Mira">#2.1</a>' in page
    assert "not #3." in page
    assert page.count('answered in <a href="#c-1" title="Hanna">1</a>') == 2
    assert Comment.objects.get(pk=first.pk).version == first.version


def test_a_number_of_another_post_is_not_the_one_that_was_meant(client, post):
    make_published(post, text="See #2.")
    elsewhere = make_post()
    for _ in range(2):
        make_published(elsewhere)
    assert 'class="reference"' not in client.get("/posts/a-post/").content.decode()


def test_a_number_to_come_links_to_it_wherever_it_was_moved(client, post):
    make_published(post, text="See #2.")
    target = make_published(post)
    move(target, make_post(slug="there"))
    page = client.get("/posts/a-post/").content.decode()
    assert '<a class="reference" href="/posts/there/c/1/"' in page
    page = client.get("/posts/there/").content.decode()
    assert 'answered in <a href="/posts/a-post/c/1/"' in page


def test_a_number_to_come_in_a_text_that_moved_is_that_of_where_it_was_written(client, post):
    source = make_published(post, text="See #2.")
    there = make_post(slug="there")
    make_published(there)
    move(source, there)
    make_published(post, name="Meant")
    page = client.get("/posts/there/").content.decode()
    assert '<a class="reference" href="/posts/a-post/c/2/" title="Meant">#2</a>' in page


@pytest.mark.parametrize("change", ["rerender", "edit"])
def test_what_a_moved_text_refers_to_stays_the_same_when_it_is_rendered_again(post, change):
    target = make_published(post)
    source = make_published(post, text="As #1 says.")
    there = make_post()
    make_published(there)
    move(source, there)
    if change == "edit":
        own.edit_comment(comment_id=source.pk, version=source.version, text="As #1 says, truly.")
    else:
        Comment.objects.filter(pk=source.pk).update(html_version=0)
        rerender(lambda done: None)
    assert [row.target_id for row in Comment.objects.get(pk=source.pk).references.all()] == [
        target.pk
    ]


@pytest.mark.parametrize("change", ["rerender", "edit"])
@pytest.mark.parametrize("comes", ["before", "after"])
def test_a_number_to_come_means_the_same_in_a_moved_text_that_is_rendered_again(
    client, post, change, comes
):
    source = make_published(post, text="See #2.")
    there = make_post(slug="there")
    make_published(there)
    make_published(there, name="Not meant")
    move(source, there)
    if comes == "before":
        make_published(post, name="Meant")
    if change == "edit":
        own.edit_comment(comment_id=source.pk, version=source.version, text="See #2, and #1.")
    else:
        Comment.objects.filter(pk=source.pk).update(html_version=0)
        rerender(lambda done: None)
    if comes == "after":
        make_published(post, name="Meant")
    page = client.get("/posts/there/").content.decode()
    assert '<a class="reference" href="/posts/a-post/c/2/" title="Meant">#2</a>' in page
    assert 'title="Not meant">#2' not in page
    if change == "edit":  # what is new in the text is read where it stands now
        assert '<a class="reference" href="#c-1"' in page


def test_a_text_that_no_longer_names_a_number_to_come_is_no_answer(client, post):
    comment = make_published(post, text="See #2.")
    own.edit_comment(comment_id=comment.pk, version=comment.version, text="See nothing.")
    make_published(post)
    assert "answered in" not in client.get("/posts/a-post/").content.decode()


def test_a_waiting_text_that_names_a_number_to_come_is_no_answer(client, post):
    make_published(post)
    send(post, "See #2.")
    make_published(post)
    assert "answered in" not in client.get("/posts/a-post/").content.decode()


def test_a_comment_is_no_answer_to_itself(client, post):
    make_published(post, text="This will be #1.")
    page = client.get("/posts/a-post/").content.decode()
    assert '<a class="reference" href="#c-1"' in page
    assert "answered in" not in page


def test_a_text_awaits_so_many_numbers_and_no_more(post):
    comment = send(post, " ".join(f"#{number}" for number in range(1, 300)))
    assert comment.open_references.count() == AWAITED_AT_MOST


def test_readers_see_that_and_when_a_text_changed_after_publication(client, post):
    comment = make_published(post)
    assert "edited" not in client.get("/posts/a-post/").content.decode()
    comment = own.edit_comment(comment_id=comment.pk, version=comment.version, text="Other words.")
    page = client.get("/posts/a-post/").content.decode()
    assert f'edited <time datetime="{comment.edited_at.isoformat(timespec="seconds")}">' in page


def test_an_edit_before_publication_leaves_no_mark(client, post):
    comment = send(post)
    own.edit_comment(comment_id=comment.pk, version=comment.version, text="Other words.")
    publish(comment)
    assert "edited" not in client.get("/posts/a-post/").content.decode()


@pytest.mark.parametrize(
    ("text", "is_folded"),
    [("x" * 99, False), ("x" * 100, True), ("x\n" * 3, True), ("x\ny", False)],
)
def test_a_long_comment_is_folded_with_all_of_its_text_on_the_page(
    client, post, settings, text, is_folded
):
    settings.COMMENT_FOLD_LENGTH = 100
    make_published(post, text=text)
    page = client.get("/posts/a-post/").content.decode()
    assert ('class="unfold unseen"' in page) is is_folded
    assert text.split("\n", maxsplit=1)[0] in page


def test_nothing_is_folded_where_the_setting_is_0(client, post, settings):
    settings.COMMENT_FOLD_LENGTH = 0
    make_published(post, text="x" * 5000)
    assert 'class="unfold unseen"' not in client.get("/posts/a-post/").content.decode()


def test_every_comment_carries_its_whole_address_for_print(client, post, settings):
    settings.SITE_URL = "https://blog.example"
    removed = make_published(post)
    make_published(post)
    services.remove_comment(comment_id=removed.pk, version=removed.version, by=make_user())
    page = client.get("/posts/a-post/").content.decode()
    for number in (1, 2):
        assert f'data-address="https://blog.example/posts/a-post/c/{number}/"' in page


def test_a_reference_follows_a_moved_comment(client, post):
    target = make_published(post)
    make_published(post, text="As #1 says.")
    there = make_post(slug="there")
    with transaction.atomic():
        tree.lock_trees([target.tree_id])
        target.refresh_from_db()
        tree.move_branch(target, post=there, parent=None)
        numbers.renumber_branch(target)
    page = client.get("/posts/a-post/").content.decode()
    assert '<a class="reference" href="/posts/there/c/1/" title="Reader">#1</a>' in page
    assert client.get("/posts/a-post/c/1/").url == "/posts/there/#c-1"


def test_a_reference_to_a_comment_under_a_draft_by_now_is_text(client, post):
    target = make_published(post)
    make_published(post, text="As #1 says.")
    there = make_post(slug="there")
    with transaction.atomic():
        tree.lock_trees([target.tree_id])
        target.refresh_from_db()
        tree.move_branch(target, post=there, parent=None)
        numbers.renumber_branch(target)
    Post.objects.filter(pk=there.pk).update(status="draft")
    assert "As #1 says." in client.get("/posts/a-post/").content.decode()


def test_pages_hold_whole_branches(client, post, settings):
    settings.COMMENTS_PER_PAGE = 2
    publish_all(post, "", "", "", "1", "3", "3.1")
    assert shown(client) == ["1", "1.1", "2"]
    assert shown(client, "/posts/a-post/?page=2") == ["3", "3.1", "3.1.1"]


def test_a_permalink_finds_its_page(client, post, settings):
    settings.COMMENTS_PER_PAGE = 2
    publish_all(post, "", "", "", "3")
    assert client.get("/posts/a-post/c/2/").url == "/posts/a-post/#c-2"
    assert client.get("/posts/a-post/c/3.1/").url == "/posts/a-post/?page=2#c-3-1"


def test_a_reference_to_another_page_is_a_permalink(client, post, settings):
    settings.COMMENTS_PER_PAGE = 1
    publish_all(post, "")
    make_published(post, text="As #1 says.")
    page = client.get("/posts/a-post/?page=2").content.decode()
    assert 'href="/posts/a-post/c/1/" title="Reader">#1</a>' in page


@pytest.mark.parametrize("page", ["0", "2", "x", "-1", "٣", "1e1"])
def test_a_page_that_is_not_there_is_not_found(client, post, page):
    publish_all(post, "")
    assert client.get(f"/posts/a-post/?page={page}").status_code == 404


def test_an_unknown_view_is_not_found(client, post):
    assert client.get("/posts/a-post/?view=nonsense").status_code == 404


def test_the_order_of_time_shows_the_same_numbers_in_one_line(client, post):
    publish_all(post, "", "", "1")
    assert shown(client) == ["1", "1.1", "2"]
    assert shown(client, "/posts/a-post/?view=chronological") == ["1", "2", "1.1"]
    page = client.get("/posts/a-post/?view=chronological").content.decode()
    assert re.search(r'in reply to <a href="#c-1">1</a>', page)


def test_the_authors_answers_alone(client, post):
    publish_all(post, "")
    publish_all(post, "1", user=post.author)
    publish_all(post, "1", user=make_user("author"))
    assert shown(client, "/posts/a-post/?view=author") == ["1.1"]
    page = client.get("/posts/a-post/?view=author").content.decode()
    assert re.search(r'in reply to <a href="/posts/a-post/c/1/">1</a>', page)


def test_one_commenter_alone(client, post):
    publish_all(post, "", "", name="Hanna")
    publish_all(post, "1", name="hanna")
    publish_all(post, "1", name="Joon")
    assert shown(client, "/posts/a-post/?by=2") == ["1", "2", "1.1"]


def test_staff_are_not_mixed_up_with_a_reader_of_the_same_name(client, post):
    author = make_user("author", first_name="Ada")
    publish_all(post, "", name="Ada")
    publish_all(post, "", user=author)
    assert shown(client, "/posts/a-post/?by=1") == ["1"]
    assert shown(client, "/posts/a-post/?by=2") == ["2"]


@pytest.mark.parametrize("number", ["9", "x", "%00", "1.", ""])
def test_nobodys_comments_are_not_found_or_the_whole_thread(client, post, number):
    publish_all(post, "")
    expected = 200 if number == "" else 404
    assert client.get(f"/posts/a-post/?by={number}").status_code == expected


def test_a_branch_has_its_own_page_with_its_ancestors_and_the_way_back(client, post):
    publish_all(post, "", "1", "1.1", "1.1", "1", "")
    assert shown(client, "/posts/a-post/c/1.1/branch/") == ["1", "1.1", "1.1.1", "1.1.2"]
    page = client.get("/posts/a-post/c/1.1/branch/").content.decode()
    assert '<a href="/posts/a-post/c/1.1/">Back to its place' in page
    assert re.search(r'id="c-1-1".*?in reply to <a href="#c-1">', page, re.S)


def test_the_branch_of_an_old_number_is_that_of_the_new_one(client, post):
    target = make_published(post)
    move(target, make_post(slug="there"))
    assert client.get("/posts/a-post/c/1/branch/").url == "/posts/there/c/1/branch/"


def test_a_branch_waits_with_its_comment(client, post):
    send(post)
    assert client.get("/posts/a-post/c/1/branch/").status_code == 404


@pytest.mark.parametrize("view", ["?view=chronological", "?view=author", "?by=1", "c/1/branch/"])
@pytest.mark.parametrize("many", [2, 20])
def test_every_view_takes_the_same_queries_for_any_number_of_comments(
    client, post, view, many, django_assert_max_num_queries
):
    root = make_published(post, user=post.author)
    for _ in range(many):
        make_published(post, parent=root, user=post.author, text="See #1.")
    with django_assert_max_num_queries(18):
        client.get(f"/posts/a-post/{view}")


@pytest.mark.parametrize("number", ["%00", "1%00", "1.99", "x"])
def test_a_writer_who_is_not_there_is_not_found(client, post, number):
    make_published(post)
    assert client.get(f"/posts/a-post/?by={number}").status_code == 404


def test_a_name_leads_to_what_its_bearer_wrote(client, post):
    make_published(post, name="Hanna")
    make_published(post, name="Joon")
    page = client.get("/posts/a-post/").content.decode()
    assert 'href="/posts/a-post/?by=1#comments"><bdi>Hanna</bdi></a>' in page
    assert shown(client, "/posts/a-post/?by=1") == ["1"]


def test_a_reply_at_the_depth_limit_says_that_it_stands_beside_what_it_answers(
    client, post, monkeypatch
):
    monkeypatch.setattr(tree, "MAX_LEVEL", 1)
    top = make_published(post)
    reply = make_published(post, parent=top)
    assert "no more levels" not in client.get("/posts/a-post/").content.decode()
    make_published(post, parent=reply)
    page = client.get("/posts/a-post/").content.decode()
    assert page.count("beside it: no more levels below") == 1
