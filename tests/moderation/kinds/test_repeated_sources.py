"""Sources posted before."""

from datetime import timedelta

import pytest
from django.utils import timezone

from moderation.screening.facts.earlier import Earlier
from moderation.screening.facts.sources import Posted, Sources
from moderation.screening.kind import NoParameters
from moderation.screening.kinds.repeated_sources import (
    Anywhere,
    ByOnePerson,
    OwnRepeatedSource,
    RepeatedSource,
    SourceDealtWith,
)
from tests.factories import make_facts

NOW = timezone.now()
LINK = "https://example.org/a"


def use(pk, days=1, **fields):
    fields = {"number": str(pk), "status": "published", "title": "Rights", "slug": "r", **fields}
    return Earlier(id=pk, submitted_at=NOW - timedelta(days=days), **fields)


def facts(*uses, **fields):
    posted = Posted(LINK, f"{LINK}?utm_source=x", uses=uses, **fields)
    return make_facts(Sources((posted,)), at=NOW)


HELD = {"is_public": False, "status": "pending", "number": ""}


@pytest.mark.parametrize(("uses", "limit", "fires"), [(0, 1, 0), (1, 1, 1), (1, 2, 0), (3, 2, 1)])
def test_from_the_number_of_earlier_uses_on_it_fires(uses, limit, fires):
    known = facts(*(use(n + 1) for n in range(uses)))
    assert bool(RepeatedSource().judge(known, Anywhere(uses=limit))) == fires


def test_the_places_are_the_evidence_and_only_public_ones_are_named_to_the_writer():
    found = RepeatedSource().judge(facts(use(9, **HELD), use(2, is_own=True)), Anywhere())
    assert found.sentence == (
        f"{LINK}?utm_source=x was posted before, twice: one under “Rights” and #2 under “Rights”."
    )
    assert found.advice == f"{LINK}?utm_source=x was posted here before: #2 under “Rights”."
    (source,) = found.evidence["sources"]
    assert (source["source"], source["uses"]) == (LINK, 2)
    assert [place["permalink"] for place in source["places"]] == ["", "/posts/r/c/2/"]
    assert RepeatedSource().judge(facts(use(9, **HELD)), Anywhere()).advice == ""


def test_what_is_quoted_and_links_within_the_site_are_not_brought_by_the_writer():
    assert RepeatedSource().judge(facts(use(1), is_quoted=True), Anywhere()) is None
    own = Posted("https://127.0.0.1:8000/posts/a", "/", uses=(use(1),))
    assert RepeatedSource().judge(make_facts(Sources((own,)), at=NOW), Anywhere()) is None


@pytest.mark.parametrize(
    ("uses", "fires"),
    [
        ([], False),
        ([use(1, is_own=True)] * 2, False),
        ([use(1, is_own=True)] * 3, True),
        ([use(1)] * 9, False),
        ([use(1, is_own=True)] * 2 + [use(1, days=31, is_own=True)], False),
        ([use(1, is_own=True)] * 2 + [use(1, is_own=True, **HELD)], True),
    ],
)
def test_the_same_person_is_counted_lately(uses, fires):
    found = OwnRepeatedSource().judge(facts(*uses), ByOnePerson())
    assert bool(found) == fires
    if found:
        assert found.evidence["sources"][0]["uses"] == 3
        assert "3 times" in found.sentence


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, None),
        ({"tell_writers": True}, None),
        ({"note": "Weak."}, "has a note: Weak."),
        ({"dealt_with": "/posts/r/c/1.8/"}, "was dealt with at /posts/r/c/1.8/."),
        (
            {"dealt_with": "/posts/r/c/1.8/", "note": "Weak.", "tell_writers": True},
            "was dealt with at /posts/r/c/1.8/: Weak.",
        ),
    ],
)
def test_a_standing_note_is_said_to_the_writer_only_if_the_author_wishes(fields, sentence):
    found = SourceDealtWith().judge(facts(**fields), NoParameters())
    assert (found and found.sentence) == (sentence and f"{LINK}?utm_source=x {sentence}")
    if found:
        assert found.advice == (found.sentence if fields.get("tell_writers") else "")
        assert found.evidence["sources"][0]["source"] == LINK
