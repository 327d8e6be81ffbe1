"""Pictures made for tests."""

from io import BytesIO

from PIL import Image


def picture(format="JPEG", size=(64, 48), mode="RGB", **options):
    """The bytes of a picture of one colour."""
    colour = {"RGB": (200, 30, 30), "RGBA": (200, 30, 30, 128), "L": 200, "P": 3}.get(mode, 0)
    made = BytesIO()
    Image.new(mode, size, colour).save(made, format, **options)
    return made.getvalue()


def png(width, height):
    """The bytes of a red PNG."""
    return picture("PNG", (width, height))
