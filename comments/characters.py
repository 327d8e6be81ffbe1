"""What strangers' characters may do: nothing typed vanishes from a text, all of it can be seen.

Two steps, since the source is kept and the HTML is made from it:

- `normalise`, before a text is stored. What a database or a feed can't carry becomes something it
  can: line separators become line ends, control characters (NUL among them) their pictures (␀ ␛),
  lone surrogates, C1 controls and noncharacters U+FFFD. A byte order mark at the start goes.
- `show`, whenever HTML is made. Overrides, embeddings and isolates, zero-width characters, soft
  hyphens, tag characters and other letters without ink stand there as ⟨U+202E⟩. They stay what
  they are where a script needs them: joiners in emoji and after Arabic and Indic letters, zero
  width spaces after Thai or Khmer ones, direction marks in a text with right-to-left letters,
  variation selectors after what they vary, tags in flags. Of a pile of combining marks five
  stay (no living script writes more) and the rest is counted: ⟨+95 marks⟩. Tibetan, whose stacked
  consonants are combining marks too, has ten. Private-use characters stay.

A name is one line beside other people's words, so `plain_name` is stricter: what a text shows as
⟨U+202E⟩ is left out of a name, direction marks too, and of a pile three marks stay. It is not
refused: such characters come along with copied text, and a name without them reads the same.
"""

import re
import unicodedata
from itertools import groupby
from typing import Final

MARKS_IN_A_TEXT: Final = 5
MARKS_IN_A_NAME: Final = 3
MARKS_IN_TIBETAN: Final = 10

_UNFIT: Final = {
    **{code: 0x2400 + code for code in range(0x20) if chr(code) not in "\n\t"},
    **dict.fromkeys([0x0B, 0x0C, 0x85, 0x2028, 0x2029], ord("\n")),
    0x7F: 0x2421,
    **dict.fromkeys([code for code in range(0x80, 0xA0) if code != 0x85], 0xFFFD),
    **dict.fromkeys(range(0xD800, 0xE000), 0xFFFD),
    **dict.fromkeys(range(0xFDD0, 0xFDF0), 0xFFFD),
    **dict.fromkeys(range(0xFFFE, 0x110000, 0x10000), 0xFFFD),
    **dict.fromkeys(range(0xFFFF, 0x110000, 0x10000), 0xFFFD),
}  # fmt: skip

# Blocks, not properties: Python's `re` knows no scripts.
_RIGHT_TO_LEFT: Final = (
    "\u05d0-\u05f2\u0620-\u064a\u066e-\u06d3\u06fa-\u085f\u0860-\u08c9\ufb1d-\ufdfd\ufe70-\ufefc"
    "\U00010800-\U00010fff\U0001e800-\U0001efff"
)
_JOINING: Final = (
    "\u0600-\u061b\u061d-\u0dff\u0f00-\u109f\u1780-\u180a\u1810-\u18af\u1a20-\u1aaf\u1b00-\u1cff"
    "\ua800-\uabff\ufb50-\ufdfd\ufe70-\ufefc\U00010a00-\U00011fff\U0001e900-\U0001e95f"
)
_WITHOUT_SPACES: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_PICTURES: Final = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2934\u2935"
    "\u2b00-\u2bff\u3030\u303d\u3297\u3299\ufe0f\U0001f000-\U0001faff"
)
_HAN: Final = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"

_FLAG: Final = "\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f"
_WITHOUT_INK: Final = "|".join([
    # Embeddings, overrides, isolates; what Unicode calls ignorable; annotation marks.
    "[\u202a-\u202e\u2066-\u2069]",
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0]",
    "[\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a]",
    "[\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]",
    f"(?<![{_WITHOUT_SPACES}])\u200b",
    f"(?<![{_JOINING}])\u200c",
    f"(?<![{_JOINING}{_PICTURES}])\u200d|(?<=[{_PICTURES}])\u200d(?![{_PICTURES}])",
    "(?<![^\\s\ufe00-\ufe0f])[\ufe00-\ufe0f]",
    "(?<![\u1800-\u180a\u1810-\u18af])[\u180b-\u180f]",
    f"(?<![{_HAN}])[\U000e0100-\U000e01ef]",
])  # fmt: skip
_DIRECTION_MARKS: Final = "[\u200e\u200f\u061c]"

_HAS_RIGHT_TO_LEFT: Final = re.compile(f"[{_RIGHT_TO_LEFT}]")
_INVISIBLE: Final = re.compile(rf"{_FLAG}|({_WITHOUT_INK})\1*")
_INVISIBLE_OR_DIRECTION: Final = re.compile(rf"{_FLAG}|({_WITHOUT_INK}|{_DIRECTION_MARKS})\1*")
_BLANK_LETTERS: Final = re.compile("\u2800+")


def normalise(text: str) -> str:
    """The text as it is stored: Unix line ends, NFC, nothing unfit to store, no outer blanks."""
    return writable(text.lstrip("\ufeff")).strip()


def writable(text: str) -> str:
    """The same for a piece of a text, whose outer blanks mean something."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_UNFIT)
    return unicodedata.normalize("NFC", text)


def show(text: str) -> str:
    """The text with everything visible that would act without being seen."""
    if text.isascii():
        return text
    invisible = _INVISIBLE if _HAS_RIGHT_TO_LEFT.search(text) else _INVISIBLE_OR_DIRECTION
    text = invisible.sub(_as_code, text)
    return _cap_marks(text, MARKS_IN_A_TEXT, "\u27e8+{} marks\u27e9")


def plain_name(text: str) -> str:
    """A name as it is stored: one line of visible characters, or nothing when it has none."""
    text = _INVISIBLE_OR_DIRECTION.sub(_left_out, normalise(text))
    text = _cap_marks(_BLANK_LETTERS.sub(" ", text), MARKS_IN_A_NAME, "")
    text = " ".join(unicodedata.normalize("NFC", text).split())
    return text if any(unicodedata.category(c)[0] in "LNPS" for c in text) else ""


def _as_code(found: re.Match[str]) -> str:
    character = found[1]
    if not character:  # a flag
        return found[0]
    times = f" \u00d7{len(found[0])}" if len(found[0]) > 1 else ""
    return f"\u27e8U+{ord(character):04X}{times}\u27e9"


def _left_out(found: re.Match[str]) -> str:
    return "" if found[1] else found[0]


def _cap_marks(text: str, most: int, rest: str) -> str:
    """Of each run of combining marks at most so many, then `rest`, which may count the others."""
    pieces = []
    for are_marks, run in groupby(text, _is_mark):
        piece = "".join(run)
        if are_marks and len(piece) > most:
            stays = MARKS_IN_TIBETAN if "\u0f71" <= piece[0] <= "\u0fbc" else most
            left = len(piece) - stays
            piece = piece[:stays] + (rest.format(left) if left > 0 else "")
        pieces.append(piece)
    return "".join(pieces)


def _is_mark(character: str) -> bool:
    return character > "\u02ff" and unicodedata.category(character) in {"Mn", "Me"}
