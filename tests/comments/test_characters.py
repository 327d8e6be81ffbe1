"""What acts unseen is shown in a text, left out of a name, and kept where a script needs it."""
# ruff: noqa: RUF001

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.characters import normalise, plain_name, show

SENTENCES = [
    "שָׁלוֹם עֲלֵיכֶם, בְּרֵאשִׁ֖ית בָּרָ֣א אֱלֹהִ֑ים",
    "می‌خواهم کتاب‌ها را بخوانم",
    "السَّلَامُ عَلَيْكُمْ وَرَحْمَةُ اللَّهِ",
    "ผู้ที่ไม่รู้จักน้ำใจ ก็เป็นอย่างนี้",
    "Tiếng Việt: Người ta thường nghĩ rằng",
    "क्‍ष और क्ष, हिन्दी में ऋण",
    "ශ්‍රී ලංකාව",
    "ភាសា\u200bខ្មែរ\u200bល្អ",
    "བཀྲ་ཤིས་བདེ་ལེགས། ཧྐྵྨླྺྼྻྂ",
    "日本語の文章、葛󠄀飾区",
    "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 ❤️ 🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f 1️⃣",
    "שלום (\u200eabc\u200f) עולם",
]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_what_a_script_needs_stays(sentence):
    text = normalise(sentence)
    assert show(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\u202egnp.exe", "⟨U+202E⟩gnp.exe"),
        ("a\u2066b\u2069", "a⟨U+2066⟩b⟨U+2069⟩"),
        ("pay\u200bpal", "pay⟨U+200B⟩pal"),
        ("free\u00addom", "free⟨U+00AD⟩dom"),
        ("a\u200db", "a⟨U+200D⟩b"),
        ("a\u200f", "a⟨U+200F⟩"),
        ("\u200b" * 9 + "x", "⟨U+200B ×9⟩x"),
        ("x\U000e0068\U000e0069", "x⟨U+E0068⟩⟨U+E0069⟩"),
        ("\u3164", "⟨U+3164⟩"),
        ("a\ufe00\ufe01", "a\ufe00⟨U+FE01⟩"),
        ("Z" + "\u0335" * 40 + "!", "Z" + "\u0335" * 5 + "⟨+35 marks⟩!"),
        ("ก" + "\u0e47" * 20, "ก" + "\u0e47" * 5 + "⟨+15 marks⟩"),
        ("\ue000 stays", "\ue000 stays"),
    ],
)
def test_what_acts_unseen_is_shown(text, shown):
    assert show(normalise(text)) == shown


def test_what_can_not_be_stored_becomes_something_that_can():
    typed = "\ufeff a\x00b\x1b[1m\x7f\r\nc\rd\x0be\u2028f\ud800\x81\uffff\ufdd0 "
    assert normalise(typed) == "a␀b␛[1m␡\nc\nd\ne\nf" + "\ufffd" * 4


@given(st.text())
def test_a_stored_text_stays_the_same_when_stored_again(text):
    stored = normalise(text)
    assert normalise(stored) == stored
    assert "\x00" not in stored
    assert stored.encode().decode() == stored


@given(st.text())
def test_what_is_shown_stays_the_same_when_shown_again(text):
    shown = show(normalise(text))
    assert show(shown) == shown


@given(st.text())
def test_a_name_is_one_line_of_visible_characters(text):
    name = plain_name(text)
    assert plain_name(name) == name
    assert show(name) == name
    assert "\n" not in name
    assert not name or any(unicodedata.category(c)[0] in "LNPS" for c in name)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("  Ann \n Lee ", "Ann Lee"),
        ("\u202eeeL nnA\u202c", "eeL nnA"),
        ("Ann\u200b\u200f Lee\u00ad", "Ann Lee"),
        ("\u3164", ""),
        ("\u2800\u200b", ""),
        ("\u0301", ""),
        ("Z\u0335\u0335\u0335\u0335\u0335\u0335oe", "Z\u0335\u0335\u0335oe"),
        ("علی‌رضا", "علی‌رضا"),
        ("👩‍🚀 Zoë", "👩‍🚀 Zoë"),
    ],
)
def test_names(typed, name):
    assert plain_name(typed) == name
