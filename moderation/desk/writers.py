"""Who wrote a comment, as far as comments can be put together, and what else they did."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from comments import markup, tree
from comments.errors import CommentError
from comments.models import Comment
from moderation.models import Act, PersonNote, Sanction
from moderation.people.persons import digest_of_mail
from moderation.permissions import require_may_moderate
from moderation.services import log_act

if TYPE_CHECKING:
    from django.contrib.auth.models import User

LATEST: Final = 300  # comments of one person that are counted
NAMES: Final = 5

# The latest comments of whoever wrote each card's: by account, commenter, mail or network, of which
# the first that is known counts (same_person).
QUERY: Final = f"""
    SELECT me.id, count(*) FILTER (WHERE c.status = 'published'),
        count(*) FILTER (WHERE c.status = 'rejected'),
        count(*) FILTER (WHERE c.status = 'spam'),
        count(*) FILTER (WHERE c.status = 'removed' AND c.removed_by = 'moderator'),
        count(*) FILTER (WHERE c.status = 'pending'),
        array_agg(DISTINCT c.name) FILTER (WHERE c.name <> me.name),
        array_agg(cited.clause) FILTER (WHERE cited.clause IS NOT NULL)
    FROM comments_comment me
    CROSS JOIN LATERAL (
        (SELECT id, status, removed_by, name FROM comments_comment
            WHERE user_id = me.user_id ORDER BY submitted_at DESC LIMIT {LATEST})
        UNION ALL (SELECT id, status, removed_by, name FROM comments_comment
            WHERE me.user_id IS NULL AND commenter_id = me.commenter_id
            ORDER BY submitted_at DESC LIMIT {LATEST})
        UNION ALL (SELECT id, status, removed_by, name FROM comments_comment
            WHERE me.user_id IS NULL AND me.commenter_id IS NULL AND me.mail <> ''
            AND mail = me.mail AND mail <> '' AND user_id IS NULL AND commenter_id IS NULL
            ORDER BY submitted_at DESC LIMIT {LATEST})
        UNION ALL (SELECT id, status, removed_by, name FROM comments_comment
            WHERE me.user_id IS NULL AND me.commenter_id IS NULL AND me.mail = ''
            AND me.network <> '' AND network = me.network AND network <> ''
            AND user_id IS NULL AND commenter_id IS NULL
            ORDER BY submitted_at DESC LIMIT {LATEST})
    ) c
    LEFT JOIN LATERAL (
        SELECT clause.number || '. ' || clause.title AS clause FROM moderation_logentry entry
        JOIN moderation_clause clause ON clause.id = entry.clause_id
        WHERE c.status IN ('rejected', 'removed') AND entry.comment_id = c.id
            AND entry.status_after = c.status
        ORDER BY entry.id DESC LIMIT 1
    ) cited ON true
    WHERE me.id = ANY (%(ids)s)
    GROUP BY me.id
"""  # noqa: S608 (put together from constants)


@dataclass(frozen=True, kw_only=True)
class Record:
    """What else a person did here, by what is known of them; `by` says by what."""

    by: str
    published: int = 0
    rejected: int = 0
    spam: int = 0
    removed: int = 0
    waiting: int = 0
    names: Sequence[str] = ()
    clauses: Sequence[tuple[str, int]] = ()
    sanctions: Sequence[Sanction] = field(default_factory=list)
    notes: Sequence[PersonNote] = field(default_factory=list)


class NoNote(CommentError):
    """The note is empty or too long."""

    def __init__(self) -> None:
        super().__init__(
            f"A note on a person has 1 to {PersonNote.MAX_LENGTH:,} characters; nothing was kept."
        )


def records_of(comments: Iterable[Comment]) -> dict[int, Record]:
    """The record of whoever wrote each comment, by its id. Three queries."""
    shown = list(comments)
    counted = _counted([comment.pk for comment in shown])
    keys = {comment.pk: key_of(comment) for comment in shown}
    notes: dict[str, list[PersonNote]] = {}
    for note in PersonNote.objects.filter(whose__in=set(keys.values())).select_related("made_by"):
        notes.setdefault(note.whose, []).append(note)
    sanctions = _sanctions(shown)
    return {
        comment.pk: Record(
            by=_by(comment),
            sanctions=[one for one in sanctions if _is_about(one, comment)],
            notes=notes.get(keys[comment.pk], []),
            **counted.get(comment.pk, {}),
        )
        for comment in shown
    }


def of_the_same_person(comment_id: int) -> Q:
    """What whoever wrote a comment wrote: by account or commenter, else mail, network or name.

    Nothing for a comment that is not there. One query.
    """
    comment = Comment.objects.filter(pk=comment_id).first()
    return same_person(comment) if comment is not None else Q(pk__in=())


def same_person(comment: Comment) -> Q:
    """The strongest of what the comment tells of its writer."""
    if comment.user_id is not None:
        return Q(user=comment.user_id)
    if comment.commenter_id is not None:
        return Q(commenter=comment.commenter_id)
    unknown = Q(user=None, commenter=None)
    if comment.mail:
        return unknown & Q(mail=comment.mail)
    if comment.network:
        return unknown & Q(network=comment.network)
    return unknown & Q(name=comment.name, mail="", network="")


def key_of(comment: Comment) -> str:
    """The same as a word, by which notes are kept; no address stands in it."""
    if comment.user_id is not None:
        return f"user {comment.user_id}"
    if comment.commenter_id is not None:
        return f"commenter {comment.commenter_id}"
    if comment.mail:
        return f"mail {digest_of_mail(comment.mail)}"
    return f"network {comment.network}" if comment.network else f"name {comment.name}"


def note_person(*, comment_id: int, text: str, by: "User") -> PersonNote:
    """Keep a note for moderators on whoever wrote a comment; one log row, without the words.

    Raises NotAllowed, NoNote, TreeBusy, Comment.DoesNotExist.
    """
    text, now = markup.normalise(text), timezone.now()
    if not 0 < len(text) <= PersonNote.MAX_LENGTH:
        raise NoNote

    def note(comment: Comment) -> PersonNote:
        require_may_moderate(by, comment)
        made = PersonNote.objects.create(whose=key_of(comment), text=text, made_by=by, made_at=now)
        log_act(Act.NOTED, comment, status_before=comment.status, actor_id=by.pk, at=now)
        return made

    return tree.under_lock(comment_id, note)


def _counted(comment_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    counts = ("published", "rejected", "spam", "removed", "waiting")
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(QUERY, {"ids": list(comment_ids)})
        for pk, *row in cursor.fetchall():
            *numbers, names, cited = row
            clauses = [(one, (cited or []).count(one)) for one in dict.fromkeys(cited or [])]
            named = {"names": (names or [])[:NAMES], "clauses": clauses}
            found[pk] = {**dict(zip(counts, numbers, strict=True)), **named}
    return found


def _sanctions(comments: Sequence[Comment]) -> list[Sanction]:
    """Those in force against any of the writers by identity, mail or network."""
    whose = Q(commenter__in={0, *(one.commenter_id for one in comments if one.commenter_id)})
    whose |= Q(mail_digest__in={digest_of_mail(one.mail) for one in comments if one.mail})
    whose |= Q(network__in={one.network for one in comments if one.network})
    held = Sanction.objects.in_force(timezone.now()).filter(whose)
    return list(held.select_related("commenter", "post", "branch__post"))


def _is_about(sanction: Sanction, comment: Comment) -> bool:
    match sanction.target:
        case Sanction.Target.IDENTITY:
            return sanction.commenter_id == comment.commenter_id
        case Sanction.Target.MAIL:
            return bool(comment.mail) and sanction.mail_digest == digest_of_mail(comment.mail)
    return sanction.network != "" and sanction.network == comment.network


def _by(comment: Comment) -> str:
    if comment.user_id is not None:
        return "account"
    if comment.commenter_id is not None:
        return "commenter"
    return "typed address" if comment.mail else "network" if comment.network else "name alone"
