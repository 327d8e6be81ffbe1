"""The kinds that look at a text's form, and at the form that it came by."""

from datetime import timedelta

import pytest
from django.utils import timezone

from blog.models import Post
from comments.models import Commenter
from moderation.screening.kinds import (
    agreement,
    capitals,
    fill_time,
    honeypot,
    length,
    old_post,
    repetition,
    script,
)
from moderation.screening.parameters import UnreadableParameters, read
from tests.factories import make_facts

NOW = timezone.now()
SHOUT = "LISTEN TO ME ALL OF YOU, THIS IS IMPORTANT"


def judge(kind, parameters=None, **fields):
    return kind().judge(make_facts(at=NOW, **fields), read(kind.takes, parameters or {}))


@pytest.mark.parametrize(
    ("text", "parameters", "evidence"),
    [
        ("ok", {}, {"letters": 2, "least": 3}),
        ("?!**", {}, {"letters": 0, "least": 3}),
        ("yes", {}, None),
        ("ok", {"shortest": 0}, None),
        ("\u8cdb\u6210\u3067\u3059", {}, None),
        ("x" * 19_000, {}, None),
        ("x" * 101, {"longest": 100}, {"characters": 101, "limit": 100}),
        ("x" * 100, {"longest": 100}, None),
    ],
)
def test_length(text, parameters, evidence):
    found = judge(length.Length, parameters, text=text)
    assert (found and found.evidence) == evidence


@pytest.mark.parametrize(
    ("text", "parameters", "evidence"),
    [
        (SHOUT, {}, {"capitals": 33, "letters": 33, "share": 0.7}),
        ("NATO, UNESCO and the rest of them agreed", {}, None),
        ("NO WAY", {}, None),
        ("\u05d0" * 100, {}, None),
        (SHOUT.lower(), {}, None),
        ("AAAaa", {"letters": 5, "share": 0.6}, {"capitals": 3, "letters": 5, "share": 0.6}),
    ],
)
def test_capitals(text, parameters, evidence):
    found = judge(capitals.Capitals, parameters, text=text)
    assert (found and found.evidence) == evidence


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("+1", "+1"),
        ("This.", "this"),
        ("**THIS!!!**", "this"),
        ("> first!", "first"),
        ("Me too :)", "me too"),
        ("Tout \u00e0 fait !", "tout \u00e0 fait"),
        ("D\u2019accord", "d'accord"),
        ("\u0422\u043e\u0447\u043d\u043e!", "\u0442\u043e\u0447\u043d\u043e"),
        ("Exactly \N{THUMBS UP SIGN}", "exactly"),
        ("This is not so.", None),
        ("+10", None),
        ("1", None),
        ("First, the premise is wrong.", None),
        ("+1, because the source says so", None),
        ("!", None),
    ],
)  # fmt: skip
def test_empty_agreement(text, phrase):
    found = judge(agreement.EmptyAgreement, text=text)
    assert (found and found.evidence) == (phrase and {"phrase": phrase})


def test_empty_agreement_takes_the_list_it_is_given():
    phrases = {"phrases": "hear, hear"}
    assert judge(agreement.EmptyAgreement, phrases, text="Hear hear!!")
    assert judge(agreement.EmptyAgreement, phrases, text="+1") is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"so l{'o' * 10}ng", "o" * 10),
        ("what?!?!?!?!?!", "?!?!?!?!?!"),
        ("\N{FIRE}" * 10, "\N{FIRE}" * 10),
        ("lo" + "o" * 8, None),
        ("-" * 60 + "\n" + "=" * 60 + "*" * 20 + "_" * 20 + "." * 20, None),
        ("1" + "0" * 30, None),
        ("a" + " " * 50 + "b", None),
    ],
)
def test_repetition(text, found):
    finding = judge(repetition.Repetition, text=text)
    assert bool(finding) == bool(found)
    if found:
        (match,) = finding.evidence["matches"]
        assert match["found"] == found == text[match["start"] : match["end"]]


@pytest.mark.parametrize(
    ("text", "scripts", "others"),
    [
        ("\u043f\u0440\u0438\u0432\u0435\u0442 " * 5, "Latin", 30),
        ("\u043f\u0440\u0438\u0432\u0435\u0442 " * 5, "Latin\nCyrillic", None),
        ("\u043f\u0440\u0438\u0432\u0435\u0442 " * 3, "Latin", None),
        ("\u043b\u043e\u0433\u043e\u0441 and so on, it goes on in Latin letters", "Latin", None),
        ("1234567890 \U0001d54f" * 20, "Latin", None),
        ("\u65e5\u672c\u8a9e\u3067\u3059\u3088" * 5, "Han\nHiragana", None),
        ("\u65e5\u672c\u8a9e\u3067\u3059\u3088" * 5, "Latin", 30),
    ],
)
def test_script(text, scripts, others):
    found = judge(script.Script, {"scripts": scripts}, text=text)
    assert (found and found.evidence["others"]) == others


@pytest.mark.parametrize("name", ["Klingon", "L}", "", "Latin|Greek"])
def test_what_is_no_script_is_refused(name):
    with pytest.raises(UnreadableParameters):
        read(script.Script.takes, {"scripts": name})


def test_the_script_rule_is_off_until_somebody_wants_it():
    assert (script.Script.is_on, old_post.OldPost.is_on) == (False, False)


@pytest.mark.parametrize(
    ("days", "parameters", "evidence"),
    [
        (364, {}, None),
        (365, {}, {"days": 365, "limit": 365}),
        (30, {"days": 30}, {"days": 30, "limit": 30}),
        (-1, {}, None),
        (None, {}, None),
    ],
)
def test_old_post(days, parameters, evidence):
    published_at = None if days is None else NOW - timedelta(days=days)
    found = judge(old_post.OldPost, parameters, post=Post(pk=1, published_at=published_at))
    assert (found and found.evidence) == evidence


def test_honeypot():
    assert judge(honeypot.Honeypot) is None
    found = judge(honeypot.Honeypot, trap="http://spam.example " * 100)
    assert found.evidence["field"].startswith("http://spam.example")
    assert len(found.evidence["field"]) == 200
    assert not found.advice


@pytest.mark.parametrize(
    ("fields", "fires"),
    [
        ({"form_made_at": NOW - timedelta(seconds=1)}, True),
        ({"form_made_at": NOW - timedelta(seconds=2.9)}, True),
        ({"form_made_at": NOW - timedelta(seconds=3)}, False),
        ({"form_made_at": NOW - timedelta(days=3)}, False),
        ({"form_made_at": NOW + timedelta(seconds=1)}, False),
        ({}, False),
        ({"form_made_at": NOW, "commenter": Commenter(pk=1)}, False),
    ],
)
def test_fill_time(fields, fires):
    found = judge(fill_time.FillTime, **fields)
    assert bool(found) == fires
    if fires:
        seconds = round((NOW - fields["form_made_at"]).total_seconds(), 1)
        assert found.evidence == {"seconds": seconds, "least": 3}
        assert not found.advice
