"""Pillow's room: what a file is, without decoding it, and the sizes that are made of it.

Of four formats, told by the file's own first bytes: what scripts or reads other files (SVG, EPS)
never reaches a decoder.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import IO, Any, Final, NamedTuple

from PIL import Image, ImageCms

from blog.picture_sizes import Size, largest, widths_of

FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF")
MOST_PIXELS: Final = 40_000_000
TALLEST: Final = 16_383  # what WebP can hold
QUALITY: Final = 80
SRGB: Final = ImageCms.createProfile("sRGB")
ORIENTATION: Final = 0x0112
# What a camera held sideways wrote, and how to undo it.
UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
TOO_MANY: Final = (Image.DecompressionBombError, Image.DecompressionBombWarning)
# What Pillow raises for content that it can't make sense of.
BROKEN: Final = (OSError, SyntaxError, ValueError, EOFError, MemoryError)


class NotAPicture(ValueError):
    """A file that is no picture we take; the message is a sentence for its author."""


class Measured(NamedTuple):
    """What a picture's head says of it."""

    format: str
    size: Size
    is_animated: bool


def measure(file: IO[bytes]) -> Measured:
    """Read the head of a picture; nothing is decoded. Raises NotAPicture."""
    image = _open(file)
    size = Size(*image.size)
    if _orientation(image) >= 5:
        size = Size(size.height, size.width)
    if (height := largest(size).height) > TALLEST:
        raise NotAPicture(
            f"It would stand {height} pixels tall, and {TALLEST} are the most: cut it into parts."
        )
    kind = "JPEG" if image.format == "MPO" else str(image.format)  # some phones' JPEGs
    is_animated = kind != "JPEG" and bool(getattr(image, "is_animated", False))
    return Measured(kind, size, is_animated)


def make_sizes(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Each width with its WebP, without what the original said beside its pixels. NotAPicture if
    it can't be decoded. Of one that moves, the first frame.
    """
    try:
        image = _decoded(content)
    except TOO_MANY as error:
        raise NotAPicture(_too_large(Size(0, 0))) from error
    except BROKEN as error:
        raise NotAPicture("The file is damaged: it could not be read to its end.") from error
    size = measure(BytesIO(content)).size
    for width in widths_of(size):
        sized = image.resize(size.at(width), Image.Resampling.LANCZOS, reducing_gap=3.0)
        sized.info.clear()
        made = BytesIO()
        sized.save(made, "WEBP", quality=QUALITY, method=4)
        yield width, made.getvalue()


def _open(file: IO[bytes]) -> Image.Image:
    try:
        image = Image.open(file, formats=FORMATS)
    except TOO_MANY as error:
        raise NotAPicture(_too_large(Size(0, 0))) from error
    except BROKEN as error:
        raise NotAPicture("It is not a JPEG, PNG, WebP or GIF file.") from error
    if image.width * image.height > MOST_PIXELS:
        raise NotAPicture(_too_large(Size(*image.size)))
    return image


def _too_large(size: Size) -> str:
    most = MOST_PIXELS // 1_000_000
    pixels = size.width * size.height
    if not pixels:
        return f"It has far too many megapixels, and {most} are the most: make it smaller first."
    has = f"{pixels / 1_000_000:.0f} megapixels"
    return f"It has {has}, and {most} are the most: make it smaller first."


def _decoded(content: bytes) -> Image.Image:
    """Upright, in sRGB, in eight bits."""
    image = _open(BytesIO(content))
    image.draft("RGB", (2 * 1600, 2 * 1600))  # of a JPEG, decode no more than is shown
    turn = UPRIGHT.get(_orientation(image))
    image.load()
    image = _in_srgb(_eight_bits(image))
    return image.transpose(turn) if turn is not None else image


def _orientation(image: Any) -> int:
    """1 is upright. Of a PNG only what stands before the pixels counts: nothing is decoded."""
    if image.format == "PNG" and "exif" not in image.info:
        return 1
    return int(image.getexif().get(ORIENTATION, 1) or 1)


def _eight_bits(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):
        image = image.point(lambda value: value / 256).convert("L")
    if image.mode in {"LA", "PA"} or "transparency" in image.info:
        return image.convert("RGBA")
    return image if image.mode in {"RGB", "RGBA", "CMYK"} else image.convert("RGB")


def _in_srgb(image: Image.Image) -> Image.Image:
    """The colours that the original's profile meant, since no profile goes with the sizes."""
    target = "RGBA" if image.mode == "RGBA" else "RGB"
    profile = image.info.get("icc_profile")
    if profile:
        try:
            own = ImageCms.ImageCmsProfile(BytesIO(profile))
            found = ImageCms.profileToProfile(image, own, SRGB, outputMode=target)
        except (ImageCms.PyCMSError, OSError):
            found = None  # a profile of another colour space, or a broken one: plain colours then
        if found is not None:
            return found
    return image.convert(target)
