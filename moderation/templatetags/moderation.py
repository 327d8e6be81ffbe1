"""What templates outside the queue show of it."""

from django import template
from django.contrib.auth.models import AnonymousUser, User

from comments.status import Status
from moderation.permissions import may_open_queue, moderatable

register = template.Library()


@register.simple_tag
def waiting_count(user: User | AnonymousUser) -> int | None:
    """How many comments wait for `user`; None for who has no queue. One query."""
    if not may_open_queue(user):
        return None
    return moderatable(user).filter(status=Status.PENDING).count()
