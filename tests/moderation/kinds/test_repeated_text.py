"""Texts sent before."""

import pytest
from django.utils import timezone

from moderation.screening.facts.earlier import Earlier
from moderation.screening.facts.repeated import Like, RepeatedTexts
from moderation.screening.kinds.repeated_text import Parameters, RepeatedText
from tests.factories import make_facts


def like(similarity, pk=7, **fields):
    fields = {"status": "published", "number": str(pk), "title": "Rights", "slug": "r", **fields}
    return Like(Earlier(id=pk, submitted_at=timezone.now(), **fields), similarity)


HELD = {"is_public": False, "status": "pending", "number": ""}
SPAM = {**HELD, "status": "spam"}


@pytest.mark.parametrize(
    ("words", "found", "fires"),
    [
        (100, [], False),
        (100, [like(0.39)], False),
        (100, [like(0.4)], True),
        (100, [like(1.0)], True),
        (100, [like(0.9, **SPAM)], True),
        (10, [like(0.6)], True),
        # short ones
        (9, [like(1.0)], False),
        (9, [like(0.9, is_own=True)], False),
        (9, [like(1.0, is_own=True)], True),
        (9, [like(1.0, **SPAM)], True),
        (9, [like(1.0), like(1.0, **SPAM)], True),
    ],
)
def test_it_fires_for_what_is_alike_and_for_short_texts_only_if_the_same(words, found, fires):
    facts = make_facts(RepeatedTexts(words, tuple(found)))
    assert bool(RepeatedText().judge(facts, Parameters())) == fires


@pytest.mark.parametrize(
    ("found", "sentence", "advice"),
    [
        (
            [like(1.0, is_own=True)],
            "It repeats its writer's own earlier text: #7 under “Rights” (published).",
            "This says the same as #7 under “Rights”, or nearly.",
        ),
        (
            [like(0.823), like(0.5, pk=8, **SPAM)],
            "It is like (82%) an earlier text: #7 under “Rights” (published) and"
            " one under “Rights” (spam).",
            "This says the same as #7 under “Rights”, or nearly.",
        ),
        (
            [like(1.0, is_own=True, **HELD)],
            "It repeats its writer's own earlier text: one under “Rights” (pending).",
            "You have sent this text before, or nearly this one.",
        ),
        ([like(1.0, **SPAM)], "It repeats an earlier text: one under “Rights” (spam).", ""),
    ],
)
def test_moderators_hear_what_it_repeats_and_the_writer_only_what_is_public_or_own(
    found, sentence, advice
):
    reason = RepeatedText().judge(make_facts(RepeatedTexts(50, tuple(found))), Parameters())
    assert (reason.sentence, reason.advice) == (sentence, advice)


def test_the_evidence_names_the_comments():
    found = RepeatedText().judge(make_facts(RepeatedTexts(50, (like(0.823),))), Parameters())
    assert found.evidence == {
        "comments": [
            {
                "comment": 7,
                "post": "Rights",
                "number": "7",
                "permalink": "/posts/r/c/7/",
                "status": "published",
                "own": False,
                "similarity": 0.8,
            }
        ]
    }
