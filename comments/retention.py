"""Addresses that are of no use are forgotten."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from comments.models import Comment, Confirmation
from core import jobs


@jobs.periodic(name="comments.forget_addresses", cron="41 * * * *")
def forget_addresses(timestamp: int) -> None:
    """Drop confirmations that ran out, and of those never used the address that was typed.

    The comment keeps it if its commenter has confirmed it meanwhile.
    """
    now = timezone.now()
    with transaction.atomic():
        over = Confirmation.objects.filter(expires_at__lt=now)
        unused = over.filter(used_at=None).values("comment")
        nobodys = Comment.objects.filter(pk__in=unused)
        still_asked = Confirmation.objects.filter(expires_at__gte=now).values("comment")
        nobodys = nobodys.filter(Q(commenter=None) | Q(commenter__confirmed_at=None))
        nobodys.exclude(pk__in=still_asked).update(mail="")
        over.delete()
