"""Previews, quotes, continued comments and a post's own switches."""

import re
from datetime import timedelta

import pytest
from django.core.signing import TimestampSigner
from django.db import OperationalError, connection
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from blog.models import Post
from comments.models import Comment
from comments.private_links import status_address
from tests.factories import filled_in, make_post, make_published, make_user, send

pytestmark = pytest.mark.django_db


def text_in(page):
    return re.search(r"<textarea[^>]*>\s*(.*?)</textarea>", page.content.decode(), re.S)[1]


def test_a_preview_shows_what_would_stand_there_and_stores_nothing(client, post):
    make_published(post)
    form = filled_in(post, text="*So* says #1. <b>", preview="1")
    answer = client.post("/posts/a-post/comment/", form)
    assert '<div class="comment-text" dir="auto"><p><em>So</em> says #1. &lt;b&gt;</p></div>' in (
        answer.content.decode()
    )
    assert text_in(answer) == "*So* says #1. &lt;b&gt;"
    assert Comment.objects.count() == 1


def test_a_quote_holds_the_words_and_the_number(client, post):
    make_published(post, text="One\n\n*two*")
    answer = client.get("/posts/a-post/c/1/reply/?quote=1")
    assert text_in(answer) == "#1:\n\n&gt; One\n&gt;\n&gt; *two*\n\n"


def test_what_is_not_public_is_not_quoted(client, post):
    comment = make_published(post, text="Canary")
    Comment.objects.filter(pk=comment.pk).update(
        status="removed", status_before_removal="published", removed_by="moderator"
    )
    assert "Canary" not in client.get("/posts/a-post/c/1/reply/?quote=1").content.decode()


def continue_address(comment):
    return status_address(comment) + "continue/"


def test_a_waiting_comment_is_continued_by_whoever_has_its_link(client, post):
    first = send(post, name="Hanna")
    page = client.get(continue_address(first)).content.decode()
    assert 'value="Hanna"' in page
    form = filled_in(post, name="Hanna", text="And more.", continues="on")
    assert client.post(continue_address(first), form).status_code == 302
    second = Comment.objects.get(text="And more.")
    assert (second.parent_id, second.continues, second.status) == (first.pk, True, "pending")


def test_what_continues_a_waiting_comment_has_no_tick_to_lose(client, post):
    """Nothing but a continuation can stand there: unticked, it was refused as if it had gone."""
    page = client.get(continue_address(send(post))).content.decode()
    assert '<input type="hidden" name="continues" value="on">' in page
    assert "This continues my comment" not in page
    page = client.get(continue_address(make_published(post))).content.decode()
    assert "This continues my comment" in page


def test_a_continued_comment_is_shown_joined_when_both_are_public(client, post):
    first = make_published(post)
    form = filled_in(post, text="And more.", continues="on")
    client.post(continue_address(first), form)
    second = Comment.objects.get(text="And more.")
    from tests.factories import publish

    publish(second)
    page = client.get("/posts/a-post/").content.decode()
    assert '<article class="comment continuation" id="c-1-1">' in page
    assert re.search(r'continued from <a href="#c-1">1</a>', page)


def test_without_the_tick_it_is_a_reply(client, post):
    first = make_published(post)
    client.post(continue_address(first), filled_in(post, text="A reply."))
    assert not Comment.objects.get(text="A reply.").continues


def test_nobody_continues_anothers_comment_by_a_forged_field(client, post):
    make_published(post)
    client.post("/posts/a-post/c/1/reply/", filled_in(post, continues="on"))
    assert not Comment.objects.latest("pk").continues


def test_a_strangers_waiting_comment_takes_no_reply(client, post):
    first = send(post)
    first_form = filled_in(post, continues="on")
    assert client.post(f"/posts/a-post/c/{first.pk}/reply/", first_form).status_code == 404
    assert client.get("/comments/forged/continue/").status_code == 404


def test_staff_continue_their_own_comment_from_its_reply_link(client, post):
    author = make_user("author")
    make_published(post, user=author)
    client.force_login(author)
    assert "Continue your comment" in client.get("/posts/a-post/c/1/reply/").content.decode()
    client.post("/posts/a-post/c/1/reply/", filled_in(post, continues="on"))
    assert Comment.objects.get(number="1.1").continues


def test_comments_close_on_the_posts_date(client, post, settings):
    settings.COMMENTS_CLOSE_AFTER_DAYS = 0
    Post.objects.update(comments_close_at=timezone.now() - timedelta(minutes=1))
    assert client.post("/posts/a-post/comment/", filled_in(post)).status_code == 409
    Post.objects.update(comments_close_at=timezone.now() + timedelta(minutes=1))
    assert client.post("/posts/a-post/comment/", filled_in(post)).status_code == 302


def test_comments_close_by_the_sites_rule_unless_the_post_has_a_date(settings):
    settings.COMMENTS_CLOSE_AFTER_DAYS = 14
    old = make_post(published_at=timezone.now() - timedelta(days=15))
    assert not old.accepts_comments
    old.comments_close_at = timezone.now() + timedelta(days=1)
    assert old.accepts_comments
    settings.COMMENTS_CLOSE_AFTER_DAYS = 0
    old.comments_close_at = None
    assert old.accepts_comments


def test_hidden_comments_are_nowhere(client, post):
    make_published(post, text="Canary")
    Post.objects.update(comments_status="hidden")
    page = client.get("/posts/a-post/").content.decode()
    assert "Canary" not in page
    assert "<form" not in page
    assert "Canary" not in client.get("/posts/a-post/?view=chronological").content.decode()
    assert client.get("/posts/a-post/c/1/branch/").status_code == 404


def test_the_notice_stands_above_the_form_as_plain_text(client, post):
    Post.objects.update(comments_notice="Please <b>cite</b>.")
    for address in ("/posts/a-post/", reverse("comments:comment", args=["a-post"])):
        assert "Please &lt;b&gt;cite&lt;/b&gt;." in client.get(address).content.decode()


def test_an_account_with_a_long_name_can_comment(client, post):
    client.force_login(make_user("author", first_name="Wolfeschlegel" * 10, last_name="Ng"))
    assert client.post("/posts/a-post/comment/", filled_in(post)).status_code == 302
    assert Comment.objects.get().name == ("Wolfeschlegel" * 10)[:80]


def test_below_the_last_level_the_form_says_where_the_reply_will_stand(client, post):
    comment = make_published(post)
    address = "/posts/a-post/c/1/reply/"
    assert "no more levels" not in client.get(address).content.decode()
    deep = make_published(post, parent=comment)
    Comment.objects.filter(pk=deep.pk).update(level=F("level") + 58)
    assert "no more levels" in client.get("/posts/a-post/c/1.1/reply/").content.decode()


def test_previews_cost_nothing_until_a_script_asks_for_hundreds(client, post, monkeypatch):
    monkeypatch.setattr("comments.views.writing.PREVIEWS", 30)
    for _ in range(30):
        assert send_form(client, post, preview="1").status_code == 200
    answer = send_form(client, post, text="Not lost", preview="1")
    assert answer.status_code == 429
    assert text_in(answer) == "Not lost"
    assert send_form(client, post).status_code == 302


def send_form(client, post, **changed):
    return client.post("/posts/a-post/comment/", filled_in(post, **changed))


@pytest.mark.parametrize("path", ["c/1/reply/", "c/1/report/"])
def test_a_text_for_what_is_hidden_meanwhile_comes_back_without_what_is_hidden(client, post, path):
    make_published(post, text="Canary")
    Post.objects.update(comments_status=Post.Comments.HIDDEN)
    form = filled_in(post, text="Not <lost> either")
    answer = client.post(f"/posts/a-post/{path}", form)
    assert answer.status_code == 404
    assert "Not &lt;lost&gt; either</textarea>" in answer.content.decode()
    assert "Canary" not in answer.content.decode()
    assert Comment.objects.count() == 1


def test_a_text_for_a_post_that_is_no_longer_public_comes_back(client, post):
    Post.objects.update(status=Post.Status.DRAFT)
    answer = client.post("/posts/a-post/comment/", filled_in(post, text="Not lost either"))
    assert answer.status_code == 404
    assert "Not lost either</textarea>" in answer.content.decode()
    assert client.post("/posts/a-post/comment/", filled_in(post, text=" ")).status_code == 404


def away(*statement):
    raise OperationalError("the database is away")


@pytest.mark.parametrize("has_cookie", [False, True])
@pytest.mark.parametrize("path", ["comment/", "c/1/reply/", "c/1/report/"])
def test_a_text_comes_back_from_a_site_whose_database_is_away(client, post, path, has_cookie):
    """Away for everything, the look for the post included."""
    make_published(post)
    form = filled_in(post, text="Not <lost> either", name='A "B"')
    if has_cookie:
        client.cookies["commenter"] = TimestampSigner(salt="comments.commenter").sign("1")
    with connection.execute_wrapper(away):
        answer = client.post(f"/posts/a-post/{path}", form)
    page = answer.content.decode()
    assert answer.status_code == 503
    assert "Not &lt;lost&gt; either</textarea>" in page
    assert 'name="name" value="A &quot;B&quot;"' in page
    assert f'name="stamp" value="{form["stamp"]}"' in page
    assert "Send again" in page


def test_what_was_previewed_while_the_database_was_away_is_sent_by_the_button(client, post):
    form = filled_in(post, text="Kept", preview="1")
    with connection.execute_wrapper(away):
        page = client.post("/posts/a-post/comment/", form).content.decode()
    assert 'name="preview"' not in page
