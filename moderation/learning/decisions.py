"""Which decisions teach, and on which text.

Published by a person: a good one. Marked as spam by a person: spam. Rejected, removed, held:
neither, since those are about manners, matter or doubt, and a rude argument must not make arguments
look like spam. What the site itself published or an import brought teaches nothing: nobody decided.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db.models import QuerySet

from comments.models import Comment
from comments.status import Status
from moderation.models import DECISIONS, LogEntry

TEACHES = {Status.PUBLISHED.value: False, Status.SPAM.value: True}


class Decision(NamedTuple):
    """What a person decided of a comment, and the text that it was decided on."""

    is_spam: bool
    text: str


def standing_decision(comment: Comment) -> Decision | None:
    """What the decision that stands teaches; None for nothing. At most two queries."""
    if comment.status not in TEACHES:
        return None
    last = _by_people().filter(comment_id=comment.pk).order_by("-pk").first()
    if last is None or last.status_after != comment.status:
        return None
    replaced = comment.revisions.filter(replaced_at__gte=last.at).order_by("pk").first()
    text = replaced.text if replaced else comment.text
    return Decision(TEACHES[comment.status], text) if text else None  # erased by now


def decided_comments() -> Iterator[int]:
    """The ids of all comments that people decided on, in the order of their latest decisions."""
    latest = _by_people().order_by("comment_id", "-pk").distinct("comment_id").values("pk")
    entries = LogEntry.objects.filter(pk__in=latest).order_by("pk")
    ids: Any = entries.values_list("comment_id", flat=True)  # a decision names a comment
    found: Iterator[int] = ids.iterator(chunk_size=1000)
    return found


def _by_people() -> "QuerySet[LogEntry]":
    return LogEntry.objects.filter(act__in=DECISIONS, actor_id__isnull=False).standing()
