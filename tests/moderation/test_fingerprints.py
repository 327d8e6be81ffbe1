"""Texts that repeat another are known, and texts on the same matter are not."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments import markup
from moderation.fingerprints import NOTHING, own_words, similarity, take_fingerprint

CHANCE = random.Random(4)  # noqa: S311
LEXICON = [f"{a}{b}{c}" for a in "bdfgklmnprst" for b in "aeiou" for c in ("n", "r", "st", "l")]


def make_text(words=150, lexicon=LEXICON):
    """Prose of sentences, each of ten words or so."""
    some = CHANCE.choices(lexicon, k=words)
    return " ".join(
        f"{word.capitalize()}" if n % 11 == 0 else f"{word}." if n % 11 == 10 else word
        for n, word in enumerate(some)
    )


def change(text, share):
    words = text.split()
    for place in CHANCE.sample(range(len(words)), round(len(words) * share)):
        words[place] = f"{words[place]}x"
    return " ".join(words)


def take(text):
    return take_fingerprint(markup.render(markup.normalise(text)))


def share_a_band(one, other):
    return not set(one.bands).isdisjoint(other.bands)


PARAPHRASES = {
    "the same": lambda text: text,
    "in capitals": str.upper,
    "other signs": lambda text: text.replace(".", " \u2013").replace(" ", "\n", 3),
    "marked up": lambda text: f"**{text}**",
    "as a list": lambda text: "- " + text,
    "with a quote before": lambda text: f"> {make_text()}\n\n{text}",
    "with another's link": lambda text: f"{text} https://example.org/{CHANCE.random()}",
}


@pytest.mark.parametrize("paraphrase", PARAPHRASES.values(), ids=PARAPHRASES)
@pytest.mark.parametrize("words", [30, 150, 1500])
def test_the_same_words_are_known_whatever_is_round_them(words, paraphrase):
    text = make_text(words)
    one, other = take(text), take(paraphrase(text))
    assert similarity(one, other) > 0.8
    assert share_a_band(one, other)


LINK = "https://journal.example/articles/on-the-rights-of-man-and-of-the-citizen-in-our-own-time"


def test_who_cites_the_same_address_says_nothing_alike():
    one, other = take(f"Read {LINK} about that."), take(f"And {LINK} proves you wrong, I think.")
    assert similarity(one, other) == 0
    assert own_words(markup.render(f"[A name]({LINK}) here")) == ["a", "name", "here"]
    assert similarity(take(LINK), take(f"{LINK}")) == 1


@pytest.mark.parametrize("share", [0.02, 0.05, 0.1])
def test_few_changed_words_do_not_hide_it(share):
    pairs = [(text, change(text, share)) for text in (make_text(150) for _ in range(100))]
    found = [(take(one), take(other)) for one, other in pairs]
    known = [share_a_band(*pair) and similarity(*pair) >= 0.4 for pair in found]
    assert sum(known) >= 95


@pytest.mark.parametrize("words", [40, 150, 600])
def test_an_added_sentence_does_not_hide_it(words):
    text = make_text(words)
    one, other = take(text), take(f"{make_text(11)} {text}")
    assert share_a_band(one, other)
    assert similarity(one, other) > 0.6


def test_long_texts_of_the_same_words_on_the_same_matter_are_not_alike():
    few = LEXICON[:60]  # twice as monotonous as the most monotonous of writers
    texts = [take(make_text(800, few)) for _ in range(20)]
    pairs = [(one, other) for one in texts for other in texts if one is not other]
    assert max(similarity(*pair) for pair in pairs) < 0.2


def test_the_estimate_is_near_the_truth():
    for share in (0.05, 0.1, 0.2, 0.4):
        text = make_text(300)
        other = change(text, share)
        one, two = (runs(own_words(markup.render(some))) for some in (text, other))
        truth = len(one & two) / len(one | two)
        assert abs(similarity(take(text), take(other)) - truth) < 0.2


def runs(words):
    return set(zip(words, words[1:], words[2:], strict=False))


def test_quotes_are_not_ones_own_words():
    html = markup.render("> What you say\nand go on to say.\n> > More.\n\nI *dis*agree, caf\u00e9.")
    assert own_words(html) == ["i", "disagree", "caf\u00e9"]
    assert take("> Only what another said, at any length at all.") == NOTHING
    parent = make_text()
    quoted = "\n".join(f"> {line}" for line in parent.splitlines())
    answer = take(f"{quoted}\n\nBut why should that be so, and for whom?")
    assert similarity(take(parent), answer) == 0
    assert not share_a_band(take(parent), answer)


def test_short_texts_are_only_ever_the_same():
    assert similarity(take("I agree!"), take("i agree")) == 1
    assert similarity(take("I agree with you"), take("I agree with them")) == 0
    assert take("+!") == NOTHING
    assert similarity(NOTHING, NOTHING) == 0


def test_scripts_without_blanks_have_words_too():
    text = (
        "\u81ea\u7531\u3068\u306f\u4f55\u304b\u3068\u3044\u3046\u554f\u3044\u306f\u53e4\u3044\u3002"
    )
    one, other = (
        take(text),
        take(text + "\u3057\u304b\u3057\u7b54\u3048\u306f\u65b0\u3057\u3044\u3002"),
    )
    assert one.words > 10
    assert share_a_band(one, other)


@given(st.text(max_size=300))
def test_every_text_has_a_fingerprint_that_postgres_can_keep(text):
    taken = take(text)
    assert all(-(2**63) <= band < 2**63 for band in taken.bands)
    assert similarity(taken, take(text)) == (1 if taken.words else 0)
