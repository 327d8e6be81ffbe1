"""What a commenter may do after sending: edit, withdraw, resubmit, appeal. One function for each.

Whoever holds a comment's private link is its writer: the views judge that, not these. Each opens
its own transaction under the lock of the comment's tree and has the act logged in it, so none may
be called inside `atomic()`. All raise NotPossible with a sentence, ChangedMeanwhile when `version`
is no longer the comment's, TreeBusy, and Comment.DoesNotExist; then nothing is written. The same
form sent twice does its act once.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils import timezone

from comments import intake, markup, notifications, tree
from comments.brakes import lock_over
from comments.errors import ChangedMeanwhile, NotPossible, TurnedAway
from comments.intake import Draft, OwnAct, Reason, Verdict
from comments.links import link_addresses
from comments.models import Appeal, Comment, CommentQuerySet, RecordedReason, Revision
from comments.rendering import record_references
from comments.status import Remover, Status, may_follow
from comments.waiting import HARMLESS

EDIT_FOR: Final = timedelta(minutes=15)
STRICT: Final = frozenset({Status.REJECTED, Status.SPAM})
CHANGEABLE: Final = frozenset({Status.PENDING, Status.PUBLISHED})

CLOSED: Final = "Comments on this post are closed, and its texts stay as they are."
LOCKED: Final = "The branch is locked, and its texts stay as they are."
NOT_NOW: Final = "A comment can be changed while it waits, and shortly after publication."
TOO_LATE: Final = "It was published more than 15 minutes ago, and stays as it was read."
ANSWERED: Final = "It has been answered, and stays as it was answered."
REDACTED: Final = "A moderator took words out of it, and it stays as that left it."
NOT_THERE: Final = "It is not public and does not wait: there is nothing to withdraw."
NOT_REJECTED: Final = "Only a rejected comment can be sent again."
RESUBMITTED: Final = "It was sent again once already; once is possible."
UNCHANGED: Final = "This is still the text that was rejected. Change it, or appeal instead."
NO_DECISION: Final = "It was not rejected, taken for spam or removed by a moderator."
ERASED: Final = "Its text is no longer kept."
APPEALED: Final = "You have appealed already; one appeal is possible."

Change = Callable[[Comment, datetime], None]


def edit_comment(*, comment_id: int, version: int, text: str) -> Comment:
    """Give the comment a new text, screened again; the old one is kept.

    A published one goes back to waiting when the new text has to be looked at (status_after_edit).
    Also raises TooMany and TurnedAway.
    """
    draft = _draft_of(comment_id, text)
    counted = intake.count(draft)

    def edit(comment: Comment, now: datetime) -> None:
        _require(why_no_edit(comment, now))
        verdict, _ = intake.screen(draft, counted)
        _require_not_refused(verdict)
        to = status_after_edit(comment, draft, verdict)
        _replace_text(comment, draft, verdict, Revision.Replacement.EDIT, now)
        if to != comment.status:
            comment.change_status(to, at=now)

    def done(comment: Comment) -> bool:
        return comment.status in CHANGEABLE and comment.text == draft.text

    return _act(OwnAct.EDITED, comment_id, version, edit, done)


def renew_mention(*, comment_id: int, version: int, text: str, page: str) -> Comment:
    """Give what waits of another site's page the text that the page has by now; it goes on waiting.

    Screened again, with its own reason; only a stricter verdict moves it.
    """
    draft = replace(_draft_of(comment_id, text), mentioned_at=page)

    def renew(comment: Comment, now: datetime) -> None:
        _require("" if comment.status == Status.PENDING else NOT_NOW)
        verdict, _ = intake.screen_mention(draft)
        to = status_after_edit(comment, draft, verdict)
        _replace_text(comment, draft, verdict, Revision.Replacement.EDIT, now)
        if to != comment.status:
            comment.change_status(to, at=now)

    def done(comment: Comment) -> bool:
        return comment.text == draft.text

    return _act(OwnAct.EDITED, comment_id, version, renew, done)


def put_what_page_says(comment: Comment, *, text: str, page: str, now: datetime) -> None:
    """Give a public mention the text that its page has by now, and log that it was edited.

    For who has judged the text; the caller holds lock and transaction.
    """
    draft = replace(_draft_of(comment.pk, text), mentioned_at=page)
    verdict, _ = intake.screen_mention(draft)
    _replace_text(comment, draft, verdict, Revision.Replacement.EDIT, now)
    _record(comment, OwnAct.EDITED, comment.status, now)


def withdraw_comment(*, comment_id: int, version: int) -> Comment:
    """Take it back for good; a public one leaves a tombstone that says so.

    Of one that was never public, what continues it goes too (goes_with): it could never appear.
    """

    def withdraw(comment: Comment, now: datetime) -> None:
        _require(why_no_withdrawal(comment))
        comment.change_status(Status.REMOVED, at=now, removed_by=Remover.COMMENTER)
        for part in goes_with(comment).select_related("post"):
            part.change_status(Status.REMOVED, at=now, removed_by=Remover.COMMENTER)
            _record(part, OwnAct.WITHDRAWN, Status.PENDING, now)

    def done(comment: Comment) -> bool:
        return comment.is_withdrawn

    return _act(OwnAct.WITHDRAWN, comment_id, version, withdraw, done)


def resubmit_comment(*, comment_id: int, version: int, text: str) -> Comment:
    """Send a rejected comment again with another text, once; a person will look at it.

    It waits whatever the verdict on the new text; the reasons are kept. Also raises TooMany and
    TurnedAway.
    """
    draft = _draft_of(comment_id, text)
    counted = intake.count(draft)

    def resubmit(comment: Comment, now: datetime) -> None:
        _require(why_no_resubmission(comment))
        _require(UNCHANGED if draft.text == comment.text else "")
        verdict, _ = intake.screen(draft, counted)
        _require_not_refused(verdict)
        _replace_text(comment, draft, verdict, Revision.Replacement.RESUBMISSION, now)
        comment.change_status(Status.PENDING, at=now)

    def done(comment: Comment) -> bool:
        return comment.status == Status.PENDING and comment.text == draft.text

    return _act(OwnAct.RESUBMITTED, comment_id, version, resubmit, done)


def appeal_decision(*, comment_id: int, version: int, text: str) -> Comment:
    """Ask once for another look at a rejection, a removal, or at being called spam; it waits again.

    `text` says why.
    """
    text = markup.normalise(text)

    def appeal(comment: Comment, now: datetime) -> None:
        _require(why_no_appeal(comment))
        Appeal.objects.create(comment=comment, text=text, made_at=now)
        comment.change_status(Status.PENDING, at=now)

    def done(comment: Comment) -> bool:
        made = Appeal.objects.filter(comment=comment, text=text)
        return comment.status == Status.PENDING and made.exists()

    return _act(OwnAct.APPEALED, comment_id, version, appeal, done)


def why_no_edit(comment: Comment, now: datetime) -> str:
    """Why its writer can't edit the comment at `now`; empty if nothing speaks against it."""
    if not comment.post.accepts_comments:
        return CLOSED
    if comment.status == Status.PENDING:
        return _why_locked(comment, now)
    if not comment.is_published or comment.published_at is None:
        return NOT_NOW
    if now >= comment.published_at + EDIT_FOR:
        return TOO_LATE
    if Comment.objects.answers_to(comment).exists():
        return ANSWERED
    redactions = comment.revisions.filter(replaced_by=Revision.Replacement.REDACTION)
    return REDACTED if redactions.exists() else _why_locked(comment, now)


def _why_locked(comment: Comment, now: datetime) -> str:
    """Why a reader's text stays as it is in a locked branch; empty for staff's. One query."""
    return LOCKED if comment.user_id is None and lock_over(comment, now) else ""


def why_no_withdrawal(comment: Comment) -> str:
    """Why it can't be withdrawn; empty if it can. No query."""
    can = may_follow(Status.REMOVED, comment.status, comment.status_before_removal)
    return "" if can else NOT_THERE


def goes_with(comment: Comment) -> CommentQuerySet:
    """The waiting continuations of a comment that never had a number: they need one above them."""
    below: CommentQuerySet = comment.get_descendants()
    return below.filter(status=Status.PENDING) if comment.number is None else below.none()


def why_no_resubmission(comment: Comment) -> str:
    """Why it can't be sent again with another text; empty if it can. At most two queries."""
    if comment.is_erased:
        return ERASED
    if comment.status != Status.REJECTED:
        return NOT_REJECTED
    if not comment.post.accepts_comments:
        return CLOSED
    if locked := _why_locked(comment, timezone.now()):
        return locked
    earlier = comment.revisions.filter(replaced_by=Revision.Replacement.RESUBMISSION)
    return RESUBMITTED if earlier.exists() else ""


def why_no_appeal(comment: Comment) -> str:
    """Why no appeal can be made; empty if it can. At most one query."""
    if comment.is_erased:
        return ERASED
    removed = comment.status == Status.REMOVED and comment.removed_by == Remover.MODERATOR
    if not removed and comment.status not in STRICT:
        return NO_DECISION
    return APPEALED if Appeal.objects.filter(comment=comment).exists() else ""


def status_after_edit(comment: Comment, draft: Draft, verdict: Verdict) -> Status:
    """What becomes of a comment by an edit: never more public than it was.

    A published one stays so if the verdict says it, or if nothing new has to be judged. A waiting
    one goes on waiting, unless the verdict on the new text is stricter.
    """
    if comment.is_published:
        trusted = verdict.status == Status.PUBLISHED
        stays = trusted or adds_nothing_to_judge(comment, draft, verdict)
        return Status.PUBLISHED if stays else Status.PENDING
    return verdict.status if verdict.status in STRICT else Status.PENDING


def adds_nothing_to_judge(comment: Comment, draft: Draft, verdict: Verdict) -> bool:
    """Whether all that speaks against a new text was there in the text that it replaces.

    No link more than there was, and no finding that was not recorded for the present text, which a
    moderator has seen and let stand. One query.
    """
    if Counter(link_addresses(draft.html)) - Counter(link_addresses(comment.html)):
        return False
    known = list(comment.reasons.filter(revision=None))
    found = (reason for reason in verdict.reasons if reason.effect not in HARMLESS)
    return all(any(_covers(earlier, reason) for earlier in known) for reason in found)


def _covers(known: RecordedReason, found: Reason) -> bool:
    same = (known.rule, known.effect) == (found.rule, found.effect)
    evidence = found.evidence.items() if found.of_text else ()
    return same and all(_is_within(value, known.evidence.get(key)) for key, value in evidence)


def _is_within(found: Any, known: Any) -> bool:
    if isinstance(found, list) and isinstance(known, list):
        return all(item in known for item in found)
    return bool(found == known)


def _draft_of(comment_id: int, text: str) -> Draft:
    """The comment with a new text, rendered before any lock is taken."""
    whose = Comment.objects.select_related("post", "parent", "answers", "user", "commenter")
    comment = whose.get(pk=comment_id)
    draft = intake.make_draft(
        post=comment.post,
        parent=comment.answers or comment.parent,
        name=comment.name,
        mail=comment.mail,
        text=text,
        user=comment.user,
        continues=comment.continues,
        commenter=comment.commenter,
        earlier=comment,
    )
    return replace(draft, replaces=comment)


def _replace_text(
    comment: Comment, draft: Draft, verdict: Verdict, by: Revision.Replacement, now: datetime
) -> None:
    if draft.post.pk != comment.post_id:  # moved since it was rendered
        raise ChangedMeanwhile(comment.status)
    comment.replace_text(draft.text, draft.html, by=by, at=now)
    record_references(comment, draft.refers_to, draft.awaits)
    intake.record_reasons(comment, verdict, now)


def _require_not_refused(verdict: Verdict) -> None:
    if verdict.refusal:
        raise TurnedAway(verdict.refusal)


def _require(refusal: str) -> None:
    if refusal:
        raise NotPossible(refusal)


def _act(
    act: OwnAct, comment_id: int, version: int, change: Change, done: Callable[[Comment], bool]
) -> Comment:
    """One act: lock, read, compare with the version the writer saw, change, log."""
    now = timezone.now()

    def work(comment: Comment) -> Comment:
        if done(comment):
            return comment
        if comment.version != version:
            raise ChangedMeanwhile(comment.status)
        before = comment.status
        change(comment, now)
        _record(comment, act, before, now)
        return comment

    return tree.under_lock(comment_id, work)


def _record(comment: Comment, act: OwnAct, before: str, now: datetime) -> None:
    intake.record_own_act(comment, act, status_before=before, at=now)
    notifications.note_change(comment, by_writer=True)
