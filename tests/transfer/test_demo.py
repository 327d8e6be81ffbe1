"""The demo site: something of everything, and only on an empty site."""

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command

from blog.models import Post
from comments.faults import find_faults
from comments.models import Comment
from tests.factories import make_post

pytestmark = pytest.mark.django_db


def test_an_empty_site_gets_posts_and_an_argument_with_something_in_every_state(client):
    call_command("demo")
    statuses = set(Comment.objects.values_list("status", flat=True))
    assert {"pending", "published", "spam", "removed"} <= statuses
    assert Comment.objects.filter(number="1.2.1").exists()
    assert not list(find_faults())
    assert client.get(Post.objects.posts().first().get_absolute_url()).status_code == 200


def test_a_site_in_use_is_left_alone(capsys):
    make_post()
    call_command("demo")
    assert Post.objects.count() == 1
    assert "nothing was added" in capsys.readouterr().out


def test_without_demo_there_is_one_account_and_it_has_no_password():
    call_command("demo", "--accounts-only")
    owner = get_user_model().objects.get()
    assert not owner.has_usable_password()
    assert owner.is_superuser
    assert not Post.objects.exists()


def test_no_demo_account_has_a_password():
    call_command("demo")
    assert not any(user.has_usable_password() for user in get_user_model().objects.all())


def test_a_long_conversation_is_right_in_every_number(client, capsys):
    call_command("demo")
    call_command("demo_conversation", "120")
    address = capsys.readouterr().out.split()[-1]
    assert not list(find_faults())
    assert "120 comments" in client.get(address).content.decode()
