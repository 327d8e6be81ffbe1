"""One comment, five rules, five reasons: in the database and readable in the queue."""

import pytest

from moderation.evidence import readable
from moderation.models import Rule
from tests.factories import make_post, make_user, send

FIVE = {
    "links": {"links": 2},
    "words": {"words": ["casino*"]},
    "expressions": {"expressions": [r"\bwin\w*"]},
    "capitals": {"share": 0.4},
    "repetition": {},
}
TEXT = "GO TO THE CASINOS NOW AND WIN!!!!!!!!!!!! http://a.example/ http://b.example/"


@pytest.mark.django_db
def test_one_comment_that_trips_five_rules_shows_five_reasons(client):
    Rule.objects.all().delete()
    for kind, parameters in FIVE.items():
        effect = "spam" if kind == "words" else "hold"
        Rule.objects.create(kind=kind, effect=effect, parameters=parameters)
    comment = send(make_post(), TEXT)
    reasons = {reason.rule: reason for reason in comment.reasons.all()}
    assert set(reasons) == set(FIVE)
    assert comment.status == "spam"
    assert {"listed": "casino*", "part": "text", "found": "CASINOS", "start": 10, "end": 17} in (
        reasons["words"].evidence["matches"]
    )
    client.force_login(make_user("moderator"))
    page = client.get("/admin/queue/?status=spam").content.decode()
    for reason in reasons.values():
        assert f">{reason.rule}</a></strong>" in page
    for words in (
        "text, characters 11 to 17: <code>CASINOS</code> (listed as casino*)",
        "<code>http://a.example/</code>, <code>http://b.example/</code>",
        "<code>WIN</code>",
        "<code>!!!!!!!!!!!!</code>",
        "capitals: <code>",
    ):
        assert words in page


@pytest.mark.parametrize(
    ("evidence", "lines"),
    [
        ({}, []),
        ({"links": ["a", "b"], "limit": 2}, [("links", ("a", "b"), ""), ("limit", ("2",), "")]),
        ({"could not run": "why"}, [("could not run", ("why",), "")]),
        ({"is_own": True}, [("is own", ("yes",), "")]),
        ({"places": [{"post": 3, "at": "x"}]}, [("places", ("post 3, at x",), "")]),
        ({"a": {"b": [1, None]}}, [("a", ("b 1, no",), "")]),
        ({"many": list(range(30))}, [("many", tuple(map(str, range(20))), "and 10 more")]),
        ({"x": "\u202e\n" + "c" * 300}, [("x", (f"\u27e8U+202E\u27e9 {'c' * 298}\u2026",), "")]),
        ({"matches": [{"found": "f"}], "count": 1}, [("", ("f",), "")]),
        ({"matches": [], "count": 9}, [("count", ("9",), "")]),
        ({"matches": "no list"}, [("matches", ("no list",), "")]),
    ],
)  # fmt: skip
def test_evidence_of_every_kind_can_be_read(evidence, lines):
    assert [(one.label, one.values, one.notes) for one in readable(evidence)] == lines


@pytest.mark.django_db
def test_markup_in_evidence_is_text_in_the_queue(client):
    Rule.objects.all().delete()
    Rule.objects.create(
        kind="expressions", effect="hold", parameters={"expressions": ["<script>.*"]}
    )
    send(make_post(), "<script>alert(1)</script>")
    client.force_login(make_user("moderator"))
    page = client.get("/admin/queue/").content.decode()
    assert "<code>&lt;script&gt;alert(1)&lt;/script&gt;</code>" in page
    assert "<script>alert" not in page
