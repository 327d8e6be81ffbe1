"""The daily mail: once a day, at an hour in the site's time zone, of what was put by until then."""

import logging
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from comments.models import Commenter, DigestItem
from core import jobs
from core.mail import NotAnAddress, enqueue_made_mail

logger = logging.getLogger(__name__)


@jobs.periodic(name="comments.send_digests", cron="*/10 * * * *")
def send_digests(timestamp: int) -> None:
    """Have the daily mails sent whose hour has come.

    It runs often, and looks at what is due: an hour that was missed is made up for, two workers at
    once make one mail, and of one day there is one mail.
    """
    due_at = last_hour(timezone.now(), settings.DIGEST_HOUR)
    waiting = DigestItem.objects.filter(mail=None, queued_at__lt=due_at)
    for commenter in Commenter.objects.filter(pk__in=waiting.values("commenter")):
        try:
            _send_digest(commenter, due_at)
        except NotAnAddress:  # one that can get no mail keeps nobody else from theirs
            logger.warning("Commenter %s has no address for a daily mail.", commenter.pk)


def last_hour(now: datetime, hour: int) -> datetime:
    """When it last was so many o'clock in the site's time zone; `now` counts."""
    here = timezone.localtime(now)
    today = timezone.make_aware(datetime.combine(here.date(), time(hour)))
    if today <= now:
        return today
    return timezone.make_aware(datetime.combine(here.date() - timedelta(days=1), time(hour)))


def _send_digest(commenter: Commenter, due_at: datetime) -> None:
    with transaction.atomic():
        mail = enqueue_made_mail(
            maker="comments.digest",
            to=commenter.mail,
            key=f"comments.digest:{commenter.pk}:{timezone.localdate(due_at)}",
            commenter_id=commenter.pk,
        )
        if mail is None:
            return
        items = DigestItem.objects.filter(commenter=commenter, mail=None, queued_at__lt=due_at)
        items.update(mail=mail)
