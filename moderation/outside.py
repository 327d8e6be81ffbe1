"""The outside check: what is sent to the service, what its answer does, and what none does.

The comment is stored and held first; the worker asks, outside any transaction. Sent are the name,
the text, the time of sending, the addresses of site and post and the site's language: no mail
address, no network, no browser. The protocol wants a reader's address, which is not kept here:
0.0.0.0 is sent in its place.
"""

import logging
from datetime import datetime
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from comments import numbers, tree
from comments.brakes import lock_over
from comments.errors import ParentWithoutNumber
from comments.intake import Reason
from comments.models import Comment, RecordedReason
from comments.status import Status
from core import jobs
from core.outbound import NotReachable, Typed, post
from moderation.models import Act, LogEntry, Rule
from moderation.screening.kinds.outside_check import ASKING, OutsideCheck
from moderation.screening.verdicts import decide, deciding_clause
from moderation.services import log_act

logger = logging.getLogger(__name__)

# What the site does by the answer alone; whatever else was done, a person has had a say.
ACTS: Final = {
    Status.PUBLISHED: Act.PUBLISHED,
    Status.REJECTED: Act.REJECTED,
    Status.SPAM: Act.MARKED_SPAM,
}


class Unavailable(Exception):
    """The service gave no answer this time; the sentence says why, without the comment's words."""


class Answer(NamedTuple):
    """What the service says of a comment."""

    is_spam: bool
    is_sure: bool = False  # the service would not even keep it


def begin_check(comment: Comment) -> None:
    """Have the worker ask about a comment that waits for it; in the transaction that stores it."""
    asking = _asking(comment)
    if comment.status == Status.PENDING and asking.exists():
        jobs.enqueue(check_comment, comment_id=comment.pk)
    elif comment.status != Status.PENDING:
        asking.delete()  # it is decided without


@jobs.task(name="moderation.check_outside")
def check_comment(*, comment_id: int) -> None:
    """Ask about a comment that still waits for it, and judge it by the answer.

    Without an answer it goes on waiting, the reason says so, and the job comes back later.
    """
    comment = Comment.objects.select_related("post").filter(pk=comment_id).first()
    if comment is None or not _asking(comment).exists():
        return
    if _rule() is None:
        _settle(comment, None)
        return
    try:
        answer = ask(comment)
    except Unavailable as error:
        _asking(comment).update(
            sentence=f"The outside service could not be asked: {error} It is tried again.",
            evidence={"outside": ASKING, "could not run": str(error)},
        )
        logger.warning("The outside check of comment %s waits: %s", comment_id, error)
        raise  # the job comes back, with growing pauses, for five days
    _settle(comment, answer)


def ask(comment: Comment) -> Answer:
    """What the service says. Raises Unavailable; takes about ten seconds at most."""
    if not settings.AKISMET_KEY:
        raise Unavailable("COLLOQUY_AKISMET_KEY is not set.")
    try:
        answer = post(
            settings.AKISMET_ADDRESS, _body(comment).encode(), HEADERS, typed=Typed.BY_OPERATOR
        )
    except NotReachable as error:
        raise Unavailable(str(error)) from error
    if answer.status != 200:
        raise Unavailable(f"It answered with status {answer.status}.")
    said = answer.text.strip()
    if said not in {"true", "false"}:
        hint = _one_line(answer.headers.get("X-akismet-debug-help") or "")
        raise Unavailable(f"It answered neither yes nor no. {hint}".strip())
    is_sure = answer.headers.get("X-akismet-pro-tip") == "discard"
    return Answer(is_spam=said == "true", is_sure=is_sure)


HEADERS: Final = {
    "Content-Type": "application/x-www-form-urlencoded",
    "User-Agent": "Colloquy/0.1",
}


def _body(comment: Comment) -> str:
    fields = {
        "api_key": settings.AKISMET_KEY,
        "blog": settings.SITE_URL + "/",
        "user_ip": "0.0.0.0",  # noqa: S104 (nobody's)
        "permalink": settings.SITE_URL + comment.post.get_absolute_url(),
        "comment_type": "reply" if comment.parent_id else "comment",
        "comment_author": comment.name,
        "comment_content": comment.text,
        "comment_date_gmt": comment.submitted_at.isoformat(),
        "blog_lang": settings.LANGUAGE_CODE,
        "blog_charset": "UTF-8",
    }
    return urlencode(fields)


def _settle(comment: Comment, answer: Answer | None) -> None:
    """Record the answer, and judge by all reasons there are; None: the check was switched off.

    Nothing is done to a text that is not the one asked about, and no status is changed that a
    person has had a say in.
    """
    asked_about = comment.text
    now = timezone.now()

    def work(comment: Comment) -> None:
        if comment.text != asked_about:
            return  # edited meanwhile: another job asks about the new text
        _record(comment, answer)
        reasons = [_as_reason(row) for row in comment.reasons.filter(revision=None)]
        to = decide(reasons).status
        if comment.status == Status.PENDING and to in ACTS and _may_become(comment, to):
            _change(comment, to, deciding_clause(reasons, to), now)

    tree.under_lock(comment.pk, work)


def _record(comment: Comment, answer: Answer | None) -> None:
    asking = _asking(comment)
    rule = _rule()
    if answer is None or rule is None:
        asking.delete()
    elif answer.is_spam:
        how = " and is sure of it" if answer.is_sure else ""
        asking.filter(effect="hold").update(effect=rule.effect)  # else it is only noted
        asking.update(
            sentence=f"The outside service calls it spam{how}.",
            evidence={"outside": "spam"},
            advice="",
        )
    else:
        asking.update(
            effect="note",
            sentence="The outside service finds nothing against it.",
            evidence={"outside": "ham"},
            advice="",
        )


def _may_become(comment: Comment, to: Status) -> bool:
    """Whether nobody else has had a say: public only what was just sent, by nothing but this.

    A branch that was locked since is a word of a person too.
    """
    if to == Status.PUBLISHED and comment.user_id is None and lock_over(comment, timezone.now()):
        return False
    acts = set(LogEntry.objects.filter(comment_id=comment.pk).values_list("act", flat=True))
    return acts <= ({Act.RECEIVED} if to == Status.PUBLISHED else {Act.RECEIVED, Act.EDITED})


def _change(comment: Comment, to: Status, clause_id: int | None, now: datetime) -> None:
    before = comment.status
    if to == Status.PUBLISHED:
        try:
            numbers.allot_number(comment)
        except ParentWithoutNumber:
            return  # what it continues waits itself: a person decides on both
    comment.change_status(to, at=now)
    log_act(ACTS[to], comment, status_before=before, actor_id=None, at=now, clause_id=clause_id)


def _asking(comment: Comment) -> "QuerySet[RecordedReason]":
    """The reasons on the present text that wait for an answer."""
    present: QuerySet[RecordedReason] = comment.reasons.filter(revision=None)
    return present.filter(rule=OutsideCheck.name, evidence__outside=ASKING)


def _rule() -> Rule | None:
    return Rule.objects.on().filter(kind=OutsideCheck.name).first()


def _as_reason(row: RecordedReason) -> Reason:
    effect: Any = row.effect
    return Reason(rule=row.rule, effect=effect, sentence=row.sentence, clause_id=row.clause_id)


def _one_line(text: str) -> str:
    return " ".join(text.split())[:200]
