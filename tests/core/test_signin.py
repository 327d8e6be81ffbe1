"""One-time sign-in links: a button, once, for ten minutes."""

import pytest
from django.core.management import CommandError, call_command

from core.models import SignInLink
from core.signin import make_link_token
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def link(db):
    return f"/signin/{make_link_token(user=make_user('author', username='ada'))}/"


def signed_in(client):
    return client.get("/admin/").status_code == 200


def test_opening_the_link_changes_nothing(client, link):
    page = client.get(link)
    assert "signs you in as <strong>ada</strong>" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert not signed_in(client)
    assert SignInLink.objects.get().used_at is None


def test_the_button_signs_in_once(client, link):
    assert client.post(link).url == "/admin/"
    assert signed_in(client)
    client.logout()
    assert client.post(link).status_code == 410
    assert not signed_in(client)


def test_the_link_ends_after_ten_minutes(client, time_machine):
    time_machine.move_to("2026-01-01T00:00Z", tick=False)
    link = f"/signin/{make_link_token(user=make_user())}/"
    time_machine.shift(601)
    assert client.get(link).status_code == 410
    assert client.post(link).status_code == 410


def test_a_link_of_somebody_dismissed_is_no_longer_good(client, link):
    SignInLink.objects.get().user.__class__.objects.update(is_active=False)
    assert client.post(link).status_code == 410


def test_an_invented_link_is_no_good(client, db):
    assert client.get("/signin/invented/").status_code == 410
    assert client.post("/signin/invented/").status_code == 410


def test_the_token_is_not_in_the_database(link):
    assert link.split("/")[2] not in str(SignInLink.objects.values().get())


def test_the_button_needs_our_own_page(link):
    from django.test import Client

    assert Client(enforce_csrf_checks=True).post(link).status_code == 403


def test_the_command_prints_a_link_that_works(client, capsys):
    make_user("author", username="ada")
    call_command("signin_link", "ada", "--base", "http://testserver/")
    address = capsys.readouterr().out.strip()
    assert address.startswith("http://testserver/signin/")
    client.post(address.removeprefix("http://testserver"))
    assert signed_in(client)


def test_the_command_names_its_mistakes(db):
    with pytest.raises(CommandError, match="no user 'nobody'"):
        call_command("signin_link", "nobody")
    user = make_user("author", username="gone", is_active=False)
    with pytest.raises(CommandError, match="not allowed"):
        call_command("signin_link", user.username)
