"""WebSub: the hub of the site's choice is told when the feeds of all posts have changed.

Whether they have is asked of the feeds themselves, each minute: so a post that appears by the clock
counts, and one that was taken back.
"""

import hashlib
from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from blog import feeds
from blog.models import HubPing
from core import jobs
from core.outbound import AGENT, post
from core.site import current

RETRY: Final = jobs.Backoff(waits=(30, 300, 1_800), most=8)
HEADERS: Final = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": AGENT}


class HubRefuses(Exception):
    """The hub did not take the news this time."""


def topics() -> list[str]:
    """The whole addresses of the feeds that name the hub."""
    return [settings.SITE_URL + reverse("blog:feed", args=[suffix]) for suffix in feeds.FORMATS]


def note_changed_feeds() -> bool:
    """Have the hub told if the feeds are not what it was last told of. Three queries as a rule."""
    hub = current().websub_hub
    if not hub:
        return False
    state = feeds.state_of(feeds.of_site(reverse("blog:index"))).etag()
    digest = hashlib.sha256(state.encode()).hexdigest()
    with transaction.atomic():
        row, is_new = HubPing.objects.select_for_update().get_or_create(
            hub=hub, defaults={"state": digest}
        )
        if row.state == digest and not is_new:
            return False
        row.state, row.changed_at = digest, timezone.now()
        row.save()
        return jobs.enqueue(ping_hub, key="blog.ping_hub")


@jobs.task(name="blog.ping_hub", retry=RETRY)
def ping_hub() -> None:
    """Tell the hub, of each feed. Told twice it looks twice, and finds nothing new."""
    hub = current().websub_hub
    if not hub:  # switched off meanwhile
        return
    for topic in topics():
        news = {"hub.mode": "publish", "hub.topic": topic, "hub.url": topic}
        answer = post(hub, urlencode(news).encode(), HEADERS)
        if not 200 <= answer.status < 300:
            raise HubRefuses(f"{answer.status}: {answer.text[:200]}")
