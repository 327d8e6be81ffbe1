"""Taking words out of a comment, so that everybody sees where, and its writer what."""

import re
from datetime import datetime
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

from comments import markup
from comments.errors import CommentError
from comments.models import Comment, RecordedReason, Revision
from comments.rendering import record_references, render_text
from moderation.models import Act, Clause
from moderation.services import carry_out, checked_note, require_not_withdrawn
from moderation.traces import replace_traces

if TYPE_CHECKING:
    from django.contrib.auth.models import User

MARK: Final = re.compile(r"\[removed(?:: clause \d+)?\]\s*")
WORDS: Final = re.compile(rf"{MARK.pattern}|\S+\s*")  # with the blanks behind them
END: Final = re.compile(r"\s*\Z")


class NothingTakenOut(CommentError):
    """The text is the same as before."""

    def __init__(self) -> None:
        super().__init__("Nothing was taken out of the text; nothing was changed.")


class WordsPutIn(CommentError):
    """There are words that its writer did not write."""

    def __init__(self, words: str) -> None:
        super().__init__(
            f"A redaction only takes words out. These are not its writer's: “{words}”. Nothing was"
            " changed."
        )


def redact_comment(
    *,
    comment_id: int,
    version: int,
    by: "User",
    text: str,
    clause: Clause | None = None,
    note: str = "",
) -> Comment:
    """Keep of a comment's words those in `text`; where some are missing a mark says so.

    The original is kept for its writer and for moderators. Raises what the services raise,
    NothingTakenOut and WordsPutIn.
    """
    note = checked_note(note)

    def redact(comment: Comment, now: datetime) -> None:
        require_not_withdrawn(comment)
        kept = with_marks(comment.text, markup.normalise(text), _mark(clause))
        rendered = render_text(kept, comment.post, comment)
        comment.replace_text(kept, rendered.html, by=Revision.Replacement.REDACTION, at=now)
        record_references(comment, rendered.refers_to, rendered.awaits)
        replace_traces(comment)

    return carry_out(Act.REDACTED, comment_id, version, by, redact, note=note, clause=clause)


def bring_back_words(
    comment: Comment,
    *,
    redacted_at: datetime,
    now: datetime,
    by: Revision.Replacement = Revision.Replacement.REDACTION,
) -> None:
    """Give a comment the text that it had before the redaction at a time, with its reasons.

    So too for another kind of replacement, by a moderator's act.

    The caller holds the lock and the transaction. Raises Revision.DoesNotExist where the original
    was erased.
    """
    original = comment.revisions.filter(replaced_by=by, replaced_at=redacted_at).get()
    rendered = render_text(original.text, comment.post, comment)
    later = comment.replace_text(original.text, rendered.html, by=by, at=now)
    RecordedReason.objects.filter(revision=original).update(revision=None)
    later.delete()
    original.delete()
    edits = comment.revisions.filter(replaced_by=Revision.Replacement.EDIT)
    seen = edits.filter(replaced_at__gte=comment.published_at or now).order_by("-pk").first()
    comment.edited_at = seen.replaced_at if seen else None
    comment.save(update_fields=["edited_at"])
    record_references(comment, rendered.refers_to, rendered.awaits)
    replace_traces(comment)


def with_marks(before: str, after: str, mark: str) -> str:
    """The text `before` with `mark` for each run of words that `after` lacks.

    Earlier marks stay; one that was typed counts as a missing word. Where part of a word is left,
    the whole of it goes. Raises NothingTakenOut and WordsPutIn.
    """
    old, new = WORDS.findall(before), MARK.sub(" ", after).split()
    bare = [word.strip() for word in old]
    kept: list[str] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, bare, new).get_opcodes():
        if tag == "equal":
            kept += old[i1:i2]
            continue
        _require_part_of(new[j1:j2], "".join(bare[i1:i2]))
        kept += _taken_out(old[i1:i2], mark)
    result = "".join(kept).strip()
    if result == before.strip():
        raise NothingTakenOut
    return result


def _taken_out(words: list[str], mark: str) -> list[str]:
    """What stands for a run of words that went: earlier marks, and one mark for the rest."""
    marks = [word for word in words if MARK.fullmatch(word)]
    if len(marks) == len(words):
        return marks
    blank = END.search(words[-1])
    return [*marks, mark + (blank[0] if blank else "")]


def _require_part_of(words: list[str], gone: str) -> None:
    if any(word not in gone for word in words):
        raise WordsPutIn(" ".join(words)[:200])


def _mark(clause: Clause | None) -> str:
    return f"[removed: clause {clause.number}]" if clause else "[removed]"
