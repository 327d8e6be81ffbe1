"""Webmentions that come in: another site says that a page of its links to a post.

That is looked at by a job, as a reader of that page would; what is so becomes a comment that waits
for a moderator (comments.intake). What links no longer is withdrawn, as by its writer.
"""

from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.encoding import iri_to_uri

from blog.models import Post
from blog.old_addresses import post_behind
from comments import intake, markup, own
from comments.errors import ChangedMeanwhile, CommentError
from comments.mention_texts import name_of, text_of
from comments.models import Comment, ReceivedMention
from comments.status import Status
from core import jobs
from core.outbound import NotAllowedAddress, NotReachable, Page, check_url, fetch
from core.page_reading import ReadPage, is_same_address, read_page
from core.site import current
from core.this_site import is_here, path_here

RETRY: Final = jobs.Backoff(waits=(60, 600, 3_600), most=4)
KEPT: Final = timedelta(days=90)
LONGEST: Final = 1_000  # of an address
LONGEST_ANSWER: Final = 300
# So many may wait for a moderator, and so many of them be of one host.
WAITING_AT_MOST: Final = 200
OF_A_HOST: Final = 20
GONE: Final = frozenset({404, 410})

State = ReceivedMention.State

NOT_LINKED: Final = "The page does not link to the post."


class NotTaken(ValueError):
    """A mention that is refused before anything is looked at; the sentence says why."""


class TooManyWait(NotTaken):
    """Moderators have enough of these before them."""


class PageWaits(Exception):
    """A page could not be looked at this time; it will be tried again."""


def receive_mention(*, source: str, target: str, network: str) -> ReceivedMention:
    """Have a page looked at that is said to link to a post. Raises NotTaken, TooManyWait.

    `network` is a digest of who says so. Fetches nothing.
    """
    source = _require_source(source)
    post = post_at(target)
    if post is None or not post.accepts_comments:
        raise NotTaken("The target is no post here that takes comments.")
    _require_room(source, post)
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
        _have_verified(mention.pk)
    return mention


def post_at(address: str) -> Post | None:
    """The public post or page that an address of this site leads to, now or by a redirect."""
    path = path_here(address)
    return None if path is None or len(address) > LONGEST else post_behind(path)


@jobs.task(name="comments.verify_mention", retry=RETRY, priority=jobs.LAST)
def verify_mention(*, mention_id: int) -> None:
    """Look at a page, and take it if it links to the post. Run twice it is taken once.

    Whatever else it raises, its mention says so, and after the last try that it failed.
    """
    waiting = ReceivedMention.objects.select_related("post", "comment")
    mention = waiting.filter(pk=mention_id, state=State.WAITING).first()
    if mention is None:
        return
    if mention.attempts >= RETRY.most:  # neither looked at nor given up: the worker was gone
        _settle(mention, State.FAILED, "Each try ended before anything was known of the page.")
        return
    mention.attempts += 1
    mention.save(update_fields=["attempts"])
    try:
        _verify(mention)
    except PageWaits:
        raise
    except Exception as error:
        _note_failure(mention, error)
        raise


@jobs.periodic(name="comments.look_again", cron="23 * * * *")
def look_again(timestamp: int) -> None:
    """What has waited for longer than an hour has a job again, if it had none: nothing is lost."""
    late = timezone.now() - timedelta(hours=1)
    for mention_id in ReceivedMention.objects.filter(
        state=State.WAITING, asked_at__lt=late
    ).values_list("pk", flat=True):
        _have_verified(mention_id)


def _have_verified(mention_id: int) -> None:
    key = f"comments.verify_mention {mention_id}"
    jobs.enqueue(verify_mention, key=key, mention_id=mention_id)


def _verify(mention: ReceivedMention) -> None:
    if not current().takes_webmentions:
        _settle(mention, State.REFUSED, "Webmentions were switched off by then.")
        return
    page = _look(mention)
    if page is None:
        return
    read = read_page(page.text, page.url, looking_for=mention.target)
    if is_here(page.url):
        _settle(mention, State.REFUSED, "The page leads to this site itself.")
    elif len(page.url) > LONGEST:
        _settle(mention, State.REFUSED, "The page leads to too long an address.")
    elif page.status == 200 and links_to(read, mention.target):
        _take(mention, read, page.url)
    elif page.status == 200 or page.status in GONE:
        _withdraw(mention)
        _settle(mention, State.REFUSED, NOT_LINKED)
    else:  # it may be there for others, and again tomorrow: what it became stays
        _settle(mention, State.REFUSED, f"The page answers {page.status}.")


def links_to(read: ReadPage, target: str) -> bool:
    """Whether a page has a link that readers can follow to a target."""
    return any(link.element == "a" and is_same_address(link.address, target) for link in read.links)


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
    if is_here(source):
        raise NotTaken("The source is on this site itself.")
    return source


def _require_room(source: str, post: Post) -> None:
    """A page that is known is always looked at again; others, while moderators can keep up."""
    if ReceivedMention.objects.filter(source=source, post=post).exists():
        return
    waiting = ReceivedMention.objects.filter(
        Q(state=State.WAITING) | Q(comment__status=Status.PENDING)
    )
    hosts = [_host(one) for one in waiting.values_list("source", flat=True)[:WAITING_AT_MOST]]
    if len(hosts) >= WAITING_AT_MOST or hosts.count(_host(source)) >= OF_A_HOST:
        raise TooManyWait("Enough of these wait for a moderator: please try again another day.")


def _host(address: str) -> str:
    return (urlsplit(address).hostname or "").rstrip(".")


def _look(mention: ReceivedMention) -> Page | None:
    """The page now; None if that is given up. Raises PageWaits while it is worth another try."""
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


def _take(mention: ReceivedMention, read: ReadPage, found_at: str) -> None:
    """A new one goes where comments go; of one that was taken, what its page says is compared."""
    text = markup.normalise(text_of(found_at, read))
    comment = mention.comment
    try:
        if comment is None or comment.is_withdrawn:
            mention.comment = _receive(mention, name_of(found_at, read), text)
        else:
            _compare(mention, comment, text)
    except ChangedMeanwhile as error:
        raise PageWaits from error
    except CommentError as error:
        _settle(mention, State.REFUSED, str(error))
        return
    mention.said = text
    _settle(mention, State.TAKEN, "")


def _receive(mention: ReceivedMention, name: str, text: str) -> Comment:
    """As another comment also where an earlier one was withdrawn: what is taken back stays so."""
    draft = intake.make_draft(
        post=mention.post,
        parent=None,
        name=name,
        mail="",
        text=text,
        network=mention.network,
        accepted=True,
        mentioned_at=mention.source,
    )
    before = mention.comment.pk if mention.comment else ""
    return intake.receive(draft, sender=f"mention {mention.pk} {before}")


def _compare(mention: ReceivedMention, comment: Comment, text: str) -> None:
    """A page that says something else: while its comment waits, that is what waits.

    A public one keeps the text that was let through, until a moderator takes the new one or not
    (moderation.desk.renewing). What was decided against stays as it was judged.
    """
    if text == (mention.said or comment.text):
        return
    if comment.status == Status.PENDING:
        own.renew_mention(
            comment_id=comment.pk, version=comment.version, text=text, page=mention.source
        )
    elif comment.is_published:
        same_mention = ReceivedMention.objects.filter(pk=mention.pk)
        same_mention.update(is_changed=text != comment.text)


def _withdraw(mention: ReceivedMention) -> None:
    """The page links no longer: what it became goes, if it is public or waits; so does its news."""
    comment = mention.comment
    if comment is None:
        return
    ReceivedMention.objects.filter(pk=mention.pk).update(is_changed=False)
    try:
        own.withdraw_comment(comment_id=comment.pk, version=comment.version)
    except ChangedMeanwhile as error:
        raise PageWaits from error
    except (CommentError, Comment.DoesNotExist):
        return  # a moderator was first


def _note_failure(mention: ReceivedMention, error: Exception) -> None:
    """For the operator; to be raised on, so that the job is tried again by its own rule."""
    words = "".join(c if c.isprintable() else " " for c in f"{type(error).__name__}: {error}")
    is_over = mention.attempts >= RETRY.most
    found = ReceivedMention.objects.filter(pk=mention.pk, state=State.WAITING)
    found.update(state=State.FAILED if is_over else State.WAITING, answer=words[:LONGEST_ANSWER])


def _settle(mention: ReceivedMention, state: State, answer: str) -> None:
    mention.state, mention.answer = state, answer[:LONGEST_ANSWER]
    mention.save(update_fields=["state", "answer", "attempts", "comment", "said"])
