"""What a typed name looks like: names that a reader could take for one another share a skeleton.

After Unicode's UTS 39, with a short table of our own: look-alikes of Latin letters in Cyrillic,
Greek, Armenian, Cherokee, Coptic, Lisu and Canadian syllabics, and Latin letters of unusual make.
Compatibility forms (fullwidth, mathematical, circled) fall to their plain letters by normalisation.
Pure functions.
"""
# ruff: noqa: RUF001 (characters that look like others are the matter of this file)

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

# Pairs: a character as it is written, and the Latin letter that it looks like. i, l, 1 are one.
CYRILLIC: Final = (
    "Аa Вb Еe Ѕs Іl Јj Кk Мm Нh Оo Рp Сc Тt Уy Хx Ԛq Ԝw Ӏl Үy Ғf Ьb Гr Ѵv Һh Ԍg Ԁd Пn"
    " аa вb еe ѕs іl јj кk мm нh оo рp сc тt уy хx ԛq ԝw ӏl үy ғf ьb гr ѵv һh ԍg ԁd пn ԉm ҽe ѡw"
)
GREEK: Final = (
    "Αa Βb Εe Ζz Ηh Ιl Κk Μm Νn Οo Ρp Τt Υy Χx Ϲc Ϳj"
    " αa βb γy εe ηn ιl κk νv οo ρp σo ςs τt υu χx ωw ϲc ϳj μu ϱp ϵe"
)
OTHER_SCRIPTS: Final = (
    "աw ցg եt զq հh յj ոn ռn սu օo գq Տs Օo Սu Լl"
    " ᎠD ᎡR ᎢT ᎩY ᎪA ᎫJ ᎬE ᎳW ᎷM ᎻH ᎽY ᏀG ᏃZ ᏎU ᏏB ᏒR ᏔW ᏕS ᏙV ᏚS ᏞL ᏟC ᏢP ᏦK ᏴB"
    " ⲀA ⲂB ⲈE ⲎH ⲒL ⲔK ⲘM ⲚN ⲞO ⲢP ⲤC ⲦT ⲨY ⲬX ⲁa ⲉe ⲓl ⲕk ⲟo ⲣp ⲥc ⲧt ⲩy ⲭx"
)
LATIN: Final = (
    "il Il 1l |l ǀl ıl ɩl ɪl łl Łl ƚl ɫl 0o øo Øo ɵo ɑa ɐa @a $s ꜱs ɡg ɢg đd Đd ħh Ħh ŧt Ŧt ƅb ɓb"
    " ʙb ƒf ꜰf ɗd ƙk ɲn ɴn ƴy ʏy ʋv ʐz ƶz ʜh ʟl ʀr ɾr ᴀa ᴄc ᴅd ᴇe ᴊj ᴋk ᴍm ᴏo ᴘp ᴛt ᴜu ᴠv ᴡw ᴢz"
    " ȷj ɯw"
)
DRAWN: Final = (  # what generators of fancy letters make of A to Z
    "ꓮA ꓐB ꓚC ꓓD ꓰE ꓝF ꓖG ꓧH ꓲI ꓙJ ꓗK ꓡL ꓟM ꓠN ꓳO ꓑP ꓣR ꓢS ꓔT ꓴU ꓦV ꓪW ꓫX ꓬY ꓜZ"
    " ᗩA ᗅA ᗷB ᑕC ᗪD ᗞD ᗴE ᖴF ᕼH ᒍJ ᒪL ᗰM ᑎN ᑭP ᑫQ ᖇR ᔕS ᑌU ᐯV ᗯW ᙭X ᘔZ"
)
# A to Z in black circles, in black squares and as flags: they adorn a name, or spell it.
PICTURES: Final = {
    first + place: chr(0x61 + place) for first in (0x1F150, 0x1F170, 0x1F1E6) for place in range(26)
}
TABLE: Final = {
    ord(pair[0]): pair[1].lower()
    for pair in f"{CYRILLIC} {GREEK} {OTHER_SCRIPTS} {DRAWN} {LATIN}".split()
}
TOGETHER: Final = (("rn", "m"), ("vv", "w"))
# Alphabets that can be taken for one another; Japanese and Korean mix theirs with good reason.
ALIKE: Final = frozenset(
    ["LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU", "TIFINAGH"]
)
BADGES: Final = frozenset("✓✔✅☑🗸🗹⍻🛡👑⭐★☆🌟✪✯🎖🏅🥇🔰⚜©®™🔵🟢🔷🔹💠🅰🆗🔏🔒")
OFFICES: Final = (
    "admin", "administrator", "author", "editor", "mod", "moderator", "official", "owner", "staff",
    "verified", "webmaster",
)  # fmt: skip
LONGEST: Final = 400  # a single character may stand for eighteen
WORD: Final = re.compile(r"[^\W_]+")


def skeleton(name: str) -> str:
    """The name as the eye takes it: no marks, blanks or punctuation, each letter its look-alike."""
    plain = unicodedata.normalize("NFKC", name).translate(TABLE).casefold()
    bare = unicodedata.normalize("NFD", plain).translate(TABLE)
    left = "".join(c for c in bare if c.isalnum())
    for many, one in TOGETHER:
        left = left.replace(many, one)
    return left[:LONGEST]


def skeletons(name: str) -> frozenset[str]:
    """The skeletons of a name however it is cased: a capital may look like another letter."""
    variants = (name, name.lower(), name.upper(), name.title(), name.translate(PICTURES))
    return frozenset(map(skeleton, variants)) - {""}


def mixed_words(name: str) -> list[str]:
    """The words of a name whose letters come from alphabets that look alike."""
    return [word for word in WORD.findall(_composed(name)) if len(_alphabets(word)) > 1]


def office_words(name: str) -> list[str]:
    """The words and signs of a name that say its bearer has an office here."""
    words = [word for word in WORD.findall(_composed(name)) if skeletons(word) & _OFFICES]
    return words + [sign for sign in name if sign in BADGES]


def _composed(name: str) -> str:
    """Compatibility forms undone; what has no width would otherwise divide a word."""
    visible = (c for c in unicodedata.normalize("NFKC", name) if unicodedata.category(c) != "Cf")
    return "".join(visible)


def _alphabets(word: str) -> frozenset[str]:
    return ALIKE & set(_scripts(word))


def _scripts(word: str) -> Iterator[str]:
    """The first word of each letter's Unicode name: its script, for the alphabets above."""
    return (unicodedata.name(c, "").partition(" ")[0] for c in word if c.isalpha())


_OFFICES: Final = frozenset(skeleton(word) for word in OFFICES)
