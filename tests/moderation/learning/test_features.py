"""What the classifier sees of a text."""
# ruff: noqa: RUF001 (letters that look like others)

import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.learning import features


def words(text):
    return {word for _, word in features.read(text).found.values()}


def hints(text):
    return {word for word, weight in features.read(text).hints if word and weight > 0}


@given(st.text(max_size=400))
def test_any_text_is_read_and_every_slot_is_in_range(text):
    reading = features.read(text)
    assert all(0 <= place < features.SLOTS for place in reading.found)
    assert reading == features.read(text)


def test_another_process_reads_the_same():
    code = "from moderation.learning import features as f; print(sorted(f.read('Über x.ru').found))"
    run = [sys.executable, "-c", code]
    outputs = {
        subprocess.run(run, capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": s})
        .stdout
        for s in ("1", "2")
    }  # fmt: skip
    assert outputs == {f"{sorted(features.read('Über x.ru').found)}\n"}


@pytest.mark.parametrize(
    ("disguised", "plain"),
    [
        ("ｃａｓｉｎｏ", "casino"),
        ("cas\u200bino", "casino"),
        ("CASINO", "casino"),
        ("саsinо", "casino"),
        ("cas\u00adino", "casino"),
        ("&#99;asino", "casino"),
    ],
)
def test_a_disguised_word_is_the_word(disguised, plain):
    assert plain in words(disguised)
    assert plain in hints(disguised)


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("see https://example.org/x", "a link"),
        ("see example . com now", "a link"),
        ('<a href="http://example.org">x</a>', "a link in markup"),
        ("[url=http://example.org]x[/url]", "a link in markup"),
        ("call +49 151 2345 6789", "a telephone number"),
        ("write to a@example.org", "a mail address"),
        ("only $500", "a price"),
        ("500 EUR a day", "a price"),
        ("THIS IS VERY LOUD INDEED", "capitals"),
        ("https://example.org", "little but a link"),
        ("Бесплатно всем", "бесплатно"),
        ("加我微信", "微信"),
        ("please visit my page", "visit my"),
    ],
)
def test_a_sign_is_a_hint(text, sign):
    assert sign in hints(text)


@pytest.mark.parametrize(
    "text",
    [
        "Freedom is not licence; the winged word is Mill's.",
        "Du hast recht, Kapitel 12 sagt etwas anderes.",
        "Он прав, и это не новость.",
        "J'ai lu ce livre en 1984.",
        "I read it e.g. in node.js",
        "我不同意你的看法。",
    ],
)
def test_an_ordinary_sentence_has_no_hint_against_it(text):
    assert hints(text) == set()


ENDLESS = ["a-", "a.", "<a", "<a ", "href=", "1 ", "1(", "[url", "http://", "@a", "a@a.", "é", "$ "]


@pytest.mark.parametrize("piece", ENDLESS)
def test_no_text_takes_long(piece):
    start = time.process_time()
    features.read(piece * 20_000)
    assert time.process_time() - start < 1
