"""How a comment comes in: what a verdict is, who gives it, and how both are stored together.

One screener, named by dotted path in COMMENT_SCREENER, gives exactly one answer for a new comment.
No screener, or one that raises: the comment is held, and the reason says so.
"""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

from django.conf import settings
from django.db import transaction
from django.db.models import Q, TextChoices
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString

from blog.author_names import name_of
from blog.models import Post
from comments import markup, notifications, numbers, tree
from comments.brakes import why_locked
from comments.errors import NotOpen, TooMany, TurnedAway
from comments.models import Comment, Commenter, RecordedReason, Submission
from comments.rendering import record_references, render_text
from comments.shown import Row
from comments.status import Status
from core.compiled import Compiled, CompiledInsert, Given
from core.prepared import Statement

if TYPE_CHECKING:
    from django.contrib.auth.models import User

logger = logging.getLogger(__name__)

GONE: Final = "The comment you answer is no longer there to be answered."
SAME_FORM_WITHIN: Final = timedelta(hours=1)
DOUBLE_CLICK_WITHIN: Final = timedelta(minutes=1)

CLAIM: Final = Statement("""
    INSERT INTO comments_submission AS s (digest, received_at, stamp, comment_id)
    VALUES (%s, %s, %s, nextval(pg_get_serial_sequence('comments_comment', 'id')))
    ON CONFLICT (digest) DO UPDATE SET received_at = excluded.received_at,
        stamp = excluded.stamp, comment_id = excluded.comment_id
    WHERE s.received_at < %s RETURNING comment_id
""")

COULD_NOT_RUN: Final = "could not run"  # a key in the evidence of a reason: no rule's finding

Effect = Literal["note", "publish", "hold", "spam", "reject", "refuse"]


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What somebody sent: normalised, rendered, not yet stored."""

    post: Post
    parent: Comment | None
    name: str
    mail: str
    text: str
    html: str
    refers_to: frozenset[int] = frozenset()
    awaits: frozenset[str] = frozenset()  # numbers referred to that are yet to come
    user: "User | None" = None
    stamp: str = ""  # of the form that it came by
    continues: bool = False  # by the parent's own writer, who may go on while the parent waits
    commenter: Commenter | None = None  # whose cookie came with it; the name proves nothing
    network: str = ""  # core.network.network_digest of the request; empty where none is known
    form_made_at: datetime | None = None  # by its stamp
    trap: str = ""  # what stood in the field that people don't see
    accepted: bool = False  # what Advice.to_accept asked for was ticked
    replaces: Comment | None = None  # the comment of which this would be the new text
    mentioned_at: str = ""  # the address of another site's page, whose mention of the post this is


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One rule's finding. `sentence` is for moderators, `advice` for the writer before sending.

    `evidence` is JSON, `of_text` whether it is found in the words: what is known of writer and
    place moves by itself while a text stays. `clause_id` is the screener's own, of the clause that
    the rule names.
    """

    rule: str
    effect: Effect
    sentence: str
    evidence: dict[str, Any] = field(default_factory=dict)
    of_text: bool = True
    advice: str = ""
    clause_id: int | None = None


@dataclass(frozen=True)
class Verdict:
    """A new comment's first status with every reason for it.

    With a `refusal`, a sentence to its writer, nothing is to be stored.
    """

    status: Status
    reasons: tuple[Reason, ...]
    refusal: str = ""


@dataclass(frozen=True, kw_only=True)
class Advice:
    """What the form shows before anything is sent; each may be empty.

    `policy` is safe HTML, `to_accept` the label of a tick without which nothing is sent: another
    label is another tick. `warnings` are sentences about this draft, `refusal` says why nothing
    can be sent now.
    """

    policy: SafeString = field(default_factory=SafeString)
    to_accept: str = ""
    warnings: tuple[str, ...] = ()
    refusal: str = ""


class OwnAct(TextChoices):
    """What a commenter can do to a comment after sending it."""

    EDITED = "edited"
    WITHDRAWN = "withdrawn"
    RESUBMITTED = "resubmitted"
    APPEALED = "appealed"


@dataclass(frozen=True, kw_only=True)
class QuotedClause:
    """A clause of the policy as it was worded when it was applied, and where that stands."""

    number: int
    title: str
    html: SafeString
    version: int
    address: str


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """What the commenter is told of the last decision; note and clause may be missing.

    `by_rule`: no person made it. `request` is the commenter's own act since, appeal or
    resubmission, that nobody has answered yet, and `decided` the status that it was made against:
    then note and clause are those of that earlier decision.
    """

    note: str = ""
    clause: QuotedClause | None = None
    by_rule: bool = False
    request: OwnAct | None = None
    decided: str = ""


class Screener(Protocol):
    """What COMMENT_SCREENER names: a class whose instances hold no state."""

    def advise(self, draft: Draft) -> Advice:
        """What to tell the writer of a draft. May query; must not write.

        Without a text it is for an empty form: on a public page, where the draft names nobody, it
        has to be the same for everybody.
        """

    def to_accept(self, draft: Draft) -> str:
        """Advice.to_accept alone, for a form that was sent. May query; must not write."""

    def count(self, draft: Draft) -> tuple[Reason, ...]:
        """Count one try to send against the limits, and say which it passes.

        Called outside any transaction, once for each form; what it returns goes into the verdict.
        """

    def screen(self, draft: Draft, counted: tuple[Reason, ...] = ()) -> Verdict:
        """The verdict on a draft, with what `count` found. May query; must not write."""

    def record(self, comment: Comment, verdict: Verdict, at: datetime) -> None:
        """Log what was decided, in the transaction that stores the comment."""

    def record_own_act(
        self, comment: Comment, act: OwnAct, *, status_before: str, at: datetime
    ) -> None:
        """Log what its commenter did, in the transaction that does it."""

    def remember_acceptance(self, commenter: Commenter, to_accept: str) -> None:
        """Ask this commenter no more for the tick of this label. Once or more often."""

    def explain(self, comment: Comment) -> Explanation:
        """What to tell the commenter of the decision that stands. Must not write."""

    def cite(self, comments: Sequence[Row]) -> Mapping[int, QuotedClause]:
        """The clause by which each of some comments was decided on, by id, for all to see.

        What cites none is left out. The same queries for any number; must not write.
        """

    def quote(self, clause_ids: Collection[int]) -> Mapping[int, QuotedClause]:
        """Clauses by ids of its own, of Reason or Brake; one query at most."""

    def has_people_wait(self) -> bool:
        """Whether a slow mode (Brake) makes anybody wait: else no page says so. One query at most.

        What changes it changes the version of the site (core.stored_pages) too.
        """


def make_draft(
    *,
    post: Post,
    parent: Comment | None,
    name: str,
    mail: str,
    text: str,
    user: Any = None,
    continues: bool = False,
    stamp: str = "",
    commenter: Commenter | None = None,
    network: str = "",
    accepted: bool = False,
    earlier: Comment | None = None,
    trap: str = "",
    mentioned_at: str = "",
) -> Draft:
    """A draft of normalised and rendered text; `user` is a signed-in member of staff, or None.

    `earlier` is the comment whose text it would replace: what its numbers mean stays.
    """
    name, text = markup.plain_name(name), markup.normalise(text)
    rendered = render_text(text, post, earlier)
    return Draft(
        post=post,
        parent=parent,
        name=name,
        mail=mail,
        text=text,
        user=user,
        continues=continues,
        stamp=stamp,
        commenter=commenter,
        network=network,
        trap=trap,
        accepted=accepted,
        mentioned_at=mentioned_at,
        **rendered._asdict(),
    )


def account_name(user: Any) -> str:
    """The name of a member of staff, as far as a comment has room for it."""
    longest = Comment._meta.get_field("name").max_length
    return name_of(user)[:longest]


def draft_of(comment: Comment) -> Draft:
    """What was sent, from the comment that it became, with its present text. No query.

    `comment` comes with post, parent, answers, user and commenter; what only the form knew, its
    stamp and when it was made, is not there any more.
    """
    return Draft(
        post=comment.post,
        parent=comment.answers or comment.parent,
        name=comment.name,
        mail=comment.mail,
        text=comment.text,
        html=comment.html,
        user=comment.user,
        commenter=comment.commenter,
        network=comment.network,
        continues=comment.continues,
        accepted=True,
        replaces=comment,
    )


def receive(draft: Draft, *, sender: str) -> Comment:
    """Screen and store a draft, once: the same form again within an hour gives the same comment.

    `sender` is a digest of cookie or network. Opens its own transaction, with the reasons and the
    screener's log row in it. Another site's mention is never published by it. Raises NotOpen when
    the post or the comment answered takes no reply by now, TooMany, TurnedAway, TreeBusy, and what
    the database raises; then nothing is stored.
    """
    counted = _count(draft, sender)
    if draft.parent is None:
        with transaction.atomic(durable=True):
            return _store(draft, None, sender, counted)
    try:
        return tree.under_lock(
            draft.parent.pk,
            lambda parent: _store(draft, parent, sender, counted),
            seen_in=draft.parent.tree_id,
        )
    except Comment.DoesNotExist as error:
        raise NotOpen(GONE) from error


def is_from_its_writer(draft: Draft, comment: Comment) -> bool:
    """Whether a draft that led to `comment` was sent by who wrote it, as far as a form can tell.

    The same network and words are no proof: many share an address, and some the words. The same
    page is, by its stamp, and so is a second press within a minute while the words are not yet
    public. One query, none where `receive` stored the comment just now.
    """
    if not comment.came_before:
        return True
    forms = Submission.objects.filter(comment=comment)
    same_page = Q(stamp=draft.stamp) & ~Q(stamp="")
    just_now = Q(received_at__gt=timezone.now() - DOUBLE_CLICK_WITHIN)
    proof = same_page if comment.is_published else same_page | just_now
    return forms.filter(proof).exists()


def know_again(draft: Draft, comment: Comment, *, sender: str) -> None:
    """Take the same form from `sender` too for what made `comment`.

    For a commenter who has a cookie since, and sends the form once more by the back button.
    """
    row = Submission(digest=_digest(draft, sender), comment=comment)
    Submission.objects.bulk_create([row], ignore_conflicts=True)


@cache
def load_screener(path: str) -> Screener | None:
    """The screener at a dotted path; None for an empty one. Proved by a system check."""
    screener: Screener | None = import_string(path)() if path else None
    return screener


def advise(draft: Draft) -> Advice:
    """What the screener has to say above the form. Never raises: a form without it still works.

    Not for use inside a transaction, which a failing query would spoil.
    """
    try:
        screener = load_screener(settings.COMMENT_SCREENER)
        if screener is not None:
            return screener.advise(draft)
    except Exception:
        logger.exception("The screener could not advise.")
    return Advice()


def to_accept(draft: Draft) -> str:
    """What has to be ticked before this is sent; empty without a screener. Never raises."""
    try:
        screener = load_screener(settings.COMMENT_SCREENER)
        if screener is not None:
            return screener.to_accept(draft)
    except Exception:
        logger.exception("The screener could not say what has to be accepted.")
    return ""


def screen(draft: Draft, counted: tuple[Reason, ...] = ()) -> tuple[Verdict, Screener | None]:
    """The verdict on a draft, and the screener that has to record it. Never raises."""
    try:
        screener = load_screener(settings.COMMENT_SCREENER)
        if screener is not None:
            with transaction.atomic():  # a failing query must not take the comment with it
                return screener.screen(draft, counted), screener
        sentence = "No screener is set: every comment waits."
    except Exception:
        logger.exception("The screener could not run; the comment is held.")
        sentence = "The screening could not run, so a person has to look."
    reason = Reason(rule="screening", effect="hold", sentence=sentence)
    return Verdict(Status.PENDING, (reason,)), None


def screen_mention(draft: Draft) -> tuple[Verdict, Screener | None]:
    """The same on another site's mention: never public, with the reason that it always has."""
    reason = (_reason_of_mention(draft),)
    verdict, screener = screen(draft, reason)
    return _for_a_person(verdict, reason), screener


def record_own_act(comment: Comment, act: OwnAct, *, status_before: str, at: datetime) -> None:
    """Have the screener log an act by the commenter; the caller holds its transaction."""
    screener = load_screener(settings.COMMENT_SCREENER)
    if screener is not None:
        screener.record_own_act(comment, act, status_before=status_before, at=at)


def explain(comment: Comment) -> Explanation:
    """What the screener has to say of the decision that stands; empty without one."""
    screener = load_screener(settings.COMMENT_SCREENER)
    return Explanation() if screener is None else screener.explain(comment)


def remember_acceptance(commenter: Commenter, to_accept: str) -> None:
    """Have the screener remember that a commenter ticked what it asked for."""
    screener = load_screener(settings.COMMENT_SCREENER)
    if screener is not None:
        screener.remember_acceptance(commenter, to_accept)


def cite(comments: Sequence[Row]) -> Mapping[int, QuotedClause]:
    """The clauses by which comments were decided on, by their ids; no query for no comment."""
    screener = load_screener(settings.COMMENT_SCREENER)
    return {} if screener is None or not comments else screener.cite(comments)


def quote(clause_ids: Collection[int]) -> Mapping[int, QuotedClause]:
    """The screener's clauses by its own ids; no query for none."""
    screener = load_screener(settings.COMMENT_SCREENER)
    return {} if screener is None or not clause_ids else screener.quote(clause_ids)


def has_people_wait() -> bool:
    """Whether slow modes hold; not without a screener, which alone has anybody wait."""
    screener = load_screener(settings.COMMENT_SCREENER)
    return screener is not None and screener.has_people_wait()


def record_reasons(comment: Comment, verdict: Verdict, at: datetime) -> None:
    """Keep every reason of a verdict on the comment's present text."""
    _STORE_REASONS(
        [
            RecordedReason(
                comment=comment,
                rule=reason.rule,
                effect=reason.effect,
                sentence=reason.sentence,
                evidence=reason.evidence,
                advice=reason.advice,
                clause_id=reason.clause_id,
                recorded_at=at,
            )
            for reason in verdict.reasons
        ]
    )


_STORE_REASONS: Final = CompiledInsert(RecordedReason)


def count(draft: Draft) -> tuple[Reason, ...]:
    """Count one try to send against the screener's limits; what it passes goes into the verdict.

    Called outside any transaction. Raises TooMany; else never raises.
    """
    try:
        screener = load_screener(settings.COMMENT_SCREENER)
        found = screener.count(draft) if screener is not None else ()
    except Exception:
        logger.exception("The screener could not count; the comment is held.")
        sentence = "The limits could not be counted, so a person has to look."
        evidence = {COULD_NOT_RUN: "limits"}
        return (Reason(rule="limits", effect="hold", sentence=sentence, evidence=evidence),)
    for reason in found:
        if reason.effect == "refuse":
            raise TooMany(reason.advice or reason.sentence)
    return found


def _count(draft: Draft, sender: str) -> tuple[Reason, ...]:
    """What the screener's limits say of one more form; nothing for one that came before.

    Another site's mention is no form; it has limits of its own, and a reason to wait.
    """
    if draft.mentioned_at:
        return ()
    since = timezone.now() - SAME_FORM_WITHIN
    if _SAME_FORM.tuples(digest=_digest(draft, sender), since=since):
        return ()
    return count(draft)


_SAME_FORM: Final = Compiled(
    lambda: Submission.objects.filter(
        digest=Given("digest"), received_at__gte=Given("since")
    ).values_list("digest")
)


def _reason_of_mention(draft: Draft) -> Reason:
    sentence = "A page of another site that links to this post: such news waits for a person."
    evidence = {"page": draft.mentioned_at}
    return Reason(
        rule="webmention", effect="hold", sentence=sentence, evidence=evidence, of_text=False
    )


def _for_a_person(verdict: Verdict, counted: tuple[Reason, ...]) -> Verdict:
    """Whatever the screener says of it: with its own reason, and not public."""
    missing = tuple(one for one in counted if one not in verdict.reasons)
    status = Status.PENDING if verdict.status == Status.PUBLISHED else verdict.status
    return replace(verdict, status=status, reasons=(*missing, *verdict.reasons))


def _store(
    draft: Draft, parent: Comment | None, sender: str, counted: tuple[Reason, ...]
) -> Comment:
    now = timezone.now()
    pk, earlier = _claim(_digest(draft, sender), draft.stamp, now)
    if earlier is not None:
        return earlier
    _require_open(draft, parent)
    verdict, screener = screen_mention(draft) if draft.mentioned_at else screen(draft, counted)
    if verdict.refusal:
        raise TurnedAway(verdict.refusal)
    comment = _insert(draft, parent, now, pk)
    if verdict.status == Status.PUBLISHED:
        numbers.allot_number(comment)
    if verdict.status != Status.PENDING:
        comment.change_status(verdict.status, at=now)
    if draft.refers_to or draft.awaits:
        record_references(comment, draft.refers_to, draft.awaits)
    record_reasons(comment, verdict, now)
    if screener is not None:
        screener.record(comment, verdict, now)
    if comment.is_published:
        notifications.note_change(comment, by_writer=True)
    return comment


def _insert(draft: Draft, parent: Comment | None, now: datetime, pk: int) -> Comment:
    comment = Comment(
        pk=pk,
        post=draft.post,
        user=draft.user,
        commenter=draft.commenter,
        name=draft.name,
        mail=draft.mail,
        network=draft.network,
        text=draft.text,
        html=draft.html,
        html_version=markup.VERSION,
        continues=draft.continues,
        submitted_at=now,
        changed_at=now,
    )
    if parent is None:
        tree.add_root(comment)
    else:
        tree.add_reply(comment, parent)
    return comment


def _require_open(draft: Draft, parent: Comment | None) -> None:
    """Judge by what the database says now, not when the form was made."""
    if parent is not None and parent.post_id != draft.post.pk:
        raise NotOpen(GONE)
    # A parent was read with its post, once the lock was there.
    post = Post.objects.get(pk=draft.post.pk) if parent is None else parent.post
    if not post.accepts_comments:
        raise NotOpen("Comments on this post are closed by now.")
    if parent is None:
        return
    if not (parent.is_published or (draft.continues and parent.status == Status.PENDING)):
        raise NotOpen(GONE)
    if draft.user is None and (locked := why_locked(parent, timezone.now())):
        raise NotOpen(locked)


def _digest(draft: Draft, sender: str) -> str:
    parent = draft.parent.pk if draft.parent else ""
    content = "\0".join(map(str, [draft.post.pk, parent, draft.name, draft.text, sender]))
    return salted_hmac("submission", content, algorithm="sha256").hexdigest()


def _claim(digest: str, stamp: str, now: datetime) -> tuple[int, Comment | None]:
    """Claim this form for the transaction: the id for its comment; or the one it already made.

    Of two at once the second waits here for the first to commit. The row names the comment before
    that is there: the database looks at the end of the transaction.
    """
    for (pk,) in CLAIM.rows([digest, now, stamp, now - SAME_FORM_WITHIN]):
        return pk, None
    sent = Submission.objects.filter(digest=digest).values("comment")
    earlier = Comment.objects.select_related("post").get(pk__in=sent)
    earlier.came_before = True
    return earlier.pk, earlier
