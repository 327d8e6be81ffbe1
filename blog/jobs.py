"""What the worker does for the blog: sizes of pictures, news to other sites, and housekeeping."""

from datetime import timedelta
from typing import Final

from django.utils import timezone

from blog import hub, mentions, picture_files, raster
from blog.models import Autosave, Picture
from blog.unused_pictures import sweep_pictures
from core import jobs

# For so long an unsaved text waits, and a browser may learn that its copy was saved.
AUTOSAVES_KEPT: Final = timedelta(days=90)


@jobs.task(name="blog.make_sizes")
def make_sizes(*, picture_id: int) -> None:
    """Make the sizes of a picture. A damaged one is marked; a full disk means another try."""
    picture = Picture.objects.filter(pk=picture_id, made_at=None, trouble="").first()
    if picture is None:  # made by an earlier run, or deleted since
        return
    content = picture_files.original(picture.key).read_bytes()
    waiting = Picture.objects.filter(pk=picture_id)
    try:
        for width, made in raster.make_sizes(content):
            picture_files.keep_made(picture.key, width, made)
    except raster.NotAPicture as error:
        waiting.update(trouble=str(error))
        return
    waiting.update(made_at=timezone.now())


@jobs.periodic(name="blog.tell_others", cron="* * * * *")
def tell_others(timestamp: int) -> None:
    """Where the settings say so: the hub of changed feeds, and pages that changed posts link to."""
    hub.note_changed_feeds()
    mentions.note_changed_posts()


@jobs.periodic(name="blog.forget_autosaves", cron="31 3 * * *")
def forget_autosaves(timestamp: int) -> None:
    """Unsaved texts are forgotten after 90 days without a change."""
    Autosave.objects.filter(saved_at__lt=timezone.now() - AUTOSAVES_KEPT).delete()


@jobs.periodic(name="blog.sweep_pictures", cron="41 3 * * *")
def sweep(timestamp: int) -> None:
    """Pictures that no text names are deleted after 30 days."""
    sweep_pictures()
