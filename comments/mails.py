"""The mails to commenters, made when they go, out of what is public or decided then.

A stranger's words stand in a mail as a quotation: in the text part as they were typed, in the HTML
part as comments.markup made them, without a link. No word of theirs is in a header.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape
from itertools import groupby
from typing import Any, Final

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.safestring import SafeString

from comments import intake, markup, own, references
from comments.mail_kinds import Frequency, MailKind
from comments.models import Comment, Commenter, DigestItem, Revision
from comments.notifications import TELLING, is_public, mail_key
from comments.private_links import (
    ALL,
    CONVERSATION,
    DAILY,
    absolute,
    make_token,
    preferences_address,
    status_address,
    unsubscribe_address,
)
from comments.status import Remover, Status
from comments.subscriptions import frequency_of, is_muted
from core.mail import maker
from core.message import Letter, host, message_id, one_click
from core.models import Mail
from core.site import current

# So many of the comments above one are named in References; mail programs need no more.
REFERENCES_AT_MOST: Final = 20

BECAUSE: Final = {
    MailKind.DECISIONS: "you sent this comment and confirmed this address",
    MailKind.ANSWERS: "it answers a comment of yours",
    MailKind.FOLLOWED: "you follow this conversation, or a part of it",
}


@dataclass(frozen=True, kw_only=True)
class News:
    """What one mail, or one part of a daily mail, says of a comment."""

    comment: Comment
    kind: MailKind
    address: str = ""  # of the public comment
    status_url: str = ""  # the private page, for its writer alone
    fix_url: str = ""
    appeal_url: str = ""
    note: str = ""
    clause: intake.QuotedClause | None = None
    by_rule: bool = False
    is_redacted: bool = False  # a moderator took words out; they are marked, and public so

    @property
    def because(self) -> str:
        """Why it is told, as the end of a sentence."""
        return BECAUSE[self.kind]

    @property
    def clause_words(self) -> str:
        """The clause as it was worded, without its markup."""
        return unescape(strip_tags(self.clause.html)).strip() if self.clause else ""

    @property
    def clause_url(self) -> str:
        """Where the policy stands as it was worded then."""
        return absolute(self.clause.address) if self.clause else ""

    @property
    def quoted(self) -> str:
        """The comment's words as typed, each line quoted, with everything visible."""
        return quote(self.comment.text)

    @property
    def html(self) -> SafeString:
        """The comment's words as HTML that leads nowhere."""
        plain = references.unlink(self.comment.html)
        return markup.trusted(markup.spell_links(plain))


@maker("comments.one")
def make_one(
    *, mail: Mail, kind: str, comment_id: int, commenter_id: int, status: str
) -> Letter | None:
    """The mail about one comment; None if by now it says something else, or is not wanted."""
    commenter = Commenter.objects.filter(pk=commenter_id, mail=mail.to).first()
    comment = _with_place().filter(pk=comment_id).first()
    if commenter is None or comment is None or comment.status != status:
        return None
    told = tell(comment, MailKind(kind), commenter)
    if told is None:
        return None
    is_decision = told.kind == MailKind.DECISIONS
    stop = _one_scope(told.kind, commenter, comment)
    return Letter(
        subject=_subject(told),
        headers={
            **_headers(stop),
            **thread_headers(comment, commenter, own_key=mail.key),
            **({} if is_decision else {"Precedence": "bulk"}),
        },
        **_render("decision" if is_decision else "news", commenter, comment, told=told),
    )


@maker("comments.digest")
def make_digest(*, mail: Mail, commenter_id: int) -> Letter | None:
    """The daily mail, of what is still to be told of its items; None if nothing is."""
    commenter = Commenter.objects.filter(pk=commenter_id, mail=mail.to).first()
    if commenter is None:
        return None
    items = DigestItem.objects.filter(mail=mail).order_by("comment__post_id", "pk")
    comments = _with_place().in_bulk([item.comment_id for item in items])
    told = [tell(comments[item.comment_id], MailKind(item.kind), commenter) for item in items]
    still = [one for one in told if one is not None]
    if not still:
        return None
    by_post = groupby(still, key=lambda one: one.comment.post)
    posts = [(post, list(group)) for post, group in by_post]
    stop = absolute(unsubscribe_address(commenter, DAILY))
    return Letter(
        subject=f"{current().title}: {len(still)} new since yesterday",
        headers={**_headers(stop), "Precedence": "bulk"},
        **_render("digest", commenter, None, posts=posts),
    )


def tell(comment: Comment, kind: MailKind, commenter: Commenter) -> News | None:
    """What there is to tell a commenter of a comment now; None if nothing, or if unwanted."""
    unwanted = frequency_of(commenter, kind) == Frequency.OFF or not commenter.is_confirmed
    if unwanted or is_muted(commenter, comment.post_id):
        return None
    if comment.is_published and not is_public(comment):
        return None
    if kind == MailKind.DECISIONS:
        return _decided(comment) if comment.commenter_id == commenter.pk else None
    address = absolute(comment.get_absolute_url())
    return News(comment=comment, kind=kind, address=address) if comment.is_published else None


def is_redacted(comment: Comment) -> bool:
    """Whether a moderator took words out of it. One query."""
    redactions = comment.revisions.filter(replaced_by=Revision.Replacement.REDACTION)
    return redactions.exists()


def quote(text: str) -> str:
    """A text as mails quote it."""
    return "\n".join(f"> {markup.show(line)}".rstrip() for line in text.splitlines())


def thread_headers(comment: Comment, commenter: Commenter, *, own_key: str) -> dict[str, str]:
    """By which a mail program shows the commenter's mails in the order of the conversation.

    Every comment has the Message-ID that the commenter's first mail about it has or would have. A
    further mail about the same comment stands below that. One query.
    """
    above = [*comment.get_ancestors().order_by("lft").values_list("pk", flat=True)]
    if own_key != mail_key(comment.pk, commenter.pk):
        above.append(comment.pk)
    top = message_id(f"comments.under:{comment.post_id}:{commenter.pk}")
    ids = [message_id(mail_key(pk, commenter.pk)) for pk in above[-REFERENCES_AT_MOST:]]
    return {"In-Reply-To": [top, *ids][-1], "References": " ".join([top, *ids])}


def _with_place() -> Any:
    return Comment.objects.select_related("post", "parent", "answers")


def _decided(comment: Comment) -> News | None:
    """What became of it, for its writer; None for what is told nobody."""
    withdrawn = comment.removed_by == Remover.COMMENTER
    if comment.status not in TELLING or withdrawn:
        return None
    token = make_token(comment)
    explained = intake.explain(comment)
    may_fix = not own.why_no_resubmission(comment)
    may_appeal = not own.why_no_appeal(comment)
    return News(
        comment=comment,
        kind=MailKind.DECISIONS,
        address=absolute(comment.get_absolute_url()) if comment.is_published else "",
        status_url=absolute(status_address(comment)),
        fix_url=absolute(reverse("comments:resubmit", args=[token])) if may_fix else "",
        appeal_url=absolute(reverse("comments:appeal", args=[token])) if may_appeal else "",
        note=explained.note,
        clause=explained.clause,
        by_rule=explained.by_rule,
        is_redacted=is_redacted(comment),
    )


def _subject(told: News) -> str:
    title = told.comment.post.title
    match told.kind, told.comment.status:
        case MailKind.DECISIONS, Status.PUBLISHED if told.is_redacted:
            return f"Words taken out: your comment on “{title}”"
        case MailKind.DECISIONS, Status.PUBLISHED:
            return f"Published: your comment on “{title}”"
        case MailKind.DECISIONS, Status.REJECTED:
            return f"Not published: your comment on “{title}”"
        case MailKind.DECISIONS, _:
            return f"Removed: your comment on “{title}”"
        case _:
            return f"Re: {title}"


def _one_scope(kind: MailKind, commenter: Commenter, comment: Comment) -> str:
    """What one press in a mail program stops: the conversation, or all news of one's own."""
    if kind == MailKind.DECISIONS:
        return absolute(unsubscribe_address(commenter, kind.value))
    return absolute(unsubscribe_address(commenter, CONVERSATION, comment.post_id))


def _headers(stop: str) -> dict[str, str]:
    return {**one_click(stop), "List-Id": f"<comments.{host()}>"}


def _render(
    name: str, commenter: Commenter, comment: Comment | None, **context: Any
) -> dict[str, str]:
    """Both parts of a mail."""
    whole = {
        "site_title": current().title,
        "site_url": f"{settings.SITE_URL}/",
        "language": settings.LANGUAGE_CODE,
        "stops": list(_stops(commenter, comment, context.get("told"))),
        "preferences_url": absolute(preferences_address(commenter)),
        **context,
    }
    return {
        "text": render_to_string(f"comments/mail/{name}.txt", whole),
        "html": render_to_string(f"comments/mail/{name}.html", whole),
    }


def _stops(
    commenter: Commenter, comment: Comment | None, told: News | None
) -> Iterable[tuple[str, str]]:
    """What a mail offers to stop, with the addresses where a button does it."""
    if told is not None and comment is not None:
        here = unsubscribe_address(commenter, CONVERSATION, comment.post_id)
        yield "No more about this conversation", absolute(here)
        of_kind = absolute(unsubscribe_address(commenter, told.kind.value))
        yield f"No more mails of this kind ({told.kind.in_a_sentence})", of_kind
    else:
        yield "No more daily mails", absolute(unsubscribe_address(commenter, DAILY))
    yield "No more mails at all", absolute(unsubscribe_address(commenter, ALL))
