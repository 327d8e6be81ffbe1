"""What a page needs of a comment, and no more: a thousand models would take most of its time."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, Final, NamedTuple, cast

from django.conf import settings
from django.db.models import Value
from django.db.models.functions import Length, Replace
from django.db.models.lookups import GreaterThanOrEqual

from comments.models import Comment, CommentQuerySet
from comments.models.comment import LINE, anchor_of
from comments.status import Remover, Status
from core.compiled import Compiled, Given

COLUMNS: Final = (
    "pk", "parent_id", "answers_id", "user_id", "commenter_id", "name", "html", "status",
    "removed_by", "continues", "number", "ordinal", "published_at", "edited_at",
)  # fmt: skip
LINES: Final = Length("text") - Length(Replace("text", Value("\n"), Value("")))
NEVER: Final = 2**31 - 1
PUBLISHED: Final = Status.PUBLISHED.value  # asked three times for each comment of a page
LENGTH: Final = Length("text") + Value(LINE) * LINES


class Shown(NamedTuple):
    """A comment with a number; its names are those of Comment. A tuple is made the fastest."""

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
    is_long: bool

    @property
    def is_published(self) -> bool:
        """As of Comment."""
        return self.status == PUBLISHED

    @property
    def is_withdrawn(self) -> bool:
        """As of Comment."""
        return self.status == Status.REMOVED and self.removed_by == Remover.COMMENTER

    @property
    def anchor(self) -> str:
        """As of Comment."""
        return anchor_of(self.number, self.pk)


Row = Comment | Shown
# As Shown._make, which counts the values again for each.
_make: Final = cast("Callable[[tuple[Any, ...]], Shown]", partial(tuple.__new__, Shown))


def columns_shown(comments: CommentQuerySet) -> Compiled[Comment]:
    """What `read_shown` reads of some comments."""
    is_long: Any = GreaterThanOrEqual(LENGTH, Given("fold_from"))
    return Compiled(lambda: comments.annotate(is_long=is_long).values_list(*COLUMNS, "is_long"))


def read_shown(columns: Compiled[Comment], **given: Any) -> list[Shown]:
    """The comments of `columns_shown`, for the values given. One query."""
    fold_from = settings.COMMENT_FOLD_LENGTH or NEVER
    return list(map(_make, columns.tuples(fold_from=fold_from, **given)))
