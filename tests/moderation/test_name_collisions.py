"""A typed name that is somebody's is held with that reason, through intake, on real accounts."""

import pytest
from django.utils import timezone

from comments import intake
from comments.models import Comment, Commenter
from moderation.screening.facts.name_owners import NameOwners
from tests.factories import make_post, make_user, send

pytestmark = pytest.mark.django_db
CYRILLIC_A = "\N{CYRILLIC SMALL LETTER A}"


@pytest.fixture
def post(db):
    author = make_user("author", username="ada", first_name="Ada", last_name="Bergman")
    return make_post(author=author)


def rules(comment):
    assert Comment.objects.get(pk=comment.pk).status == "pending"
    return set(comment.reasons.values_list("rule", flat=True))


@pytest.mark.parametrize(
    "name",
    [
        "Ada Bergman",
        "ada",
        "ADA",
        "AdaBergman",
        f"Ad{CYRILLIC_A} Bergman",
        "Ada\u200bBergman",
        "Bergman, Ada",
    ],
)
def test_staffs_names_are_held_whatever_they_are_written_with(post, name):
    found = rules(send(post, name=name))
    assert ("name collision" in found) == (name != "Bergman, Ada")


def test_who_is_no_more_staff_but_wrote_a_post_keeps_the_name(post):
    post.author.is_staff = False
    post.author.save()
    assert "name collision" in rules(send(post, name="Ada Bergman"))


def test_a_confirmed_commenters_name_is_held_for_others_only(post):
    hanna = Commenter.objects.create(
        name="Hanna", mail="h@mail.example", confirmed_at=timezone.now(), skeleton="hanna"
    )
    reason = send(post, name=f"H{CYRILLIC_A}nna").reasons.get(rule="name collision")
    assert "confirmed" in reason.sentence
    assert "mail.example" not in f"{reason.sentence}{reason.evidence}"
    draft = intake.make_draft(
        post=post, parent=None, name="Hanna", mail="", text="x", commenter=hanna
    )
    assert not NameOwners.gather(draft, timezone.now()).commenter


def test_a_remembered_name_is_not_anybodys(post):
    Commenter.objects.create(name="Hanna")
    assert "name collision" not in rules(send(post, name="Hanna"))


def test_a_name_of_signs_alone_is_like_nobodys(post):
    make_user(username="...")
    assert "name collision" not in rules(send(post, name="***"))


@pytest.mark.parametrize("many", [0, 20])
def test_facts_take_one_query_however_many_there_are(post, many, django_assert_num_queries):
    for number in range(many):
        make_user("author")
        Commenter.objects.create(
            mail=f"{number}@e.example", confirmed_at=timezone.now(), skeleton=f"n{number}"
        )
    draft = intake.make_draft(post=post, parent=None, name="Hanna", mail="", text="x")
    with django_assert_num_queries(1):
        NameOwners.gather(draft, timezone.now())
