"""Names that look alike share a skeleton; names that do not, do not."""
# ruff: noqa: RUF001 (characters that look like others are the matter of this file)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.names import mixed_words, office_words, skeleton, skeletons


@pytest.mark.parametrize(
    "typed",
    [
        "ada bergman",
        "ADA BERGMAN",
        "Ada  Bergman",
        "Ada\u200b Berg\u2060man",
        "\u202eAda Bergman",
        "Аdа Веrgmаn",
        "Αda Βergman",
        "Ａｄａ Ｂｅｒｇｍａｎ",
        "𝓐𝓭𝓪 𝓑𝓮𝓻𝓰𝓶𝓪𝓷",
        "Áda Bërgmañ",
        "A\u0336da Bergman",
        "Ada.Bergman",
        "★ Ada Bergman ★",
        "Ada Bergrnan",
        "ᴀᴅᴀ ʙᴇʀɢᴍᴀɴ",
        "Ada\u00adBergman",
        "Ⓐda Bergman",
        "@da Bergman",
        "ꓮda Bergman",
        "ꓮꓓꓮ ꓐꓰꓣꓖꓟꓮꓠ",
        "ᗩᗪᗩ ᗷᗴᖇGᗰᗩᑎ",
        "🅐🅓🅐 🅑🅔🅡🅖🅜🅐🅝",
        "🅰🅳🅰 Bergman",
        "🇦🇩🇦 🇧🇪🇷🇬🇲🇦🇳",
        "🇺🇦 Ada Bergman 🅾",
    ],
)
def test_look_alikes_share_a_skeleton(typed):
    assert skeleton("Ada Bergman") in skeletons(typed)


@pytest.mark.parametrize(("one", "other"), [("Paul", "PauI"), ("Bill", "B1ll"), ("Νίκος", "ΝΙΚΟΣ")])
def test_capitals_and_figures_that_look_like_letters_count(one, other):
    assert skeletons(one) & skeletons(other)


@pytest.mark.parametrize(
    "other", ["Eda Bergman", "Ada Bergmann", "Ada", "Bergman Ada", "Адам", "阿达", ""]
)
def test_other_names_have_other_skeletons(other):
    assert skeleton("Ada Bergman") not in skeletons(other)


@pytest.mark.parametrize(
    "names", [("Joon", "준"), ("דוד", "דן"), ("سارة", "سامي"), ("山田", "山本"), ("Анна", "Инна")]
)
def test_names_in_other_scripts_are_told_apart(names):
    assert len({skeleton(name) for name in names}) == 2
    assert all(skeletons(name) for name in names)


@pytest.mark.parametrize("name", ["Hаnna", "Paνel", "Аda", "Ha\u200bнna", "ꓮda", "Дdⴰ"])
def test_a_word_of_two_alphabets_is_mixed(name):
    assert mixed_words(name)


@pytest.mark.parametrize(
    "name",
    ["Hanna", "Анна", "Анна Müller", "Νίκος", "山田ゆうこ", "Joon 준", "محمد Ali", "O’Neil-Łuc"],
)
def test_names_as_people_have_them_are_not(name):
    assert mixed_words(name) == []


@pytest.mark.parametrize(
    "name",
    [
        "Admin",
        "Ada (author)",
        "The M0derator",
        "Аdmin",
        "ad\u200bmin",
        "ＡＤＭＩＮ",
        "Ada ✓",
        "🛡 Ada",
    ],
)
def test_words_and_signs_of_office_are_found(name):
    assert office_words(name)


@pytest.mark.parametrize("name", ["Modesta", "Adminka", "Hanna 🌻", "Authorio", "Stafford"])
def test_names_that_only_begin_so_are_not(name):
    assert office_words(name) == []


@given(st.text(max_size=80))
def test_every_text_has_a_skeleton_of_bounded_length_that_is_its_own(name):
    found = skeleton(name)
    assert len(found) <= 400
    assert all(c.isalnum() for c in found)
    assert found in skeletons(name) or not found
