"""The command that lists rules and changes one, for scripts."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from moderation.models import Rule

pytestmark = pytest.mark.django_db


def set_rule(*arguments):
    out = StringIO()
    call_command("set_rule", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def shipped(name):
    return Rule.objects.get(shipped_as=name)


def test_without_arguments_it_lists_every_rule_as_it_would_be_set():
    own = Rule.objects.create(
        kind="words", title="Mine", effect="spam", parameters={"words": ["two words", "one"]}
    )
    lines = set_rule().splitlines()
    assert len(lines) == Rule.objects.count()
    assert "flood: on refuse comments=10 network_comments=60 edits=20 minutes=10" in lines
    assert any(
        line.startswith(f"{own.pk} (Mine): on spam ") and "words='two words' words=one" in line
        for line in lines
    )


def test_it_changes_what_is_named_and_leaves_the_rest():
    set_rule("flood", "comments=5000", "minutes=1")
    set_rule("flood", "--off", "--effect", "hold")
    rule = shipped("flood")
    assert (rule.is_on, rule.effect) == (False, "hold")
    assert rule.parameters == {"comments": 5000, "minutes": 1}
    assert "flood: on hold comments=5000" in set_rule("flood", "--on")
    assert shipped("flood").is_on


def test_lists_and_ticks_and_names_of_two_words():
    set_rule("words", "words=casino*", "words=poker, online", "in_name=no", "tell=which")
    assert shipped("words").parameters == {
        "words": ["casino*", "poker, online"],
        "in_name": False,
        "tell": "which",
    }
    set_rule(str(shipped("words").pk), "words=")
    assert shipped("words").parameters["words"] == []
    set_rule("first-comments", "--off")
    assert not shipped("first comments").is_on


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["floods"], "There is no rule 'floods'. There are: "),
        (["99999999999999999999"], "There is no rule"),
        (["flood", "comments"], "'comments' is not of the form parameter=value."),
        (["flood", "comment=3"], "There is no parameter 'comment'. There are: comments, "),
        (["flood", "comments=many"], "Comments of one sender: Enter a whole number."),
        (["flood", "comments=0"], "Comments of one sender: Ensure this value is greater"),
        (["flood", "comments=1", "comments=2"], "'comments' has one value, and 2 are given."),
        (["flood", "--effect", "spam"], "can have the effects note, hold, refuse."),
        (["words", "in_text=maybe"], "'in_text' is yes or no, not 'maybe'."),
        (["words", "words=*x"], "a * needs two letters"),
        (["--off"], "Name the rule that is to be changed."),
        (["flood", "--on", "--off"], "not allowed with argument"),
    ],
)
def test_a_mistake_is_one_sentence_and_changes_nothing(arguments, said):
    before = list(Rule.objects.order_by("pk").values())
    with pytest.raises(CommandError) as error:
        set_rule(*arguments)
    assert said in str(error.value)
    assert "\n" not in str(error.value)
    assert list(Rule.objects.order_by("pk").values()) == before
