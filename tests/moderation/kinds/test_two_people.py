"""Two people who answer each other on and on: what counts, what ends it, what is said before."""

from datetime import timedelta

import pytest
from django.utils import timezone

from comments import intake
from comments.errors import TurnedAway
from comments.models import Comment, Commenter, RecordedReason
from moderation.models import Rule
from moderation.screening.facts.exchange import Exchange, Writer
from moderation.screening.kinds.two_people import TwoPeople
from tests.factories import make_facts, make_post, make_published, make_user, send

pytestmark = pytest.mark.django_db

BOTH = (Writer("Otto", None), Writer("Hanna", 7))


def judge(replies, writers=BOTH, limit=4, **draft):
    facts = make_facts(Exchange(writers, replies), **draft)
    return TwoPeople().judge(facts, TwoPeople.takes(replies=limit))


@pytest.mark.parametrize(
    ("replies", "name", "effect"),
    [
        (1, "Hanna", "nothing"),
        (2, "Hanna", "note"),
        (3, "OTTO", "note"),
        (4, "Otto", None),
        (9, "Hanna", None),
        (9, "Third", "nothing"),
        (9, "", "note"),  # not typed yet: told to everybody
    ],
)
def test_it_bites_from_the_limit_on_and_is_said_before(replies, name, effect):
    found = judge(replies, name=name)
    assert (found.effect if found else "nothing") == effect
    if found:
        assert found.evidence == {"replies": replies, "limit": 4}
        assert "the same two people" in found.advice


def test_a_cookie_tells_a_person_under_another_name():
    assert judge(4, name="Anna", commenter=Commenter(pk=7, name="Anna")).effect is None
    assert judge(4, name="Anna", commenter=Commenter(pk=8, name="Anna")) is None


def test_what_is_left_is_said():
    assert "After 2 more, your reply waits" in judge(2, name="Otto").advice
    assert "After one more, a reply by one of the two waits" in judge(3, name="").advice
    assert "So your reply waits until somebody else" in judge(4, name="Otto").advice


# The facts, of a branch as it is stored


def grow(post, *names, parent=None, **fields):
    """A chain of published replies by these names; the last one."""
    for name in names:
        is_staff = name == "staff"
        parent = make_published(
            post, parent=parent, name=name, user=make_user() if is_staff else None
        )
        Comment.objects.filter(pk=parent.pk).update(**fields)
    return parent


def replies(post, parent, at=None):
    draft = intake.make_draft(post=post, parent=parent, name="Otto", mail="", text="x")
    return Exchange.gather(draft, at or timezone.now()).replies


@pytest.mark.parametrize(
    ("names", "count"),
    [
        (["Hanna"], 0),
        (["Hanna", "Hanna"], 0),
        (["Hanna", "Otto"], 2),
        (["Hanna", "Otto", "hanna", "OTTO"], 4),
        (["Third", "Hanna", "Otto", "Hanna"], 3),
        (["Hanna", "Otto", "Third", "Hanna", "Otto"], 2),
        (["Hanna", "Otto", "staff", "Otto", "Hanna"], 2),
        (["Hanna", "Otto", "Hanna", "staff"], 0),
        (["Hanna", "Otto", "Hanna", "Third"], 2),  # of Hanna and Third
    ],
)
def test_a_chain_counts_as_far_as_two_wrote_it_alone(names, count):
    post = make_post()
    assert replies(post, grow(post, *names)) == count


@pytest.mark.parametrize("third", ["Third", "staff"])
def test_whoever_writes_beside_begins_it_anew(third):
    post = make_post()
    middle = grow(post, "Hanna", "Otto", "Hanna")
    last = grow(post, "Otto", "Hanna", parent=middle)
    assert replies(post, last) == 5
    waiting = send(post, parent=middle, name="Third")
    assert waiting.status == "pending"
    assert replies(post, last) == 5  # nobody has read it yet
    beside = grow(post, third, parent=middle)
    assert replies(post, last) == 2
    assert replies(post, last, at=beside.submitted_at - timedelta(seconds=1)) == 5


def test_a_remembered_person_is_the_same_under_two_names():
    post, hanna = make_post(), Commenter.objects.create(name="Hanna")
    last = grow(post, "Hanna", commenter=hanna)
    last = grow(post, "Otto", parent=last)
    last = grow(post, "Anna", parent=last, commenter=hanna)
    assert replies(post, grow(post, "Otto", parent=last)) == 4


def test_a_continuation_counts_for_nothing():
    post = make_post()
    last = grow(post, "Hanna", "Otto")
    last = grow(post, "Otto", parent=last, continues=True)
    assert replies(post, last) == 2


def test_beside_the_branch_nobody_is_asked():
    post = make_post()
    assert replies(post, None) == 0
    root = grow(post, "Third")
    last = grow(post, "Hanna", "Otto", parent=root)
    grow(post, "Third", parent=root)
    assert replies(post, last) == 2


# As it comes in


@pytest.fixture
def quarrel():
    Rule.objects.exclude(kind="two-person limit").update(is_on=False)
    Rule.objects.filter(kind="two-person limit").update(parameters={"replies": 4})
    post = make_post()
    return post, grow(post, "Hanna", "Otto", "Hanna", "Otto")


def test_a_further_reply_waits_and_says_why(quarrel, client):
    post, last = quarrel
    held = send(post, parent=last, name="Hanna")
    assert held.status == "pending"
    [reason] = RecordedReason.objects.filter(comment=held, rule="two-person limit")
    assert (reason.effect, reason.evidence) == ("hold", {"replies": 4, "limit": 4})
    assert "Otto and Hanna alone" in reason.sentence
    assert "So your reply waits" in reason.advice
    page = client.get(f"{last.get_absolute_url()}reply/").content.decode()
    assert "So a reply by one of the two waits until somebody else has written here" in page


def test_a_third_person_may_write_and_then_the_two_again(quarrel):
    post, last = quarrel
    third = send(post, parent=last, name="Third")
    assert third.status == "published"
    assert send(post, parent=last, name="Hanna").status == "published"


def test_the_author_may_write_and_then_the_two_again(quarrel):
    post, last = quarrel
    send(post, parent=last, user=make_user("moderator"))
    assert send(post, parent=last, name="Hanna").status == "published"


def test_turned_away_until_somebody_else_has_written(quarrel):
    post, last = quarrel
    Rule.objects.filter(kind="two-person limit").update(effect="refuse")
    with pytest.raises(TurnedAway, match="So your reply waits"):
        send(post, parent=last, name="Hanna")
    send(post, parent=last, name="Third")
    assert send(post, parent=last, name="Hanna").status == "published"
