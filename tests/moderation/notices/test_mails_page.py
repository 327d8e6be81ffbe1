"""Where a member of staff says which mails should come."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from moderation.models import NoticeWishes
from tests.factories import make_user

pytestmark = pytest.mark.django_db

FILLED_IN = {
    "waiting": "overdue",
    "overdue_hours": "6",
    "reports": "instant",
    "appeals": "hourly",
    "follow_ups": "off",
    "quiet_from": "22",
    "quiet_until": "7",
}


@pytest.fixture
def mo(client):
    user = make_user("moderator", email="mo@staff.example")
    client.force_login(user)
    return user


def post(client, **changes):
    return client.post(reverse("moderation:mails"), {**FILLED_IN, **changes})


def test_it_keeps_what_was_chosen_for_oneself_alone(client, mo):
    other = make_user("author")
    assert post(client).status_code == 302
    wishes = NoticeWishes.objects.get()
    assert (wishes.user, wishes.waiting, wishes.overdue_hours) == (mo, "overdue", 6)
    assert (wishes.quiet_from, wishes.quiet_until, wishes.follow_ups) == (22, 7, "off")
    client.force_login(other)
    post(client, quiet_from="", quiet_until="")
    assert NoticeWishes.objects.get(user=mo).quiet_from == 22
    assert NoticeWishes.objects.get(user=other).quiet_from is None


def test_opening_it_changes_nothing_and_says_where_mail_goes(client, mo):
    page = client.get(reverse("moderation:mails")).content.decode()
    assert "mo@staff.example" in page
    assert not NoticeWishes.objects.exists()
    mo.email = ""
    mo.save()
    page = client.get(reverse("moderation:mails")).content.decode()
    assert "no mail address of yours" in page


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"quiet_until": ""}, "both ends"),
        ({"quiet_until": "22"}, "no hour would be left"),
        ({"quiet_from": "24"}, "valid choice"),
        ({"reports": "overdue"}, "valid choice"),
        ({"waiting": "always"}, "valid choice"),
        ({"overdue_hours": "0"}, "greater than or equal to 1"),
        ({"overdue_hours": ""}, "required"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(client, mo, change, sentence):
    answer = post(client, **change)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert not NoticeWishes.objects.exists()


def test_who_may_not_moderate_finds_no_page(client, db):
    assert client.get(reverse("moderation:mails")).status_code == 302
    client.force_login(_clerk())
    assert client.get(reverse("moderation:mails")).status_code == 404
    assert post(client).status_code == 404


def _clerk():
    user = make_user("author")
    user.groups.clear()
    return user


def test_quiet_hours_with_one_end_are_refused_by_the_database(mo):
    with pytest.raises(IntegrityError), transaction.atomic():
        NoticeWishes.objects.create(user=mo, quiet_from=3)
