"""Webmentions that come in: another site says that a page of its links to a post.

That is looked at by a job, as a reader of that page would; what is so becomes a comment that waits
for a moderator (comments.intake). What links no longer is withdrawn, as by its writer.
"""

import re
from datetime import timedelta
from typing import Final
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.encoding import iri_to_uri

from blog.models import Post
from blog.old_addresses import HEAD, find_target
from comments import intake, own
from comments.errors import ChangedMeanwhile, CommentError
from comments.models import Comment, ReceivedMention
from core import jobs
from core.outbound import NotAllowedAddress, NotReachable, Page, check_url, fetch
from core.page_reading import ReadPage, is_same_address, read_page
from core.site import current

RETRY: Final = jobs.Backoff(waits=(60, 600, 3_600), most=4)
KEPT: Final = timedelta(days=90)
LONGEST: Final = 1_000  # of an address
LONGEST_NAME: Final = 80
# What Markdown would take for more than itself.
MARKS: Final = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&:])")

State = ReceivedMention.State

NOT_LINKED: Final = "The page does not link to the post."


class NotTaken(ValueError):
    """A mention that is refused before anything is looked at; the sentence says why."""


class PageWaits(Exception):
    """A page could not be looked at this time; it will be tried again."""


def receive_mention(*, source: str, target: str, network: str) -> ReceivedMention:
    """Have a page looked at that is said to link to a post. Raises NotTaken.

    `network` is a digest of who says so. Fetches nothing.
    """
    source = _require_source(source)
    post = post_at(target)
    if post is None or not post.accepts_comments:
        raise NotTaken("The target is no post here that takes comments.")
    with transaction.atomic():
        mention, _ = ReceivedMention.objects.update_or_create(
            source=source,
            post=post,
            defaults={
                "target": target,
                "network": network,
                "state": State.WAITING,
                "attempts": 0,
                "asked_at": timezone.now(),
            },
        )
        key = f"comments.verify_mention {mention.pk}"
        jobs.enqueue(verify_mention, key=key, mention_id=mention.pk)
    return mention


def post_at(address: str) -> Post | None:
    """The public post or page that an address of this site leads to, now or by a redirect."""
    path = _path_here(address)
    if path is None:
        return None
    found = HEAD.match(path)
    post = None
    if found and not found["rest"]:
        kind = Post.Kind.POST if found["post"] else Post.Kind.PAGE
        slug = found["post"] or found["page"]
        post = Post.objects.published().filter(kind=kind, slug=slug).first()
    if post is None and (moved := find_target(path)):
        here = moved if moved.startswith("/") else _path_here(moved)
        again = HEAD.match(unquote(here or ""))
        slug = again and (again["post"] or again["page"])
        post = Post.objects.published().filter(slug=slug).first() if slug else None
    return post


@jobs.task(name="comments.verify_mention", retry=RETRY)
def verify_mention(*, mention_id: int) -> None:
    """Look at a page, and take it if it links to the post. Run twice it is taken once."""
    waiting = ReceivedMention.objects.select_related("post", "comment")
    mention = waiting.filter(pk=mention_id, state=State.WAITING).first()
    if mention is None:
        return
    if not current().takes_webmentions:
        _settle(mention, State.REFUSED, "Webmentions were switched off by then.")
        return
    page = _look(mention)
    if page is None:
        return
    read = read_page(page.text, page.url, looking_for=mention.target)
    if page.status == 200 and links_to(read, mention.target):
        _take(mention, read)
    else:
        why = NOT_LINKED if page.status in {200, 410} else f"The page answers {page.status}."
        _withdraw(mention)
        _settle(mention, State.REFUSED, why)


def links_to(read: ReadPage, target: str) -> bool:
    """Whether a page has a link that readers can follow to a target."""
    return any(link.element == "a" and is_same_address(link.address, target) for link in read.links)


def text_of(source: str, read: ReadPage) -> str:
    """A mention as the text of a comment, in Markdown: what the page is called, says, and where."""
    parts = [_escaped(read.title)] if read.title else []
    if read.passage:
        parts.append(f"> {_escaped(read.passage)}")
    return "\n\n".join([*parts, source])


def name_of(source: str, read: ReadPage) -> str:
    """Who a mention is by, as far as the page says, and always which site it is from."""
    host = urlsplit(source).hostname or source
    if not read.author:
        return host[:LONGEST_NAME]
    room = LONGEST_NAME - len(host) - 3
    return f"{read.author[:room]} ({host})" if room > 10 else host[:LONGEST_NAME]


@jobs.periodic(name="comments.forget_mentions", cron="51 3 * * *")
def forget_mentions(timestamp: int) -> None:
    """What became no comment is forgotten after 90 days; of the rest, who said so."""
    old = ReceivedMention.objects.filter(asked_at__lt=timezone.now() - KEPT)
    old.filter(comment=None).delete()
    old.update(network="")


def _require_source(source: str) -> str:
    if not source.isprintable():  # which would be escaped below
        raise NotTaken("The source is no address.")
    source = iri_to_uri(source.partition("#")[0]) or ""
    if len(source) > LONGEST:
        raise NotTaken("The source is too long an address.")
    try:
        check_url(source)
    except NotAllowedAddress as error:
        raise NotTaken(f"The source: {error}") from error
    if _path_here(source) is not None:
        raise NotTaken("The source is on this site itself.")
    return source


def _path_here(address: str) -> str | None:
    """The path of an address of this site, as people write it; None for any other."""
    if len(address) > LONGEST or "\0" in address:
        return None
    try:
        parts, here = urlsplit(address), urlsplit(settings.SITE_URL)
        is_here = (parts.hostname, parts.port) == (here.hostname, here.port)
    except ValueError:
        return None
    return unquote(parts.path) if is_here and parts.scheme in {"http", "https"} else None


def _look(mention: ReceivedMention) -> Page | None:
    """The page now; None if that is given up. Raises PageWaits while it is worth another try."""
    mention.attempts += 1
    try:
        page = fetch(mention.source)
        if page.status < 500 and page.status != 429:
            return page
        why, is_over = f"The page answers {page.status}.", False
    except NotReachable as error:
        why, is_over = str(error), isinstance(error, NotAllowedAddress)
    if is_over or mention.attempts >= RETRY.most:
        _settle(mention, State.REFUSED, why)
        return None
    _settle(mention, State.WAITING, why)
    raise PageWaits(f"mention {mention.pk}: attempt {mention.attempts}")


def _take(mention: ReceivedMention, read: ReadPage) -> None:
    if mention.comment is not None:  # seen before, and it still links
        _settle(mention, State.TAKEN, "")
        return
    draft = intake.make_draft(
        post=mention.post,
        parent=None,
        name=name_of(mention.source, read),
        mail="",
        text=text_of(mention.source, read),
        network=mention.network,
        accepted=True,
        mentioned_at=mention.source,
    )
    try:
        mention.comment = intake.receive(draft, sender=f"mention {mention.pk}")
    except CommentError as error:
        _settle(mention, State.REFUSED, str(error))
    else:
        _settle(mention, State.TAKEN, "")


def _withdraw(mention: ReceivedMention) -> None:
    """The page links no longer: what it became goes, if it is public or waits."""
    comment = mention.comment
    if comment is None:
        return
    try:
        own.withdraw_comment(comment_id=comment.pk, version=comment.version)
    except ChangedMeanwhile as error:
        raise PageWaits from error
    except (CommentError, Comment.DoesNotExist):
        return  # a moderator was first


def _settle(mention: ReceivedMention, state: State, answer: str) -> None:
    mention.state, mention.answer = state, answer[:300]
    mention.save()


def _escaped(text: str) -> str:
    return MARKS.sub(r"\\\1", text)
