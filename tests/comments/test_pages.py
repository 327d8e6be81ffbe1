"""The conversation through HTTP: what a reader, a stranger and a replaying browser get."""

import re

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from blog.models import Post
from comments.models import Comment
from core.guards import make_stamp
from moderation import services
from tests.factories import filled_in, make_post, make_published, make_user, send

pytestmark = pytest.mark.django_db


def remove(comment):
    services.remove_comment(comment_id=comment.pk, version=comment.version, by=make_user())


def test_a_reader_sends_a_comment_and_is_told_that_it_waits(client, post):
    answer = client.post("/posts/a-post/comment/", filled_in(post), follow=True)
    assert "Waiting." in answer.content.decode()
    assert Comment.objects.get().status == "pending"


def test_a_comment_needs_no_csrf_cookie(post):
    client = Client(enforce_csrf_checks=True)
    assert client.post("/posts/a-post/comment/", filled_in(post)).status_code == 302


def test_no_page_with_a_form_is_kept(client, post):
    answer = client.get("/posts/a-post/comment/")
    assert "no-store" in answer["Cache-Control"]


def test_the_page_holds_all_that_the_form_needs(client, post):
    page = client.get("/posts/a-post/").content.decode()
    stamp = re.search(r'name="stamp" value="([^"]+)"', page)[1]
    action = re.search(r'<form[^>]* action="([^"]+)"', page)[1]
    assert client.post(action, filled_in(post, stamp=stamp)).status_code == 302


def test_what_waits_is_on_no_page(client, post):
    send(post, "A waiting canary")
    for address in ("/", "/posts/a-post/"):
        assert "canary" not in client.get(address).content.decode()


def test_a_published_comment_has_its_element(client, post):
    root = make_published(post)
    make_published(post, parent=root, name="Second", user=None)
    page = client.get("/posts/a-post/").content.decode()
    assert 'id="c-1"' in page
    assert 'id="c-1-1"' in page
    assert 'class="comment-text"' in page
    assert re.search(r'in reply to <a href="#c-1">1</a> by <bdi>Reader', page)


def test_a_removed_comment_leaves_its_number_and_nothing_else(client, post):
    root = send(post, "Canary text", name="Canaryname")
    root = make_published(post) if root is None else root
    services.publish_comment(comment_id=root.pk, version=root.version, by=make_user())
    root.refresh_from_db()
    make_published(post, parent=root)
    root.refresh_from_db()
    remove(root)
    page = client.get("/posts/a-post/").content.decode()
    assert 'id="c-1"' in page
    assert "Removed by a moderator" in page
    assert "anary" not in page
    assert 'id="c-1-1"' in page


@pytest.mark.parametrize(
    ("service", "words"),
    [
        (services.reject_comment, "Removed by a moderator"),
        (services.mark_spam, "Removed by a moderator"),
        (services.hold_comment, "another look"),
    ],
)
def test_every_published_comment_that_is_taken_back_leaves_a_tombstone(
    client, post, service, words
):
    comment = make_published(post, name="Canary")
    service(comment_id=comment.pk, version=comment.version, by=make_user())
    page = client.get("/posts/a-post/").content.decode()
    assert words in page
    assert "Canary" not in page


def test_the_same_form_twice_makes_one_comment_and_leads_to_the_same_page(client, post):
    form = filled_in(post)
    first, second = (client.post("/posts/a-post/comment/", form) for _ in range(2))
    pages = [client.get(answer.url).content for answer in (first, second)]
    assert Comment.objects.count() == 1
    assert pages[0] == pages[1]


@pytest.mark.parametrize(
    ("changed", "status", "words"),
    [
        ({"name": " "}, 400, "This field is required"),
        ({"text": "  "}, 400, "There is no text yet"),
        ({"mail": "nonsense"}, 400, "valid email"),
        ({"stamp": "forged"}, 403, "older than 30 days"),
        ({"text": "x" * 20_001}, 400, "20,001 characters; 20,000 are possible"),
    ],
)
def test_a_refused_form_comes_back_with_its_text(client, post, changed, status, words):
    form = {"text": "Kept text", **changed}
    answer = client.post("/posts/a-post/comment/", filled_in(post, **form))
    page = answer.content.decode()
    assert answer.status_code == status
    assert words in page
    assert form["text"].strip() in page
    assert not Comment.objects.exists()


def test_a_form_that_came_back_is_good_for_the_next_try(client, post):
    page = client.post("/posts/a-post/comment/", filled_in(post, stamp="forged")).content.decode()
    stamp = re.search(r'name="stamp" value="([^"]+)"', page)[1]
    assert client.post("/posts/a-post/comment/", filled_in(post, stamp=stamp)).status_code == 302


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://testserver"},
    ],
)
def test_another_sites_form_is_refused_with_its_text(client, post, headers):
    answer = client.post("/posts/a-post/comment/", filled_in(post, text="Kept"), headers=headers)
    assert answer.status_code == 403
    assert "Kept" in answer.content.decode()
    assert not Comment.objects.exists()


def test_our_own_origin_passes(client, post):
    headers = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
    assert (
        client.post("/posts/a-post/comment/", filled_in(post), headers=headers).status_code == 302
    )


def test_a_stamp_for_another_post_is_refused(client, post):
    stamp = make_stamp("comment", make_post().pk)
    assert client.post("/posts/a-post/comment/", filled_in(post, stamp=stamp)).status_code == 403


def test_an_old_stamp_gives_the_form_back(client, post, time_machine):
    time_machine.move_to("2026-01-01", tick=False)
    form = filled_in(post)
    time_machine.move_to("2026-02-01", tick=False)
    Post.objects.update(published_at="2025-01-01T00:00Z")
    assert client.post("/posts/a-post/comment/", form).status_code == 403


def test_a_post_closed_meanwhile_gives_the_text_back(client, post):
    form = filled_in(post, text="Kept")
    Post.objects.update(comments_status="closed")
    answer = client.post("/posts/a-post/comment/", form)
    assert answer.status_code == 409
    assert "Kept" in answer.content.decode()


def test_a_parent_removed_meanwhile_gives_the_text_back(client, post):
    parent = make_published(post)
    remove(parent)
    answer = client.post("/posts/a-post/c/1/reply/", filled_in(post, text="Kept"))
    assert answer.status_code == 409
    assert "Kept" in answer.content.decode()


def test_fields_that_the_form_does_not_have_are_ignored(client, post):
    forged = {"status": "published", "number": "9", "user": make_user().pk, "version": "7"}
    client.post("/posts/a-post/comment/", filled_in(post, **forged))
    comment = Comment.objects.get()
    assert (comment.status, comment.number, comment.user) == ("pending", None, None)


@pytest.mark.parametrize("text", ["a\x00b", "\x00"])
def test_nul_is_never_a_server_error(client, post, text):
    assert client.post("/posts/a-post/comment/", filled_in(post, text=text)).status_code < 500


@pytest.mark.parametrize("kind", ["draft", "future"])
def test_nothing_under_an_unpublished_post_is_read_or_written(client, post, kind):
    make_published(post)
    change = {"status": "draft"} if kind == "draft" else {"published_at": "2100-01-01T00:00Z"}
    Post.objects.update(**change)
    for address in ("", "comment/", "c/1/", "c/1/reply/"):
        assert client.get(f"/posts/a-post/{address}").status_code == 404
    assert client.post("/posts/a-post/comment/", filled_in(post)).status_code == 404


def test_a_closed_post_shows_its_comments_and_no_form(client, post):
    make_published(post)
    Post.objects.update(comments_status="closed")
    page = client.get("/posts/a-post/").content.decode()
    assert 'id="c-1"' in page
    assert "<form" not in page
    assert "/reply/" not in page


def test_a_permalink_leads_to_the_place_on_the_page(client, post):
    root = make_published(post)
    make_published(post, parent=root)
    assert client.get("/posts/a-post/c/1.1/").url == "/posts/a-post/#c-1-1"


@pytest.mark.parametrize("number", ["2", "0", "01", "1.", "x"])
def test_a_number_that_was_never_given_is_not_found(client, post, number):
    make_published(post)
    assert client.get(f"/posts/a-post/c/{number}/").status_code == 404


def test_the_permalink_of_a_removed_comment_stays(client, post):
    comment = make_published(post)
    remove(comment)
    assert client.get("/posts/a-post/c/1/").status_code == 302


def test_comments_hang_under_pages_too(client):
    page = make_post(kind="page", slug="about-us")
    root = make_published(page)
    assert 'id="c-1"' in client.get("/about-us/").content.decode()
    assert client.get(root.get_absolute_url()).url == "/about-us/#c-1"
    assert client.post("/about-us/c/1/reply/", filled_in(page)).status_code == 302


def test_the_status_page_follows_the_comment(client, post):
    comment = send(post, "My own words")
    token = signing.Signer(salt="comments.status").sign(str(comment.pk))
    address = reverse("comments:status", args=[token])
    seen = []
    for service, _ in [
        (None, ""),
        (services.publish_comment, ""),
        (services.remove_comment, ""),
        (services.restore_comment, ""),
        (services.reject_comment, ""),
    ]:
        if service:
            service(comment_id=comment.pk, version=comment.version, by=make_user())
            comment.refresh_from_db()
        page = client.get(address).content.decode()
        assert "My own words" in page
        seen.append(re.search(r"<strong>(\w+)", page)[1])
    assert seen == ["Waiting", "Published", "Removed", "Published", "Rejected"]


def test_the_status_page_is_private(client, post):
    answer = client.post("/posts/a-post/comment/", filled_in(post), follow=True)
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("token", ["1", "x", "MQ:1abc:forged"])
def test_a_status_page_can_not_be_guessed(client, token):
    assert client.get(f"/comments/{token}/").status_code == 404


def test_a_token_of_another_purpose_opens_no_status_page(client, post):
    token = signing.Signer(salt="something.else").sign(str(send(post).pk))
    assert client.get(f"/comments/{token}/").status_code == 404


def test_staff_write_under_their_account_and_at_once(client, post):
    client.force_login(make_user("author", first_name="Ada", last_name="B"))
    client.post("/posts/a-post/comment/", filled_in(post, name="Somebody else"))
    comment = Comment.objects.get()
    assert (comment.name, comment.number) == ("Ada B", "1")


def test_a_public_page_sets_no_cookie_and_stays_private_for_nobody(client, post):
    make_published(post)
    answer = client.get("/posts/a-post/")
    assert not answer.cookies
    assert "script-src 'self'" in answer["Content-Security-Policy"]


def test_signed_in_readers_pages_are_not_kept(client, post):
    client.force_login(make_user("author"))
    assert "no-store" in client.get("/posts/a-post/")["Cache-Control"]


@pytest.mark.parametrize("many", [1, 30])
def test_the_page_takes_the_same_queries_for_any_number_of_comments(
    client, post, many, django_assert_num_queries
):
    root = make_published(post)
    for _ in range(many):
        make_published(post, parent=root)
    # which post, versions; post, tags, totals, comments, back-links, locks, policy, rules, whether
    # it is slowed, what is beside it, menu; what will appear or open next
    with django_assert_num_queries(15):
        client.get("/posts/a-post/")


def test_the_mail_is_on_no_page(client, post):
    client.post("/posts/a-post/comment/", filled_in(post, mail="canary@mail.example"))
    comment = Comment.objects.get()
    services.publish_comment(comment_id=comment.pk, version=comment.version, by=make_user())
    assert "canary" not in client.get("/posts/a-post/").content.decode()


@pytest.mark.parametrize("address", ["/posts/a%00b/", "/%00/", "/tags/%00/", "/posts/%ED%A0%80/"])
def test_an_address_that_no_database_takes_is_not_found(client, post, address):
    assert client.get(address).status_code == 404
