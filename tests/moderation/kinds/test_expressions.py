"""Regular expressions: found with their places, cut off in time, refused when they can't be run."""

import time

import pytest

from comments import intake
from moderation.models import Rule
from moderation.screening.expressions import CutOff, Time, find_all
from moderation.screening.kind import CouldNotRun
from moderation.screening.kinds.expressions import Expressions, Parameters
from moderation.screening.parameters import UnreadableParameters, read
from moderation.screening.running import ready
from tests.factories import make_facts, make_post

MINUTES = r"(a+)+$"
LONG = "a" * 19_999 + "!"
EVIL = [
    MINUTES,
    r"^(a|a)+$",
    r"(a|aa)+$",
    r"(.*a){20}$",
    r"(\w+\s?)+$",
    r"(?=(a+))*b",
    r"(?<=(a+)+)b",
    r"(.+)\1+\1+$",
    r"(.*)(.*)(.*)(.*)\4\3\2\1z",
    r"(?:a?){2000}a{2}$",
    r"(?>(a+)+)b",
    r"(\X+)+b",
    r"(?p)(a|aa)+b",
    r"(?r)(a+)+b",
    r"(\p{L}+\p{M}*)+$",
]
REFUSED = [
    ("(a", "does not compile"),
    ("a{2}{3}{", "a brace"),
    ("(?:a{1000}){1000}", "counts multiply"),
    ("((((a{999}){999}){999}){999}){999}", "counts multiply"),
    ("(?:a{0,9999}){0,9999}", "counts multiply"),
    ("(?:a{,200}){,200}", "counts multiply"),
    ("(" * 40 + "a" + ")+" * 40, "a group with + counts 2"),
    ("(" * 30 + "a" + "){1,}" * 30, "a group with + counts 2"),
    ("(" * 23 + "a" + ")(?#x)+" * 23, "a group with + counts 2"),
    ("(?:foo){e<=5}", "a brace"),
    ("a(?R)?b", "call itself"),
    ("(a(?1)?b)", "call itself"),
    ("(?P<x>a(?&x)?b)", "call itself"),
    (r"\L<words>", "by name"),
    ("a" * 201, "201 characters"),
    ("[" * 200, "does not compile"),
    ("(" * 100 + ")" * 100, "matches an empty text"),
    ("a*", "matches an empty text"),
    ("|", "matches an empty text"),
    ("(?V1)[[a]--[b]]", "does not compile"),
]


def judge(*expressions, **fields):
    return Expressions().judge(make_facts(**fields), Parameters(expressions=expressions))


@pytest.mark.parametrize(
    ("expression", "text", "found"),
    [
        (r"\bcasinos?\b", "A CASINO", "CASINO"),
        (r"\bжил\b", "Жил!", "Жил"),
        (r"\d{3}-\d{4}", "call 555-1234", "555-1234"),
        (r"\p{Greek}+", "so \u03bb\u03cc\u03b3\u03bf\u03c2", "\u03bb\u03cc\u03b3\u03bf\u03c2"),
        (r"[{]x\}", "{x}", None),
        (r"\{x\}", "{x}", "{x}"),
        ("^b", "ab", None),
    ],
)
def test_it_is_found_where_it_stands(expression, text, found):
    if "[{]" in expression:
        with pytest.raises(UnreadableParameters, match="a brace"):
            read(Parameters, {"expressions": expression})
        return
    finding = judge(expression, text=text)
    assert bool(finding) == bool(found)
    if found:
        (match,) = finding.evidence["matches"]
        assert match["found"] == found == text[match["start"] : match["end"]]
        assert (match["listed"], match["part"]) == (expression, "text")


@pytest.mark.parametrize("text", [LONG, "ab" * 10_000, " " * 19_999 + "x", "lorem ipsum " * 1600])
@pytest.mark.parametrize("expression", EVIL)
def test_whatever_it_does_it_is_cut_off(expression, text):
    began = time.thread_time()
    budget = Time()
    try:
        assert len(list(find_all(expression, text, budget))) <= 20
    except CutOff:
        assert budget.left < Time().left
    assert time.thread_time() - began < 0.5  # it would take minutes, or until the sun is cold


def test_one_that_would_take_minutes_raises_and_the_others_still_run():
    with pytest.raises(CouldNotRun, match=r"Expression 1, .* took too long") as error:
        judge(MINUTES, "a!", text=LONG)
    assert error.value.evidence["matches"][0]["listed"] == "a!"


def test_all_expressions_of_all_rules_share_one_time():
    rules = [
        Rule(kind="expressions", effect="note", parameters={"expressions": [f"{MINUTES[:-1]}{n}"]})
        for n in range(50)
    ]
    facts = make_facts(text=LONG)
    began = time.thread_time()
    reasons = ready(rules).run(facts)
    assert time.thread_time() - began < 1.5  # 50 times 40 ms would be 2 s
    assert len(reasons) == 50
    assert {reason.effect for reason in reasons} == {"hold"}
    assert facts.time_for_expressions.left == 0


@pytest.mark.parametrize(("expression", "why"), REFUSED)
def test_what_can_not_be_run_is_refused_by_the_number_of_its_line(expression, why):
    began = time.thread_time()
    with pytest.raises(UnreadableParameters, match="Line 2, ") as error:
        read(Parameters, {"expressions": f"fine\n{expression}"})
    assert why in str(error.value)
    assert time.thread_time() - began < 0.5  # compiling some of these takes until memory is full


@pytest.mark.django_db
def test_a_comment_that_meets_it_is_held_with_could_not_run():
    Rule.objects.all().delete()
    Rule.objects.create(kind="expressions", effect="note", parameters={"expressions": [MINUTES]})
    draft = intake.make_draft(post=make_post(), parent=None, name="Hanna", mail="", text=LONG)
    comment = intake.receive(draft, sender="here")
    reason = comment.reasons.get()
    assert (comment.status, reason.effect) == ("pending", "hold")
    assert "took too long" in reason.evidence["could not run"]
