"""Sanctions in the admin: who may, what is filled in, what is refused."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from comments.models import Comment, Commenter
from moderation.models import LogEntry, Sanction
from moderation.people.sanctions import Person, sanction_person
from tests.factories import make_post, make_published, make_user

pytestmark = pytest.mark.django_db

LIST = "/admin/moderation/sanction/"
ADD = f"{LIST}add/"
EMPTY = {"mail": "", "pattern": "", "post": "", "number": "", "clause": "", "note": ""}


@pytest.fixture
def moderator(client):
    user = make_user("moderator")
    client.force_login(user)
    return user


@pytest.fixture
def comment():
    comment = make_published(make_post(title="A post"), name="Hanna")
    hanna = Commenter.objects.create(name="Hanna")
    Comment.objects.filter(pk=comment.pk).update(
        commenter=hanna, network="n1", mail="h@mail.example"
    )
    return Comment.objects.get(pk=comment.pk)


def fill(comment, **changed):
    fields = {"target": "identity", "effect": "bar", "scope": "site"}
    return {**EMPTY, **fields, "until_at": "", "comment_id": comment.pk, **changed}


def shown(client, address):
    return client.get(address).content.decode()


def test_the_card_leads_to_a_form_filled_in_with_its_writer(client, moderator, comment):
    [link] = re.findall(r'href="([^"]+comment=\d+)"', shown(client, card(comment)))
    page = shown(client, link)
    assert "The commenter Hanna (remembered)" in page
    assert 'value="h@mail.example"' in page
    assert re.search(r'name="number" value="1"', page)
    assert re.search(r'name="target" value="identity"[^>]*checked', page)


def card(comment):
    return reverse("moderation:card", args=[comment.pk])


@pytest.mark.parametrize(
    ("target", "field", "value"),
    [
        ("identity", "commenter_id", None),
        ("network", "network", "n1"),
        ("mail", "mail", "h@mail.example"),
        ("name", "pattern", "Hann*"),
    ],
)
def test_a_form_makes_one_sanction(client, comment, target, field, value):
    moderator = make_user("moderator")
    client.force_login(moderator)
    words = {"mail": "h@mail.example", "pattern": "Hann*", "note": "A word.", "clause": "respect"}
    answer = client.post(ADD, fill(comment, target=target, **words))
    assert answer.status_code == 302, answer.content.decode()
    sanction = Sanction.objects.get()
    assert getattr(sanction, field) == (value or comment.commenter_id)
    assert (sanction.note, sanction.clause, sanction.made_by) == ("A word.", "respect", moderator)
    assert sanction.occasion == comment
    assert LogEntry.objects.filter(sanction_id=sanction.pk, actor_id=moderator.pk).count() == 1


def test_a_scope_and_a_time_are_taken(client, moderator, comment):
    until = {"until_at": "2099-03-05T14:00"}
    client.post(ADD, fill(comment, scope="branch", post=comment.post_id, number="#1", **until))
    client.post(ADD, fill(comment, scope="post", post=comment.post_id, effect="hold"))
    branch, post = Sanction.objects.order_by("pk")
    assert (branch.branch, branch.until_at.year, branch.post) == (comment, 2099, None)
    assert (post.post, post.branch, post.effect) == (comment.post, None, "hold")


def test_somebody_is_trusted_by_the_same_form(client, moderator, comment):
    client.post(ADD, fill(comment, effect="trust"))
    assert Sanction.objects.get().effect == "trust"
    assert LogEntry.objects.latest("pk").act == "trusted"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"target": "mail"}, "Please give the address."),
        ({"target": "name", "pattern": "*"}, "three letters or more"),
        ({"target": "name", "pattern": "Hanna", "effect": "trust"}, "can be trusted"),
        ({"scope": "post"}, "Please choose the post."),
        ({"scope": "branch", "number": "9"}, "Please choose the post."),
        ({"until_at": "2020-01-01T10:00"}, "This time is over already."),
        ({"comment_id": ""}, "Select a valid choice"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(client, moderator, comment, changed, said):
    answer = client.post(ADD, fill(comment, **changed))
    assert said in answer.content.decode()
    assert not Sanction.objects.exists()


def test_an_unknown_branch_is_said(client, moderator, comment):
    answer = client.post(ADD, fill(comment, scope="branch", post=comment.post_id, number="9.9"))
    assert "There is no comment with this number under that post." in answer.content.decode()


def test_the_list_shows_what_is_in_force_unless_asked_for_more(client, moderator, comment):
    current = sanction_person(person=Person(pattern="Current"), effect="bar", by=moderator)
    over = sanction_person(person=Person(pattern="Finished"), effect="bar", by=moderator)
    Sanction.objects.filter(pk=over.pk).update(until_at=timezone.now())
    names = {
        "": ["Current"],
        "?in_force=no": ["Finished"],
        "?in_force=all": ["Finished", "Current"],
    }
    for query, expected in names.items():
        assert re.findall("the name “(.+?)”", shown(client, LIST + query)) == expected
    assert "Lift this sanction" in shown(client, f"{LIST}{current.pk}/change/")
    assert "Lift this sanction" not in shown(client, f"{LIST}{over.pk}/change/")


def test_a_sanction_is_lifted_by_its_button_and_only_by_it(client, moderator):
    sanction = sanction_person(person=Person(pattern="Hanna"), effect="bar", by=moderator)
    lift = reverse("admin:moderation_lift", args=[sanction.pk])
    assert client.get(lift).status_code == 405
    assert "Lifted." in client.post(lift, follow=True).content.decode()
    assert not Sanction.objects.in_force(timezone.now()).exists()
    again = client.post(lift, follow=True).content.decode()
    assert "no longer in force" in again


def test_nothing_of_a_sanction_is_changed_or_deleted(client, moderator):
    sanction = sanction_person(person=Person(pattern="Hanna"), effect="bar", by=moderator)
    assert client.post(f"{LIST}{sanction.pk}/change/", {"effect": "hold"}).status_code == 403
    assert client.post(f"{LIST}{sanction.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Sanction.objects.get().effect == "bar"


def test_an_author_sees_and_sets_what_holds_under_own_posts(client, comment):
    author = make_user("author")
    own = make_published(make_post(author=author, title="Mine"))
    client.force_login(author)
    elsewhere = sanction_person(person=Person(pattern="Abroad"), effect="bar", by=make_user())
    assert "Abroad" not in shown(client, LIST)
    assert client.post(reverse("admin:moderation_lift", args=[elsewhere.pk])).status_code == 404
    page = shown(client, f"{ADD}?comment={own.pk}")
    assert "Mine" in page
    assert "A post" not in page
    assert "On the whole site" not in page
    foreign = shown(client, f"{ADD}?comment={comment.pk}")
    assert "h@mail.example" not in foreign
    name = {"target": "name", "pattern": "Hanna"}
    client.post(ADD, fill(own, scope="site", **name))
    client.post(ADD, fill(own, scope="post", post=comment.post_id, **name))
    assert Sanction.objects.count() == 1
    client.post(ADD, fill(own, scope="post", post=own.post_id, **name))
    assert Sanction.objects.count() == 2


def test_who_has_no_queue_has_no_sanctions(client):
    client.force_login(make_user("author"))
    client.logout()
    stranger = make_user("author")
    stranger.groups.clear()
    client.force_login(stranger)
    assert client.get(LIST).status_code == 403
    assert client.get(ADD).status_code == 403


def test_a_clause_is_chosen_and_shown_by_number_and_title(client, moderator, comment):
    cited = "clause 1 of the policy, “Argue with what was said, not with who said it”"
    assert '<option value="respect">1. Argue with what' in shown(client, ADD)
    answer = client.post(ADD, fill(comment, clause="no such clause"))
    assert "Select a valid choice" in answer.content.decode()
    client.post(ADD, fill(comment, clause="respect"))
    sanction_person(person=Person(pattern="Nobody"), effect="bar", by=moderator, clause="gone")
    page = shown(client, LIST)
    assert cited in page
    assert re.search(r'class="field-cited">gone<', page)
    sanction = Sanction.objects.get(clause="respect")
    assert cited in shown(client, f"{LIST}{sanction.pk}/change/")
