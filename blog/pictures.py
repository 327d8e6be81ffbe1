"""Pictures on their way in."""

from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from blog import jobs, picture_files, raster
from blog.models import Picture
from blog.raster import Measured, NotAPicture
from core.jobs import enqueue

if TYPE_CHECKING:
    from django.contrib.auth.models import User

ENDINGS: Final = {
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".jpe": "JPEG",
    ".jfif": "JPEG",  # as Windows names them
    ".png": "PNG",
    ".webp": "WEBP",
    ".gif": "GIF",
}


def receive_picture(*, file: UploadedFile, by: "User") -> tuple[Picture, bool]:
    """Keep an upload and have its sizes made; whether it is one that moves.

    Raises NotAPicture with a sentence. The caller has checked that `by` may add pictures.
    """
    name = PurePath(file.name or "picture").name[:200]
    measured = check_upload(file, name)
    with transaction.atomic():
        picture = Picture.objects.create(
            name=name, uploaded_by=by, width=measured.size.width, height=measured.size.height
        )
        file.seek(0)
        picture_files.keep_original(picture.key, file.chunks())
        enqueue(jobs.make_sizes, picture_id=picture.pk)
    return picture, measured.is_animated


def check_upload(file: UploadedFile, name: str) -> Measured:
    """Is it a picture that we take, and the one that its name says? Raises NotAPicture."""
    if (file.size or 0) > settings.PICTURE_MAX_MB * 1024 * 1024:
        raise NotAPicture(
            f"{name} was not taken: it has {(file.size or 0) / 1024 / 1024:.1f} MB, and"
            f" {settings.PICTURE_MAX_MB} are the most."
        )
    try:
        measured = raster.measure(file)
    except NotAPicture as error:
        raise NotAPicture(f"{name} was not taken: {_small(str(error))}") from error
    ending = PurePath(name).suffix.lower()
    if ending and ENDINGS.get(ending) != measured.format:
        raise NotAPicture(
            f"{name} was not taken: by its name it is something else than the {measured.format}"
            " file that it is; rename it and try again."
        )
    return measured


def _small(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]
