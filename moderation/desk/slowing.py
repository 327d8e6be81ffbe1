"""Slow mode of a branch or of a whole conversation: one person waits between two comments.

One log row each: of a branch on its first comment, of a conversation on its post alone. The rule
"slow mode" has people wait. All raise NotPossibleNow and NotAllowed; those of a branch also
StatusConflict, TreeBusy and Comment.DoesNotExist, those with a `clause` ClauseOutOfDate, those of a
conversation Post.DoesNotExist.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from blog.models import Post
from comments.models import Brake, Comment
from comments.models.brakes import BrakeQuerySet
from moderation.desk.braking import (
    SLOW_MODES,
    NotPossibleNow,
    Terms,
    act_on_branch,
    change_brake,
    set_brake,
    take_back,
)
from moderation.models import Act, Clause, LogEntry, Rule
from moderation.permissions import require_may_sanction
from moderation.screening.kinds.slow_mode import SlowMode

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def slow_branch(
    *,
    comment_id: int,
    version: int,
    by: "User",
    minutes: int,
    reason: str,
    until: datetime | None = None,
    clause: Clause | None = None,
) -> Comment:
    """From now on one person waits so many minutes between comments in a comment's branch."""
    terms = Terms(minutes=minutes, reason=reason, until=until, clause=clause)

    def slow(comment: Comment, now: datetime) -> Brake:
        _require_none(_of_branch(comment), now)
        return set_brake(_of_branch(comment), terms, now, head=comment, set_by=by)

    return act_on_branch(Act.SLOWED, comment_id, version, by, slow)


def change_slow_mode(
    *,
    comment_id: int,
    version: int,
    by: "User",
    brake: int,
    minutes: int,
    reason: str,
    until: datetime | None = None,
    clause: Clause | None = None,
) -> Comment:
    """Give the slow mode of a branch other terms. `brake` is the id of the one looked at."""
    terms = Terms(minutes=minutes, reason=reason, until=until, clause=clause)

    def change(comment: Comment, now: datetime) -> Brake:
        return change_brake(_of_branch(comment), brake, terms, now, head=comment, set_by=by)

    return act_on_branch(Act.SLOW_MODE_CHANGED, comment_id, version, by, change)


def end_slow_mode(*, comment_id: int, version: int, by: "User") -> Comment:
    """Let a slowed branch run again."""

    def end(comment: Comment, now: datetime) -> None:
        _end(_of_branch(comment), now)

    return act_on_branch(Act.NO_LONGER_SLOWED, comment_id, version, by, end)


def slow_post(*, post_id: int, by: "User", terms: Terms, brake: int = 0) -> Post:
    """Have one person wait between comments under a post.

    Where that is so already, it gets other terms; `brake` is the id of the one looked at, 0: none.
    """

    def slow(post: Post, now: datetime) -> Act:
        own, place = slow_modes_of(post), {"post": post, "set_by": by}
        if not brake:
            _require_none(own, now)
            set_brake(own, terms, now, **place)
            return Act.SLOWED
        change_brake(own, brake, terms, now, **place)
        return Act.SLOW_MODE_CHANGED

    return _on_post(post_id, by, slow, clause=terms.clause)


def end_slow_mode_of_post(*, post_id: int, by: "User") -> Post:
    """Let a slowed conversation run again."""

    def end(post: Post, now: datetime) -> Act:
        _end(slow_modes_of(post), now)
        return Act.NO_LONGER_SLOWED

    return _on_post(post_id, by, end)


def take_slow_mode_of_post_back(*, entry: LogEntry, by: "User") -> Post:
    """Undo the last act on the slow mode of a conversation. Also raises NotUndoable."""

    def work(post: Post, now: datetime) -> Act:
        take_back(slow_modes_of(post), acts_on_slow_mode(post), entry, now)
        return Act.UNDONE

    return _on_post(entry.post_id or 0, by, work, undoes_id=entry.pk)


def acts_on_slow_mode(post: Post) -> Any:
    """The log rows about the slow mode of a whole conversation."""
    return LogEntry.objects.filter(post_id=post.pk, comment_id=None, act__in=SLOW_MODES)


def last_act_on(post: Post) -> LogEntry | None:
    """The act on the slow mode of a whole conversation that can be taken back now. One query."""
    found: LogEntry | None = acts_on_slow_mode(post).standing().order_by("-pk").first()
    return found


def slow_modes_of(post: Post) -> BrakeQuerySet:
    """Those of a whole conversation, in force or not."""
    return Brake.objects.filter(post=post)


def has_people_wait() -> bool:
    """Whether slow mode does anything: by a rule that is on and not only notes. One query."""
    rules = Rule.objects.filter(kind=SlowMode.name, is_on=True)
    return rules.exclude(effect="note").exists()


def _of_branch(comment: Comment) -> BrakeQuerySet:
    return Brake.objects.filter(head=comment).slow_modes()


def _require_none(own: BrakeQuerySet, now: datetime) -> None:
    if own.in_force(now).exists():
        raise NotPossibleNow("It is slowed already: change that instead; nothing was changed.")


def _end(own: BrakeQuerySet, now: datetime) -> None:
    if not own.in_force(now).update(lifted_at=now):
        raise NotPossibleNow("It is not slowed by now; nothing was changed.")


def _on_post(
    post_id: int,
    by: "User",
    change: Callable[[Post, datetime], Act],
    *,
    clause: Clause | None = None,
    undoes_id: int | None = None,
) -> Post:
    """One act on a whole conversation with its log row; one after the other, by the post's row."""
    with transaction.atomic():
        # Comments name their post meanwhile: they take no part in this lock.
        post = Post.objects.select_for_update(no_key=True).get(pk=post_id)
        require_may_sanction(by, post)
        now = timezone.now()
        LogEntry.objects.create(
            act=change(post, now), post_id=post.pk, actor_id=by.pk, at=now, undoes_id=undoes_id,
            clause_id=clause.pk if clause else None,
        )  # fmt: skip
    return post
