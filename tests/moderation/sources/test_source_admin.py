"""The list of sources, and the note that stands at one."""

import pytest

from moderation.models import Source
from tests.factories import make_post, make_published, make_user, send

LINK = "https://example.org/a"

pytestmark = pytest.mark.django_db


def test_a_moderator_sees_where_it_was_posted_and_writes_a_note(client):
    published = make_published(make_post(), text=f"See {LINK}")
    waiting = send(make_post(), f"And {LINK}")
    client.force_login(make_user("moderator"))
    page = client.get("/admin/moderation/source/?q=example.org").content.decode()
    assert "example.org/a" in page
    address = f"/admin/moderation/source/{Source.objects.get().pk}/change/"
    page = client.get(address).content.decode()
    assert f'<a href="{published.get_absolute_url()}">#1</a>' in page
    assert f"{waiting.post.title}”" in page
    assert "(pending)" in page
    note = {"note": "Weak.", "dealt_with": published.get_absolute_url(), "tell_writers": "on"}
    assert client.post(address, {**note, "address": "changed"}).status_code == 302
    source = Source.objects.get()
    assert (source.address, source.note, source.tell_writers) == (LINK, "Weak.", True)


def test_an_author_sees_of_the_comments_only_those_under_own_posts(client):
    author = make_user("author")
    own, others = send(make_post(author=author), LINK), send(make_post(), f"{LINK} too")
    client.force_login(author)
    page = client.get(f"/admin/moderation/source/{Source.objects.get().pk}/change/")
    assert own.post.title in page.content.decode()
    assert f"{others.post.title}”" not in page.content.decode()


def test_nobody_adds_or_deletes_one(client):
    send(make_post(), LINK)
    client.force_login(make_user())
    for act in ("add/", f"{Source.objects.get().pk}/delete/"):
        assert client.get(f"/admin/moderation/source/{act}").status_code == 403


def test_the_list_takes_as_many_queries_for_many_sources(client, django_assert_max_num_queries):
    send(make_post(), " ".join(f"{LINK}/{n}" for n in range(40)))
    client.force_login(make_user("moderator"))
    with django_assert_max_num_queries(9):
        client.get("/admin/moderation/source/")
