"""A standing note on a source: written by moderators, shown wherever the source is posted."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from comments import markup
from comments.errors import CommentError
from moderation.models import Act, LogEntry, Source
from moderation.permissions import require_may_note_source

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class NotedMeanwhile(CommentError):
    """Somebody else wrote the note since the form was made."""

    def __init__(self, note: str) -> None:
        super().__init__(
            "Somebody else changed the note since you looked; nothing of yours was kept."
            + (f" Your note: {note}" if note else "")
        )


def note_source(
    *,
    source_id: int,
    seen_at: datetime | None,
    note: str,
    dealt_with: str,
    tell_writers: bool,
    by: "User",
) -> Source:
    """Keep, change or (empty) end the note on a source; one log row, without the words.

    `seen_at` is the source's `noted_at` that the form was made for. Opens its own transaction.
    Raises NotedMeanwhile, NotAllowed, Source.DoesNotExist.
    """
    note, now = markup.normalise(note), timezone.now()
    with transaction.atomic():
        source = Source.objects.select_for_update().get(pk=source_id)
        require_may_note_source(by, source)
        if source.noted_at != seen_at:
            raise NotedMeanwhile(note)
        source.note, source.dealt_with = note, dealt_with.strip()
        source.tell_writers, source.noted_by, source.noted_at = tell_writers, by, now
        source.save()
        LogEntry.objects.create(act=Act.SOURCE_NOTED, source_id=source.pk, actor_id=by.pk, at=now)
    return source
