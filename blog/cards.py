"""The picture that stands for a post where its address is shared: its title on paper.

Drawn here, with the font that Pillow brings along. It knows Latin letters; a title in another
script gives a picture without it, since boxes in place of letters say nothing.
"""

import hashlib
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from PIL import Image, ImageDraw, ImageFont

from core.site import current

if TYPE_CHECKING:
    from blog.models import Post

SIZE: Final = (1200, 630)  # what those who show it ask for
VERSION: Final = 1  # raise it when the same words give another picture
PAPER, INK, QUIET, ACCENT = "#fdfcf9", "#23201c", "#67605a", "#7a2e1d"
MARGIN: Final = 90
TITLE_SIZES: Final = (80, 66, 54, 44)
MOST_LINES: Final = 5


def card_digest(post: "Post") -> str:
    """What the picture of a post is known by: another title or site, another digest."""
    words = "\0".join([str(VERSION), *_words(post)])
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def make_card(post: "Post") -> bytes:
    """The picture as PNG. The last 64 are kept in the process."""
    return _draw(*_words(post))


def _words(post: "Post") -> tuple[str, str, str]:
    site = current()
    return post.title, site.title, site.accent or ACCENT


@lru_cache(maxsize=64)
def _draw(title: str, site: str, accent: str) -> bytes:
    image = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, SIZE[0], 18), fill=accent)
    if _is_drawable(title):
        lines, font = _fit(draw, title)
        draw.multiline_text((MARGIN, 110), "\n".join(lines), font=font, fill=INK, spacing=18)
    if _is_drawable(site):
        line = _cut(draw, site, _font(36))
        draw.text((MARGIN, SIZE[1] - 110), line, font=_font(36), fill=QUIET)
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


@lru_cache(maxsize=8)
def _font(size: int) -> Any:
    return ImageFont.load_default(size)


def _is_drawable(text: str) -> bool:
    """Whether the font has every letter; those that it lacks all look like one box."""
    font = _font(36)
    box = bytes(font.getmask("\U0010ffff"))
    return all(letter.isspace() or bytes(font.getmask(letter)) != box for letter in set(text))


def _fit(draw: Any, title: str) -> tuple[list[str], Any]:
    """The title in lines, as large as it can be; the last line is cut where nothing helps."""
    for size in TITLE_SIZES:
        lines = _wrap(draw, title, _font(size))
        if len(lines) <= MOST_LINES and all(_fits(draw, line, _font(size)) for line in lines):
            return lines, _font(size)
    font = _font(TITLE_SIZES[-1])
    kept = [_cut(draw, line, font) for line in lines[:MOST_LINES]]
    if len(lines) > MOST_LINES:
        kept[-1] = _cut(draw, kept[-1] + " …", font)
    return kept, font


def _wrap(draw: Any, text: str, font: Any) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and _fits(draw, f"{lines[-1]} {word}", font):
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _fits(draw: Any, text: str, font: Any) -> bool:
    return bool(draw.textlength(text, font=font) <= SIZE[0] - 2 * MARGIN)


def _cut(draw: Any, text: str, font: Any) -> str:
    """As much of a line as fits, with a sign that there was more."""
    if _fits(draw, text, font):
        return text
    while text and not _fits(draw, f"{text}…", font):
        text = text[:-1]
    return f"{text}…"
