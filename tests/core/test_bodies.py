"""Bodies that can't be read: a page of ours that says what became of them, and nothing stored."""

import pytest
from django.test import Client

from comments.models import Comment
from core.signin import make_link_token
from tests.factories import filled_in, make_post, make_user

pytestmark = pytest.mark.django_db

TOO_BIG = "x" * 2_700_000


@pytest.fixture
def post(db):
    return make_post(slug="a-post")


def urlencoded(client, body, kind="application/x-www-form-urlencoded"):
    return client.post("/posts/a-post/comment/", body, content_type=kind)


def test_a_body_that_is_too_big_gives_the_form_back_with_a_sentence(client, post):
    answer = client.post("/posts/a-post/comment/", filled_in(post, text=TOO_BIG))
    assert answer.status_code == 413
    page = answer.content.decode()
    assert "too big to be read, and nothing was stored" in page
    assert 'name="stamp"' in page
    assert not Comment.objects.exists()


def test_so_does_one_that_a_form_without_files_sends(client, post):
    answer = urlencoded(client, f"text={TOO_BIG}")
    assert answer.status_code == 413
    assert "too big to be read" in answer.content.decode()


def test_so_does_one_of_too_many_fields(client, post):
    answer = urlencoded(client, "&".join(f"a{number}=1" for number in range(1001)))
    assert answer.status_code == 413
    assert "too big to be read" in answer.content.decode()


@pytest.mark.parametrize(
    "kind",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=" + "x" * 300,
        "application/x-www-form-urlencoded; charset=utf-16",
    ],
)
def test_a_body_that_makes_no_sense_gives_the_form_back_with_a_sentence(client, post, kind):
    answer = urlencoded(client, "text=Hello", kind)
    assert answer.status_code == 400
    assert "could not be read as this form, and nothing was stored" in answer.content.decode()


def test_elsewhere_a_page_of_ours_says_so():
    client = Client(enforce_csrf_checks=True)  # which reads the body before any view of ours
    address = f"/signin/{make_link_token(user=make_user())}/"
    client.get(address)
    for body, status, words in (
        (f"a={TOO_BIG}", 413, "too big to be read here"),
        ("a=1", 400, "could not be read"),
    ):
        kind = "application/x-www-form-urlencoded"
        kind += "; charset=utf-16" if status == 400 else ""
        answer = client.post(address, body, content_type=kind)
        assert answer.status_code == status
        assert words in answer.content.decode()
        assert "site-title" in answer.content.decode()
