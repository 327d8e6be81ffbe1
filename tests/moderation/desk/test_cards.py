"""Cards as HTML: whatever a stranger typed is text, and each act has a form that works."""

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.urls import reverse
from django.utils import timezone

from comments import own
from comments.models import Brake, Comment, RecordedReason
from core import site
from core.models import SiteSettings
from moderation import services
from moderation.desk.acts import ACTS
from moderation.desk.locking import lock_branch
from moderation.desk.slowing import slow_branch
from moderation.desk.writers import key_of
from moderation.models import (
    Band,
    CannedNote,
    Claim,
    Clause,
    FollowUp,
    Likeness,
    LogEntry,
    PersonNote,
    Report,
    Sanction,
    Source,
    SourceUse,
)
from moderation.policy.services import arrange_clauses, publish_policy, start_draft
from tests.factories import make_post, make_published, make_user, publish, send

pytestmark = pytest.mark.django_db

HOSTILE = """</q></bdi><x-evil a='1' b="2">&amp;{0}{{1}}%s"""
ALIKE = "Of all the words in the world these are the ones that somebody sends us twice a day."
QUEUE = "/admin/queue/"


class Reading(HTMLParser):
    """The elements of a page, and what is said in it, attributes included."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.said = [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        self.said += [value for _, value in attributes if value]

    def handle_data(self, data):
        self.said.append(data)


def read(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return Reading(answer.content.decode())


@pytest.fixture
def moderator(client):
    user = make_user(username="u" + HOSTILE)
    client.force_login(user)
    return user


def change(comment, **fields):
    Comment.objects.filter(pk=comment.pk).update(**fields)
    comment.refresh_from_db()
    return comment


def with_a_brake(brake, comment, by, **more):
    comment.refresh_from_db()
    brake(comment_id=comment.pk, version=comment.version, by=by, reason="b" + HOSTILE, **more)


def a_clause(by):
    draft = start_draft(by=by)
    arrange_clauses(draft, [Clause(key="c", title="c" + HOSTILE, text="Text.")])
    publish_policy(policy_id=draft.pk, changed_at=draft.changed_at, by=by)
    return Clause.objects.current().get()


@pytest.fixture
def cards(moderator):
    """Two comments, of which one waits, with a stranger's signs in all that cards show."""
    clause = a_clause(moderator)
    site.hold(SiteSettings(title="x", claim_minutes=30, version=1))
    CannedNote.objects.create(title="k" + HOSTILE, text="t")
    root = change(make_published(make_post(title="p" + HOSTILE)), name="r" + HOSTILE)
    with_a_brake(lock_branch, root, moderator)
    with_a_brake(slow_branch, root, moderator, minutes=9)
    other = change(send(root.post, ALIKE, user=moderator), name="q" + HOSTILE)
    services.reject_comment(comment_id=other.pk, version=other.version, by=moderator, clause=clause)
    waiting = send(root.post, ALIKE, parent=root, user=moderator)
    change(waiting, name="n" + HOSTILE, mail="m" + HOSTILE, text="w" + HOSTILE, network="<" * 32)
    speak_against(waiting, clause, moderator)
    public = change(publish(send(root.post, "Other words")), name="t" + HOSTILE)
    own.edit_comment(comment_id=public.pk, version=public.version, text="e" + HOSTILE)
    Report.objects.create(comment=public, reporter="1", reason="other", text="g" + HOSTILE)
    Report.objects.create(comment=public, reporter="2", reason="clause", clause_id=clause.pk)
    FollowUp.objects.create(comment=public, owed_by=moderator)
    return waiting, public


def speak_against(comment, clause, moderator):
    RecordedReason.objects.create(
        comment=comment, rule="f" + HOSTILE, effect="hold", sentence="s" + HOSTILE,
        clause_id=clause.pk, evidence={
            "matches": [{"listed": "y" + HOSTILE, "found": "z" + HOSTILE, "part": "x" + HOSTILE}],
            "l" + HOSTILE: "v" + HOSTILE,
        },
    )  # fmt: skip
    Likeness.objects.create(comment=comment, score=2, band=Band.SPAM, words=[["h" + HOSTILE, 1.5]])
    source = Source.objects.create(
        digest="1" * 32, address="a", host="a", note="o" + HOSTILE, dealt_with="d" + HOSTILE
    )
    earlier = make_published(comment.post)
    answer = publish(send(comment.post, parent=earlier, user=moderator))
    place = f"https://a.example/{HOSTILE}"
    for one, address in ((earlier, place), (answer, place), (comment, place + HOSTILE * 3)):
        SourceUse.objects.create(source=source, comment=one, address=address, is_quoted=False)
    Sanction.objects.create(
        effect="hold", target="network", network=comment.network, post=comment.post
    )
    PersonNote.objects.create(whose=key_of(comment), text="i" + HOSTILE, made_by=moderator)
    Claim.objects.create(comment=comment, claimed_by=moderator)
    services.reject_comment(comment_id=comment.pk, version=comment.version, by=moderator)
    comment.refresh_from_db()
    own.appeal_decision(comment_id=comment.pk, version=comment.version, text="j" + HOSTILE)


def test_whatever_was_typed_stands_on_a_card_as_text(client, cards):
    waiting, public = cards
    seen = read(client, QUEUE + "?status=all")
    said = "\0".join(seen.said)
    assert "x-evil" not in [tag for tag, _ in seen.elements]
    keys = {key for _, attributes in seen.elements for key in attributes}
    assert [key for key in keys if not re.fullmatch("[a-z]+([-:][a-z]+)*", key)] == []
    assert keys.isdisjoint({"a", "b"})
    missing = [one for one in "bcdefghijklmnopqrstvwxyz" if one + HOSTILE not in said]
    assert missing == []
    assert "<" * 8 in said
    assert "https://a.example/</q>" in said
    assert f"card-{waiting.pk}" in said
    assert f"card-{public.pk}" in said


def test_a_reply_that_quotes_what_was_typed_is_text_too(client, cards):
    waiting, public = cards
    change(public, text="q" + HOSTILE, html="q")
    address = reverse("moderation:card", args=[waiting.pk])
    seen = read(client, f"{address}?quote={public.pk}")
    assert "x-evil" not in [tag for tag, _ in seen.elements]
    assert any("q" + HOSTILE in said for said in seen.said)


def test_a_moderators_name_on_others_cards_is_text(client, cards):
    client.force_login(make_user("moderator"))
    seen = read(client, QUEUE + "?status=all")
    assert "x-evil" not in [tag for tag, _ in seen.elements]
    said = "".join(seen.said)
    assert said.count("u" + HOSTILE) == 5  # is on it, owes a reply, and a note on three cards


def in_every_state(moderator):
    """Comments that between them offer every act."""
    post = make_post()
    yield send(post)
    removed = make_published(post)
    services.remove_comment(comment_id=removed.pk, version=removed.version, by=moderator)
    yield removed
    braked = make_published(post)
    until = timezone.now() + timedelta(days=1)
    clause = Clause.objects.current().first()
    with_a_brake(lock_branch, braked, moderator, until=until, clause=clause)
    with_a_brake(slow_branch, braked, moderator, minutes=9, until=until, clause=clause)
    yield braked


FIELDS = {"reason": "why"}  # as the form names what the service calls otherwise


def forms(seen):
    """Of each form that leads to an act the address, and the names of its fields."""
    found, fields = {}, None
    for tag, attributes in seen.elements:
        if tag == "form":
            fields = found.setdefault(attributes.get("action"), {})
        elif fields is not None and attributes.get("name"):
            fields[attributes["name"]] = attributes.get("value")
    return found


def test_every_act_has_a_form_with_the_fields_that_it_takes(client, moderator):
    CannedNote.objects.create(title="k", text="t")
    offered = set()
    for comment in in_every_state(moderator):
        comment.refresh_from_db()
        address = reverse("moderation:card", args=[comment.pk])
        answer = client.get(address)
        found = forms(Reading(answer.content.decode()))
        for act in answer.context["cards"][0].acts:
            fields = found[f"{address}{act.name}/"]
            assert {FIELDS.get(one, one) for one in act.takes} <= fields.keys()
            assert fields["version"] == str(comment.version)
            assert fields["card"] == str(comment.pk)
            offered.add(act.name)
    assert offered == set(ACTS) - {"keep", "renew"}


def test_the_form_of_a_brake_holds_what_the_brake_is(client, moderator):
    *_, braked = in_every_state(moderator)
    address = reverse("moderation:card", args=[braked.pk])
    found = forms(read(client, address))
    slow = Brake.objects.get(minutes=9)
    shown = found[f"{address}reslow/"]
    assert shown["brake"] == str(slow.pk)
    assert shown["minutes"] == "9"
    assert shown["until"] == f"{timezone.localtime(slow.until_at):%Y-%m-%dT%H:%M}"
    assert found[f"{address}relock/"]["brake"] != str(slow.pk)


def test_labels_belong_to_fields_of_their_own(client, moderator):
    list(in_every_state(moderator))
    seen = read(client, QUEUE + "?status=all")
    ids = [attributes["id"] for _, attributes in seen.elements if "id" in attributes]
    labelled = {attributes["for"] for tag, attributes in seen.elements if "for" in attributes}
    assert len(ids) == len(set(ids))
    assert labelled <= set(ids)


def test_an_act_is_named_in_its_own_words(moderator):
    send(make_post())
    field = LogEntry._meta.get_field("act")
    for value, label in field.choices:
        assert LogEntry(act=value).get_act_display() == label
    assert LogEntry(act="of a later release").get_act_display() == "of a later release"
