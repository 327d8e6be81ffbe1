"""Listed words: whole, folded, with stars, in phrases, and where they hide."""
# ruff: noqa: RUF001, RUF003 (characters that look like others are the matter of this file)

import time

import pytest

from moderation.screening.kinds.words import Parameters, Words
from moderation.screening.parameters import UnreadableParameters, read
from tests.factories import make_facts

ZERO_WIDTH = "\u200b"
SOFT_HYPHEN = "\u00ad"


def judge(*words, parameters=None, **fields):
    facts = make_facts(**fields)
    return Words().judge(facts, read(Parameters, {"words": words, **(parameters or {})}))


def found_in(text, *words):
    """Each match as the listed words and the piece of the text that its places name."""
    found = judge(*words, text=text)
    matches = found.evidence["matches"] if found else []
    for match in matches:
        if "start" in match:
            assert text[match["start"] : match["end"]] == match["found"]
    return [(match["listed"], match["found"]) for match in matches]


@pytest.mark.parametrize(
    ("listed", "text", "found"),
    [
        ("casino", "A Casino, truly", "Casino"),
        ("STRASSE", "Die Straße dort", "Straße"),
        ("straße", "Die STRASSE dort", "STRASSE"),
        ("МИР", "мир и мiръ", "мир"),
        ("हिन्दी", "यह हिन्दी है", "हिन्दी"),
        ("casino*", "two casinos", "casinos"),
        ("casino*", "a casino", "casino"),
        ("Spiel*bank", "in Spielerbanken? in der Spielothekenbank!", "Spielothekenbank"),
        ("ca*n*os", "casinos", "casinos"),
        ("buy now", "So Buy\nNOW!", "Buy\nNOW"),
        ("buy now", "buy-now", "buy-now"),
        ("buy pill*", "buy pills", "buy pills"),
        ("e-mail me", "then e-mail me", "e-mail me"),
        ("cheap.example", "at cheap.example today", "cheap.example"),
        ("don't", "I DON'T", "DON'T"),
        ("賭場", "去賭場玩", "賭場"),
        ("คาสิโน", "เล่นคาสิโนออนไลน์", "คาสิโน"),
        ("covid19", "of Covid19", "Covid19"),
    ],
)
def test_a_listed_word_is_found_where_it_stands(listed, text, found):
    assert found_in(text, listed) == [(listed, found)]


@pytest.mark.parametrize(
    ("listed", "text"),
    [
        ("ass", "class, assess, ass\N{LATIN SMALL LETTER A WITH DIAERESIS}"),
        ("hell", "hello"),
        ("casino", "casinos"),
        ("casino*", "a ca sino"),
        ("in*on", "in on"),
        ("buy now", "what to buy. Now we know"),
        ("buy now", "buy\n\nnow"),
        ("buy now", "buy it now"),
        ("resume", "résumé"),
        ("modem", "a modern comer in the corner"),
        ("comer", "corner"),
        ("ill", "lil 111"),
        ("pot", "рот"),
        ("kopac", "Копас"),
        ("viagra", "Via Gramsci"),
        ("usa", "U. S. A."),
        ("nice", "in ice"),
        ("lodz", "Łódź"),
        ("soso", "ṣọ́ṣọ́"),
        ("ill", "| i | ll |, no!l"),
    ],
)
def test_honest_words_are_not_taken_for_listed_ones(listed, text):
    assert found_in(text, listed) == []


@pytest.mark.parametrize(
    "disguise",
    [
        f"via{ZERO_WIDTH}gra",
        f"via{SOFT_HYPHEN}gra",
        "\u2060v\u200diagra",
        "viаgra",  # Cyrillic а
        "VІAGRA",  # Cyrillic І
        "ｖｉａｇｒａ",
        "𝓿𝓲𝓪𝓰𝓻𝓪",
        "ⓥⓘⓐⓖⓡⓐ",
        "ᴠɪᴀɢʀᴀ",
        "v1agra",
        "v1@gra",
        "v!agra",
        "v|agra",
        "v\ufe0fia\U000e0101gra",
        "via\u3164gra",
        "vi@gr@",
        "v\u0336i\u0336a\u0336g\u0336r\u0336a\u0336",
        "v i a g r a",
        "v.i.a.g.r.a",
        "V-I-A-G-R-A",
        "via**gra**",
        "v*ia*gra",
        "&#118;iagra",
        "[via](http://a.example/)gra",
        f"via**{ZERO_WIDTH}gra**",
    ],
)
def test_a_disguise_does_not_hide_a_word(disguise):
    assert found_in(f"Cheap {disguise} here", "viagra")
    assert found_in(f"Cheap {disguise} here", "Viagra*") or " " in disguise or "gra" in disguise


@pytest.mark.parametrize("text", ["a" * 19_990 + "@", "a@" * 9_990, "a!" * 9_990, "a 1" * 6_000])
def test_one_long_word_takes_no_time(text):
    began = time.thread_time()
    judge("casino", "viagra*", "buy now", text=text)
    assert time.thread_time() - began < 1


def test_places_are_those_of_the_text_as_it_was_written():
    text = f"ﬁrst ŉ İ {ZERO_WIDTH}x Ca{ZERO_WIDTH}sino and Straße"
    assert found_in(text, "casino", "strasse") == [
        ("casino", f"Ca{ZERO_WIDTH}sino"),
        ("strasse", "Straße"),
    ]


def test_each_part_is_looked_at_unless_the_parameters_leave_it_out():
    fields = {
        "text": "[here](http://cheap-casino.example/) or http://xn--bcher-kva.example/",
        "name": "Casino Hanna",
        "mail": "me@casino.example",
    }
    found = judge("casino", "bücher", **fields)
    assert [(one["listed"], one["part"], one["found"]) for one in found.evidence["matches"]] == [
        ("casino", "text", "casino"),
        ("casino", "name", "Casino"),
        ("casino", "mail", "casino"),
        ("casino", "host of a link", "casino"),
        ("bücher", "host of a link", "bücher"),
    ]
    for switch, part in [
        ("in_text", "text"), ("in_name", "name"), ("in_mail", "mail"),
        ("in_hosts", "host of a link"),
    ]:  # fmt: skip
        found = judge("casino", parameters={switch: False}, **fields)
        assert part not in {one["part"] for one in found.evidence["matches"]}


def test_what_only_a_reader_sees_is_found_without_a_place():
    found = judge("viagra", text="via**gra**")
    assert found.evidence == {
        "matches": [{"listed": "viagra", "part": "text as it is read", "found": "viagra"}],
        "count": 1,
    }


def test_evidence_is_bounded_and_counts_all():
    found = judge("spam", text="spam " * 4000)
    assert (len(found.evidence["matches"]), found.evidence["count"]) == (50, 4000)


@pytest.mark.parametrize(
    ("tell", "says"), [("nothing", ""), ("that", "has some"), ("which", "“casino”")]
)
def test_the_writer_is_told_what_the_rule_allows(tell, says):
    advice = judge("casino", text="Casino", parameters={"tell": tell}).advice
    assert says in advice
    assert ("casino" in advice) == (tell == "which")
    assert bool(advice) == (tell != "nothing")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("c*", "two letters or more before"),
        ("*bank", "two letters or more before"),
        ("!!!", "no letter and no figure"),
        ("賭*", "leave the * out"),
        ("x" * 101, "101 characters"),
    ],
)
def test_a_line_that_can_not_be_looked_for_is_refused_by_its_number(line, why):
    with pytest.raises(UnreadableParameters, match="Line 3, ") as error:
        read(Parameters, {"words": f"casino\n\n{line}"})
    assert why in str(error.value)


def test_the_shipped_list_is_empty():
    assert judge(text="Anything at all") is None
