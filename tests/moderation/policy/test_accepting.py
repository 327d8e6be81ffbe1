"""The policy above the form, and "I have read it" where the author asks for that."""

import re

import pytest

from comments import intake
from comments.commenters import COOKIE
from comments.models import Comment, Commenter
from core.guards import make_stamp
from moderation.models import Acceptance
from tests.factories import make_post, make_published, make_user, write_policy

pytestmark = pytest.mark.django_db

PAGE = "/posts/a-post/"
FORM = "/posts/a-post/comment/"
LABEL = "I have read the comment policy (version 2)"


@pytest.fixture
def post(db):
    return make_post(slug="a-post")


@pytest.fixture
def asking(db):
    return write_policy(must_accept=True)


def send(client, post, **fields):
    form = {"name": "Rahel", "text": "Kept words", "stamp": make_stamp("comment", post.pk)}
    return client.post(FORM, {**form, **fields})


def asks(client, path=PAGE):
    return 'name="accepted"' in client.get(path).content.decode()


@pytest.mark.parametrize("path", [PAGE, FORM, PAGE + "c/1/reply/"])
def test_the_short_form_stands_above_the_box_with_a_link(client, post, path):
    make_published(post)
    page = client.get(path).content.decode()
    assert "Argue with what was said, stay on the subject" in page
    assert page.index('href="/policy/"') < page.index('name="text"')
    assert not asks(client, path)


@pytest.mark.usefixtures("asking")
def test_without_the_tick_nothing_is_sent_and_nothing_lost(client, post):
    assert asks(client)
    answer = send(client, post)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Please tick that you have read it." in page
    assert "Kept words" in page
    assert not Comment.objects.exists()
    assert not answer.cookies


@pytest.mark.usefixtures("asking")
def test_with_the_tick_it_is_sent_and_who_has_no_cookie_is_asked_again(client, post):
    assert send(client, post, accepted=LABEL).status_code == 302
    assert Comment.objects.count() == 1
    assert not Acceptance.objects.exists()
    assert asks(client)


@pytest.mark.usefixtures("asking")
def test_the_box_carries_what_it_stands_for(client, post):
    page = client.get(PAGE).content.decode()
    box = re.search(r"<input[^>]*name=\"accepted\"[^>]*>", page)[0]
    assert f'value="{LABEL}"' in box
    assert "checked" not in box
    page = send(client, post, accepted=LABEL, text="").content.decode()
    assert "checked" in re.search(r"<input[^>]*name=\"accepted\"[^>]*>", page)[0]


@pytest.mark.usefixtures("asking")
def test_who_is_remembered_is_asked_once_for_each_version(client, post):
    send(client, post, accepted=LABEL, remember="on")
    assert Acceptance.objects.get().policy.version == 2
    assert not asks(client)
    assert send(client, post, text="More").status_code == 302
    write_policy(must_accept=True, topic="Other words.")
    assert asks(client)
    answer = send(client, post, text="Old page", accepted=LABEL)
    assert answer.status_code == 400
    assert "The policy has changed since this page was made." in answer.content.decode()
    send(client, post, text="Old page", accepted=LABEL.replace("2", "3"))
    assert Acceptance.objects.count() == 2
    assert not asks(client)


@pytest.mark.usefixtures("asking")
def test_who_is_known_already_ticks_once(client, post):
    send(client, post, accepted=LABEL, remember="on")
    Acceptance.objects.all().delete()
    assert asks(client)
    send(client, post, text="More", accepted=LABEL)
    assert Acceptance.objects.get().commenter == Commenter.objects.get()
    assert not asks(client)
    assert COOKIE in client.cookies


@pytest.mark.usefixtures("asking")
def test_staff_are_never_asked(client, post):
    client.force_login(make_user("author"))
    assert not asks(client)
    assert send(client, post).status_code == 302


@pytest.mark.usefixtures("asking")
def test_a_preview_needs_no_tick(client, post):
    answer = send(client, post, preview="1")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'class="preview"' in page
    assert "Please tick" not in page
    assert 'name="accepted"' in page


@pytest.mark.usefixtures("asking")
def test_a_page_for_everybody_is_the_same_for_everybody(client, post):
    page = client.get(PAGE)
    assert not page.cookies
    assert LABEL in page.content.decode()


def test_a_failing_screener_leaves_the_form(client, post, settings):
    settings.COMMENT_SCREENER = "tests.moderation.policy.test_accepting.Failing"
    page = client.get(FORM).content.decode()
    assert 'name="text"' in page


class Failing:
    def advise(self, draft):
        raise ZeroDivisionError


def test_an_empty_form_costs_the_policy_and_the_rules(post, django_assert_num_queries):
    draft = intake.Draft(post=post, parent=None, name="", mail="", text="", html="")
    intake.advise(draft)  # the rules are read once
    with django_assert_num_queries(3):
        assert "Argue with what was said" in intake.advise(draft).policy
