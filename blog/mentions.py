"""Webmentions that go out: pages that a listed post links to are told, once for each change."""

import hashlib
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.encoding import iri_to_uri

from blog.models import LinksRead, Post, PostQuerySet, SentMention
from core import jobs
from core.message import storable
from core.outbound import AGENT, NotAllowedAddress, NotReachable, Page, Typed, fetch, post
from core.page_reading import linked_by_headers, read_page
from core.site import current
from core.this_site import is_here

RETRY: Final = jobs.Backoff(waits=(60, 600, 3_600, 21_600), most=6)
# What changed earlier is not told of: switching this on does not write to half the web.
SINCE: Final = timedelta(days=7)
AT_ONCE: Final = 50
PAGES_AT_MOST: Final = 100  # of one post
LONGEST: Final = 1_000  # of an address
HEADERS: Final = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": AGENT}

State = SentMention.State


class MentionWaits(Exception):
    """A page could not be told this time; it will be tried again."""


def note_changed_posts() -> int:
    """Read the links of listed posts that have changed; how many posts there were."""
    if not current().sends_webmentions:
        return 0
    posts = list(_changed()[:AT_ONCE])
    for one in posts:
        note_links(post=one)
    return len(posts)


def note_links(*, post: Post) -> None:
    """Have every page told that a listed post links to, or that was told of an earlier text."""
    content = _digest(post)
    with transaction.atomic():
        LinksRead.objects.update_or_create(
            post=post,
            defaults={"as_of": max(post.updated_at, post.published_at or post.updated_at)},
        )
        known = SentMention.objects.select_for_update().filter(post=post)
        told = {one.target: one for one in known}
        for target in [*told, *(one for one in pages_linked(post) if one not in told)]:
            mention = told.get(target) or SentMention(post=post, target=target)
            if mention.content != content or mention.state == State.DROPPED:
                _have_told(mention, content)


def pages_linked(post: Post) -> list[str]:
    """The pages of other sites that a post links to, each once."""
    address = settings.SITE_URL + post.get_absolute_url()
    links = read_page(post.body_html, address).links
    addresses = dict.fromkeys(iri_to_uri(link.address) for link in links if link.element == "a")
    return [one for one in addresses if _is_elsewhere(one)][:PAGES_AT_MOST]


def endpoint_of(page: Page) -> str | None:
    """Where a page takes webmentions: its first Link header that says so, or first element."""
    links = [*linked_by_headers(page.links, page.url), *read_page(page.text, page.url).links]
    return next((link.address for link in links if "webmention" in link.rel), None)


@jobs.task(name="blog.send_mention", retry=RETRY)
def send_mention(*, mention_id: int) -> None:
    """Tell one page of a post, if it takes such news. Run twice it tells once."""
    with transaction.atomic():
        waiting = SentMention.objects.select_for_update(nowait=True, of=("self",))
        mention = waiting.filter(pk=mention_id, state=State.WAITING).first()
        if mention is None:
            return
        with connection.cursor() as cursor:  # the other side may take its time
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '5min'")
        _try(mention)
        mention.save()
    if mention.state == State.WAITING:
        raise MentionWaits(f"mention {mention.pk}: attempt {mention.attempts}")


def _changed() -> PostQuerySet:
    changed = Post.objects.listed().annotate(changed=Greatest("updated_at", "published_at"))
    recent = changed.filter(changed__gt=timezone.now() - SINCE)
    return recent.exclude(links_read__as_of__gte=F("changed")).order_by("changed")


def _digest(post: Post) -> str:
    words = "\0".join([post.title, post.get_absolute_url(), post.body_html])
    return hashlib.sha256(words.encode()).hexdigest()


def _have_told(mention: SentMention, content: str) -> None:
    mention.content, mention.state, mention.attempts = content, State.WAITING, 0
    mention.save()
    jobs.enqueue(send_mention, mention_id=mention.pk)


def _is_elsewhere(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    is_web = parts.scheme in {"http", "https"} and bool(parts.hostname)
    return is_web and not is_here(address) and len(address) <= LONGEST


def _try(mention: SentMention) -> None:
    if not current().sends_webmentions or not mention.post.is_listed:
        mention.state, mention.answer = State.DROPPED, ""
        return
    mention.attempts, mention.tried_at = mention.attempts + 1, timezone.now()
    final = mention.attempts >= RETRY.most
    try:
        mention.state, mention.answer = _tell(mention)
    except NotAllowedAddress as refused:
        mention.answer, final = str(refused), True
    except NotReachable as failed:
        mention.answer = str(failed)
    if final and mention.state == State.WAITING:
        mention.state = State.GIVEN_UP


def _tell(mention: SentMention) -> tuple[State, str]:
    """What became of it, and in which words."""
    endpoint = endpoint_of(fetch(mention.target))
    if endpoint is None:
        return State.NOT_TAKEN, ""
    source = settings.SITE_URL + mention.post.get_absolute_url()
    body = urlencode({"source": source, "target": mention.target}).encode()
    answer = post(iri_to_uri(endpoint), body, HEADERS, typed=Typed.BY_STRANGER)
    said = f"{answer.status} {storable(answer.text)}"[:200]
    if 200 <= answer.status < 300:
        return State.SENT, said
    is_busy = answer.status >= 500 or answer.status in {408, 429}
    return (State.WAITING if is_busy else State.GIVEN_UP), said
