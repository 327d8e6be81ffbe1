"""Writing in the admin: authors their own posts, nobody else's."""

import pytest

from blog.models import Post
from tests.factories import make_post, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(client):
    user = make_user("author")
    client.force_login(user)
    return user


def form(**changed):
    fields = {
        "title": "New", "slug": "new", "body": "Text", "status": "published", "published_at_0": "",
        "published_at_1": "", "kind": "post", "summary": "", "comments_status": "open",
        "body_format": "markdown",
    }  # fmt: skip
    return {**fields, **changed}


def test_an_author_publishes_a_post_of_their_own(client, author):
    answer = client.post("/admin/blog/post/add/", form())
    assert answer.status_code == 302
    post = Post.objects.get()
    assert (post.author, post.is_published) == (author, True)


def test_an_author_can_not_write_under_another_name(client, author):
    other = make_user("author")
    client.post("/admin/blog/post/add/", form(author=other.pk))
    assert Post.objects.get().author == author


def test_who_publishes_is_led_to_the_post_and_back(client, author):
    page = client.post("/admin/blog/post/add/", form(), follow=True).content.decode()
    assert '<a href="/posts/new/">Read it on the site</a>' in page
    assert '<a href="/posts/new/">read</a>' in page
    post = Post.objects.get()
    edit = f'<a href="/admin/blog/post/{post.pk}/change/">Edit this post</a>'
    assert edit in client.get("/posts/new/").content.decode()
    client.force_login(make_user("author"))
    assert edit not in client.get("/posts/new/").content.decode()
    client.logout()
    assert edit not in client.get("/posts/new/").content.decode()


def test_authors_are_chosen_by_the_names_that_readers_see(client):
    client.force_login(make_user())
    make_post(author=make_user("author", username="ada", first_name="Ada", last_name="Lovelace"))
    page = client.get("/admin/blog/post/add/").content.decode()
    assert ">Ada Lovelace</option>" in page
    assert "delete_id_author" not in page
    assert "Ada Lovelace" in client.get("/admin/blog/post/").content.decode()


def test_another_authors_post_is_not_there(client, author):
    post = make_post(title="Theirs")
    assert "Theirs" not in client.get("/admin/blog/post/").content.decode()
    for address in (f"{post.pk}/change/", f"{post.pk}/delete/", f"{post.pk}/history/"):
        assert client.get(f"/admin/blog/post/{address}").status_code in {302, 403, 404}
    client.post(f"/admin/blog/post/{post.pk}/change/", form(title="Taken"))
    post.refresh_from_db()
    assert post.title == "Theirs"


def test_an_author_changes_an_own_post(client, author):
    post = make_post(author=author)
    client.post(f"/admin/blog/post/{post.pk}/change/", form(title="Better"))
    post.refresh_from_db()
    assert post.title == "Better"


def test_an_editor_of_every_post_sees_them_all(client):
    client.force_login(make_user())
    make_post(title="Theirs")
    assert "Theirs" in client.get("/admin/blog/post/").content.decode()


def test_a_moderator_has_no_posts_to_edit(client):
    client.force_login(make_user("moderator"))
    assert client.get("/admin/blog/post/").status_code == 403
