"""When moderators are told. It looks at what waits, each minute, not at what happened.

So nothing can be forgotten by an act that did not say so, an hour that was missed or quiet is made
up for, and one mail tells of all there is however fast it came.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from comments.digests import last_hour
from comments.models import Comment
from core import jobs
from core.mail import NotAnAddress, enqueue_made_mail
from moderation.models import Notice, NoticeKind, NoticeWishes, Pace
from moderation.notices.open import open_for
from moderation.permissions import may_open_queue

if TYPE_CHECKING:
    from django.contrib.auth.models import User

# "At once" comes no more often than this, whatever floods in.
BREATH: Final = timedelta(minutes=5)
# So many of a kind are told of in one mail; the next tells of the rest.
AT_MOST: Final = 200


@jobs.periodic(name="moderation.tell_moderators", cron="* * * * *")
def tell_moderators(timestamp: int) -> None:
    """Have mails sent to those who may decide on what waits. Every minute; twice tells once."""
    for user in moderators_with_mail():
        tell(user)


def moderators_with_mail() -> "list[User]":
    """Staff who may decide on something and have an address. Two queries for each of the staff."""
    staff: Any = get_user_model().objects.filter(is_active=True, is_staff=True).exclude(email="")
    return [user for user in staff.order_by("pk") if may_open_queue(user)]


def tell(user: "User") -> None:
    """One mail of all that is due to be told to `user` now; none if nothing is."""
    now = timezone.now()
    with transaction.atomic():
        NoticeWishes.objects.get_or_create(user=user)
        # Two workers at once: the second finds it told.
        wishes = NoticeWishes.objects.select_for_update().get(user=user)
        if is_quiet(wishes, now):
            return
        due = {kind: list(_due(user, wishes, kind, now)[:AT_MOST]) for kind in NoticeKind}
        _mark_daily(wishes, now)
        if any(due.values()):
            _send(user, due, now)


def is_quiet(wishes: NoticeWishes, at: datetime) -> bool:
    """Whether no mail may go at this time."""
    start, end = wishes.quiet_from, wishes.quiet_until
    if start is None or end is None:
        return False
    hour = timezone.localtime(at).hour
    return start <= hour < end if start <= end else hour >= start or hour < end


def _due(
    user: "User", wishes: NoticeWishes, kind: NoticeKind, now: datetime
) -> "QuerySet[Comment]":
    """The comments of a kind to tell of now."""
    pace, waits = Pace(getattr(wishes, kind.value)), open_for(user, kind)
    told = Notice.objects.filter(user=user, kind=kind)
    told.exclude(comment__in=waits.order_by().values("pk")).delete()
    if pace == Pace.DAILY:
        return waits if wishes.daily_at < last_hour(now, settings.DIGEST_HOUR) else waits.none()
    if pace == Pace.WEEKLY:
        return waits if wishes.weekly_at < last_monday(now) else waits.none()
    last_at = told.aggregate(at=Max("told_at"))["at"]
    gap = BREATH if pace == Pace.INSTANT else timedelta(hours=1)
    if pace == Pace.OFF or (last_at is not None and now - last_at < gap):
        return waits.none()
    if pace == Pace.OVERDUE:
        waits = waits.filter(since__lt=now - timedelta(hours=wishes.overdue_hours))
    return waits.exclude(pk__in=told.values("comment"))


def _mark_daily(wishes: NoticeWishes, now: datetime) -> None:
    if wishes.daily_at < last_hour(now, settings.DIGEST_HOUR):
        wishes.daily_at = now
        wishes.weekly_at = max(wishes.weekly_at, last_monday(now))
        wishes.save(update_fields=["daily_at", "weekly_at"])


def last_monday(now: datetime) -> datetime:
    """When the weekly mails were last due: on a Monday, at the hour of the daily ones."""
    at = timezone.localtime(last_hour(now, settings.DIGEST_HOUR))
    return at - timedelta(days=at.weekday())


def _send(user: "User", due: dict[NoticeKind, list[Comment]], now: datetime) -> None:
    try:
        mail = enqueue_made_mail(
            maker="moderation.notice",
            to=user.email,
            key=f"moderation.notice:{user.pk}:{now.isoformat()}",
            user_id=user.pk,
        )
    except NotAnAddress:
        return  # the page of their wishes says so
    if mail is None:
        return
    Notice.objects.bulk_create(
        [
            Notice(user=user, kind=kind, comment=comment, mail=mail, told_at=now)
            for kind, comments in due.items()
            for comment in comments
        ],
        update_conflicts=True,
        unique_fields=["user", "kind", "comment"],
        update_fields=["mail", "told_at"],
    )
