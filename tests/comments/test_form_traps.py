"""The field that people don't see, and the time from the form to the sending, through HTTP."""

import re
from datetime import timedelta

import pytest
from django.core.signing import TimestampSigner
from django.utils import timezone

from comments.models import Comment
from core.guards import STAMP_MAX_AGE, make_stamp
from moderation.models import Rule
from tests.factories import make_post

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def only_these():
    """No rule but the two that this file is about."""
    Rule.objects.exclude(kind__in=["honeypot", "fill time"]).delete()


def form_at(client, address):
    """The fields of the form at an address, as a client that knows no CSS sees them."""
    return fields_of(client.get(address).content.decode())


def fields_of(page):
    form = re.search(r'<form class="comment-form".*?</form>', page, re.DOTALL)[0]
    inputs = re.findall(r'<input type="(?:text|email|hidden)" name="(\w+)"([^>]*)>', form)
    values = {name: re.search(r'value="([^"]*)"', rest) for name, rest in inputs}
    return {name: found[1] if found else "" for name, found in values.items()}


def rules_of(comment):
    return [reason.rule for reason in comment.reasons.all()]


def test_a_reader_who_fills_name_mail_and_text_in_time_is_not_stopped(client, time_machine):
    post = make_post()
    time_machine.move_to(timezone.now(), tick=False)
    form = form_at(client, f"{post.get_absolute_url()}comment/")
    assert form["website"] == ""
    time_machine.shift(5)
    form |= {"name": "Hanna", "mail": "h@reader.example", "text": "An argument."}
    assert client.post(f"{post.get_absolute_url()}comment/", form).status_code == 302
    assert (Comment.objects.get().status, rules_of(Comment.objects.get())) == ("published", [])


def test_who_fills_in_the_hidden_field_is_held_with_nothing_lost(client):
    post = make_post()
    form = {"name": "Hanna", "text": "An argument.", "website": "http://me.example/"}
    form["stamp"] = stamp_made(post, timedelta(minutes=1))
    client.post(f"{post.get_absolute_url()}comment/", form)
    comment = Comment.objects.get()
    assert (comment.status, comment.text, rules_of(comment)) == (
        "pending",
        "An argument.",
        ["honeypot"],
    )
    assert comment.reasons.get().evidence == {"field": "http://me.example/"}


def test_a_form_sent_within_a_second_is_held(client):
    post = make_post()
    form = {"name": "Hanna", "text": "An argument.", "stamp": make_stamp("comment", post.pk)}
    client.post(f"{post.get_absolute_url()}comment/", form)
    assert rules_of(Comment.objects.get()) == ["fill time"]


@pytest.mark.parametrize("detour", [{"preview": "1"}, {"text": ""}])
def test_a_form_that_comes_back_keeps_its_first_time(client, time_machine, detour):
    post = make_post()
    address = f"{post.get_absolute_url()}comment/"
    time_machine.move_to(timezone.now(), tick=False)
    form = form_at(client, address) | {"name": "Hanna", "text": "An argument."}
    time_machine.shift(60)
    again = fields_of(client.post(address, form | detour).content.decode())
    assert again["stamp"] == form["stamp"]
    client.post(address, form | {"stamp": again["stamp"]})
    assert rules_of(Comment.objects.get()) == []


def test_a_stamp_that_ends_within_a_day_is_replaced_when_the_form_comes_back(client):
    post = make_post()
    address = f"{post.get_absolute_url()}comment/"
    for age, stays in [(timedelta(days=28), True), (timedelta(days=29, hours=1), False)]:
        stamp = stamp_made(post, age)
        form = {"name": "Hanna", "text": "An argument.", "stamp": stamp, "preview": "1"}
        again = fields_of(client.post(address, form).content.decode())
        assert (again["stamp"] == stamp) == stays
    assert timedelta(days=30).total_seconds() == STAMP_MAX_AGE


def test_a_forged_stamp_is_replaced(client):
    post = make_post()
    form = {"name": "Hanna", "text": "An argument.", "stamp": "9:x:y"}
    answer = client.post(f"{post.get_absolute_url()}comment/", form)
    assert answer.status_code == 403
    assert fields_of(answer.content.decode())["stamp"] not in {"", "9:x:y"}


def stamp_made(post, ago):
    """A stamp of some time ago."""

    class Then(TimestampSigner):
        def timestamp(self):
            from django.core.signing import b62_encode

            return b62_encode(int((timezone.now() - ago).timestamp()))

    return Then(salt="stamp:comment").sign(str(post.pk))
