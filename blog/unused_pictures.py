"""Pictures on their way out: those that no text names are deleted after a while."""

from datetime import timedelta
from typing import Any, Final

from django.contrib.postgres.fields import ArrayField
from django.db import transaction
from django.db.models import F, Func, TextField, Value
from django.utils import timezone

from blog import picture_files
from blog.models import Autosave, Picture, Post, PostQuerySet
from blog.picture_sizes import KEY

KEPT_UNUSED: Final = timedelta(days=30)
KEPT_WITHOUT_ROW: Final = timedelta(days=1)  # an upload writes its file before its row is there


def delete_picture(*, picture: Picture) -> None:
    """Delete a picture and its files. The caller has checked who asks and that no post shows it."""
    key = picture.key
    with transaction.atomic():
        picture.delete()
        transaction.on_commit(lambda: picture_files.remove(key))


def posts_with(picture: Picture) -> PostQuerySet:
    """The posts that show a picture now."""
    return Post.objects.filter(body__contains=picture.get_absolute_url())


def unused_pictures() -> list[Picture]:
    """Those uploaded a while ago that no post, revision or unsaved text names. Three queries."""
    old = Picture.objects.filter(uploaded_at__lt=timezone.now() - KEPT_UNUSED)
    named = _keys_named()
    return [picture for picture in old if picture.key not in named]


def sweep_pictures() -> int:
    """Delete the unused, and files that belong to no picture; how many pictures there were."""
    unused = unused_pictures()
    for picture in unused:
        delete_picture(picture=picture)
    moment = (timezone.now() - KEPT_WITHOUT_ROW).timestamp()
    old = picture_files.keys_older_than(moment)
    for key in old - set(Picture.objects.filter(key__in=old).values_list("key", flat=True)):
        picture_files.remove(key)
    return len(unused)


def _keys_named() -> set[str]:
    pattern = f"/pictures/({KEY})/"
    named = Func(
        F("body"),
        Value(pattern),
        Value("g"),
        function="regexp_matches",
        output_field=ArrayField(TextField()),
    )
    keys: set[str] = set()
    managers: list[Any] = [Post.objects, Post.history, Autosave.objects]
    for texts in managers:
        with_any = texts.filter(body__contains="/pictures/")
        found = with_any.annotate(found=named).values_list("found", flat=True)
        keys.update(key for (key,) in found.iterator())
    return keys
