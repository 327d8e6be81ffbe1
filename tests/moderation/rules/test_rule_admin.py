"""The rules in the admin: who may, what a form asks, what a save leaves behind."""

import pytest
from django.contrib.admin.models import LogEntry

from moderation.models import Rule
from moderation.rules.forms import form_for
from moderation.screening.kind import kinds
from tests.factories import make_user

pytestmark = pytest.mark.django_db

RULES = "/admin/moderation/rule/"


@pytest.fixture
def links():
    return Rule.objects.get(shipped_as="links")


@pytest.fixture
def moderator(client):
    user = make_user("moderator")
    client.force_login(user)
    return user


def typed(**changed):
    fields = {
        "title": "",
        "is_on": "on",
        "effect": "hold",
        "clause": "spam",
        "parameter_links": "2",
    }
    return {name: value for name, value in {**fields, **changed}.items() if value is not None}


def page_of(client, rule):
    return f"{RULES}{rule.pk}/change/"


def shown(answer):
    return answer.content.decode()


def test_a_moderator_sees_every_rule_with_its_state_effect_and_parameters(client, moderator, links):
    Rule.objects.filter(pk=links.pk).update(is_on=False, clause="respect")
    page = shown(client.get(RULES))
    for kind in kinds().values():
        assert kind.label in page
    assert "Links from which on a comment waits: 2" in page
    assert page.count('class="field-state') == Rule.objects.count()
    assert ">off<" in page
    assert ">respect<" in page


def test_a_rule_is_changed_by_a_form_of_its_kind(client, moderator, links):
    form = shown(client.get(page_of(client, links)))
    assert kinds()["links"].help_text in form
    assert 'name="parameter_links" value="2"' in form
    assert 'value="refuse"' not in form
    answer = client.post(page_of(client, links), typed(parameter_links="5", is_on=None))
    assert answer.status_code == 302
    links.refresh_from_db()
    assert (links.parameters["links"], links.is_on, links.effect) == (5, False, "hold")


def test_every_save_says_who_changed_what(client, moderator, links):
    client.post(page_of(client, links), typed(parameter_links="5", is_on=None))
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (moderator, str(links.pk))
    assert entry.get_change_message() == (
        "State: on → off; Links from which on a comment waits: 2 → 5"
    )
    assert "2 → 5" in shown(client.get(f"{RULES}{links.pk}/history/"))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"parameter_links": "0"}, "greater than or equal to 1"),
        ({"parameter_links": "many"}, "Enter a whole number."),
        ({"parameter_links": None}, "This field is required."),
        ({"effect": "refuse"}, "Rules of this kind can&#x27;t have this effect."),
        ({"clause": "no such clause"}, "is not one of the available choices"),
    ],
)
def test_a_mistake_is_said_and_changes_nothing(client, moderator, links, fields, sentence):
    answer = client.post(page_of(client, links), typed(**fields))
    assert sentence in shown(answer)
    links.refresh_from_db()
    assert (links.parameters, links.effect, LogEntry.objects.count()) == ({}, "hold", 0)


def test_another_rule_of_any_kind_can_be_added(client, moderator):
    choice = shown(client.get(f"{RULES}add/"))
    for kind in kinds().values():
        assert kind.help_text in choice or kind.label in choice
    assert "There is no kind of rule “nonsense”" in shown(client.get(f"{RULES}add/?kind=nonsense"))
    client.post(f"{RULES}add/?kind=links", typed(parameter_links="9", effect="spam"))
    added = Rule.objects.get(kind="links", shipped_as="")
    assert (added.parameters["links"], added.effect) == (9, "spam")
    assert LogEntry.objects.get().get_change_message().startswith("Added. Title: none; State: on;")


def test_a_rule_can_be_copied(client, moderator, links):
    Rule.objects.filter(pk=links.pk).update(parameters={"links": 7}, effect="spam")
    assert f"?copy={links.pk}" in shown(client.get(page_of(client, links)))
    form = shown(client.get(f"{RULES}add/?copy={links.pk}"))
    assert 'name="parameter_links" value="7"' in form
    assert '<option value="spam" selected>' in form
    client.post(f"{RULES}add/?copy={links.pk}", typed(parameter_links="8"))
    assert Rule.objects.get(kind="links", shipped_as="").parameters["links"] == 8


def test_a_shipped_rule_is_put_back_but_never_deleted(client, moderator, links):
    Rule.objects.filter(pk=links.pk).update(parameters={"links": 7}, effect="spam", is_on=False)
    assert client.post(f"{RULES}{links.pk}/delete/", {"post": "yes"}).status_code == 403
    assert "Put back as shipped" in shown(client.get(page_of(client, links)))
    client.post(page_of(client, links), {"_shipped": "1"})
    links.refresh_from_db()
    assert (links.parameters, links.effect, links.is_on) == ({}, "hold", True)
    assert "7 → 2" in LogEntry.objects.get().get_change_message()


def test_a_rule_of_ones_own_is_deleted_and_not_put_back(client, moderator):
    own = Rule.objects.create(kind="links", effect="spam")
    assert "Put back as shipped" not in shown(client.get(page_of(client, own)))
    client.post(page_of(client, own), {"_shipped": "1"})
    own.refresh_from_db()
    assert own.effect == "spam"
    client.post(f"{RULES}{own.pk}/delete/", {"post": "yes"})
    assert not Rule.objects.filter(pk=own.pk).exists()


def test_an_author_reads_the_rules_and_changes_none(client, links):
    client.force_login(make_user("author"))
    assert "Links from which on" in shown(client.get(RULES))
    assert "Links from which on" in shown(client.get(page_of(client, links)))
    assert client.post(page_of(client, links), typed(parameter_links="5")).status_code == 403
    assert client.post(page_of(client, links), {"_shipped": "1"}).status_code == 403
    assert client.post(page_of(client, links), typed(_rehearse="1")).status_code == 403
    assert client.get(f"{RULES}add/?kind=links").status_code == 403
    links.refresh_from_db()
    assert links.parameters == {}


def test_a_rule_of_a_kind_that_is_gone_says_what_it_does(client, moderator):
    gone = Rule.objects.create(kind="astrology", effect="hold")
    sentence = "This release has no kind of rule “astrology”."
    assert sentence in shown(client.get(RULES))
    assert sentence in shown(client.get(page_of(client, gone)))
    client.post(page_of(client, gone), typed(is_on=None))
    gone.refresh_from_db()
    assert not gone.is_on


def test_what_is_stored_and_can_not_be_read_stands_there_to_be_mended(client, moderator, links):
    Rule.objects.filter(pk=links.pk).update(parameters={"links": "many"})
    form = shown(client.get(page_of(client, links)))
    assert "It can&#x27;t be read: Links from which on a comment waits:" in form
    assert 'name="parameter_links" value="many"' in form
    client.post(page_of(client, links), typed())
    links.refresh_from_db()
    assert links.parameters["links"] == 2


@pytest.mark.parametrize("name", sorted(kinds()))
def test_every_kind_has_a_form_that_saves_what_it_ships_with(client, moderator, name):
    page = client.get(f"{RULES}add/?kind={name}")
    form = page.context["adminform"].form
    data = {field.name: field.value() for field in form if _is_filled(field.value())}
    data = {key: "\n".join(v) if isinstance(v, list | tuple) else v for key, v in data.items()}
    bound = form_for(kinds()[name], name)({**data, "is_on": "on"})
    assert bound.errors == {}
    assert client.post(f"{RULES}add/?kind={name}", data).status_code == 302
    assert kinds()[name].help_text


def _is_filled(value):
    """Whether a browser would send it: a box that is not ticked it does not."""
    return value is not None and value is not False
