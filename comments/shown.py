"""What a page needs of a comment, and no more: a thousand models would take most of its time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db.models import Value
from django.db.models.functions import Length, Replace

from comments.models import Comment, CommentQuerySet
from comments.models.comment import LINE, anchor_of
from comments.status import Remover, Status

COLUMNS: Final = (
    "pk", "parent_id", "answers_id", "user_id", "commenter_id", "name", "html", "status",
    "removed_by", "continues", "number", "ordinal", "published_at", "edited_at",
)  # fmt: skip
LINES: Final = Length("text") - Length(Replace("text", Value("\n"), Value("")))
LENGTH: Final = Length("text") + Value(LINE) * LINES


@dataclass(slots=True)
class Shown:
    """A comment with a number; its names are those of Comment."""

    pk: int
    parent_id: int | None
    answers_id: int | None
    user_id: int | None
    commenter_id: int | None
    name: str
    html: str
    status: str
    removed_by: str
    continues: bool
    number: str | None
    ordinal: int | None
    published_at: datetime | None
    edited_at: datetime | None
    length: int

    @property
    def is_published(self) -> bool:
        """As of Comment."""
        return self.status == Status.PUBLISHED

    @property
    def is_withdrawn(self) -> bool:
        """As of Comment."""
        return self.status == Status.REMOVED and self.removed_by == Remover.COMMENTER

    @property
    def is_long(self) -> bool:
        """As of Comment."""
        limit: int = settings.COMMENT_FOLD_LENGTH
        return 0 < limit <= self.length

    @property
    def anchor(self) -> str:
        """As of Comment."""
        return anchor_of(self.number, self.pk)


Row = Comment | Shown


def read_shown(comments: CommentQuerySet) -> list[Shown]:
    """These comments. One query."""
    return [Shown(*row) for row in comments.annotate(length=LENGTH).values_list(*COLUMNS, "length")]
