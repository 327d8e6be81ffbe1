"""What a mail to a moderator says, made when it goes: nothing of what was decided meanwhile."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.contrib.auth import get_user_model
from django.template.loader import render_to_string
from django.urls import reverse

from comments.mails import quote
from comments.markup import show
from comments.private_links import absolute
from core.mail import maker
from core.message import Letter
from core.models import Mail
from core.site import current
from moderation.desk import queue
from moderation.desk.deciding import make_address
from moderation.models import Notice, NoticeKind
from moderation.notices.open import open_for
from moderation.permissions import may_open_queue

if TYPE_CHECKING:
    from django.contrib.auth.models import User

# So many comments of a kind are shown with their beginning; the rest is a number.
SHOWN: Final = 20
LENGTH: Final = 400

HEADINGS: Final = {
    NoticeKind.WAITING: ("waits for a decision", "wait for a decision"),
    NoticeKind.REPORTS: ("has been reported", "have been reported"),
    NoticeKind.APPEALS: ("is appealed for", "are appealed for"),
    NoticeKind.FOLLOW_UPS: ("awaits your reply", "await your reply"),
}
TABS: Final = {
    NoticeKind.WAITING: queue.WAITING,
    NoticeKind.REPORTS: queue.REPORTED,
    NoticeKind.APPEALS: queue.APPEALS,
    NoticeKind.FOLLOW_UPS: queue.OWED,
}


@dataclass(frozen=True)
class Line:
    """One comment as the mail shows it; a stranger's words are quoted and lead nowhere."""

    comment: Any  # with `since`
    address: str  # where it is decided on, without signing in

    @property
    def beginning(self) -> str:
        """Its first words, with everything visible."""
        text: str = self.comment.text
        return show(text if len(text) <= LENGTH else f"{text[:LENGTH].rstrip()} …")

    @property
    def quoted(self) -> str:
        """The same, each line quoted."""
        return quote(self.beginning)


@dataclass(frozen=True)
class Part:
    """What there is of one kind: some of it, and how much altogether."""

    kind: NoticeKind
    lines: list[Line]
    total: int

    @property
    def heading(self) -> str:
        """ "3 comments wait for a decision"."""
        one, many = HEADINGS[self.kind]
        return f"1 comment {one}" if self.total == 1 else f"{self.total} comments {many}"

    @property
    def rest(self) -> int:
        """How many are not shown."""
        return self.total - len(self.lines)

    @property
    def address(self) -> str:
        """The tab of the queue."""
        return absolute(f"{reverse('moderation:queue')}?status={TABS[self.kind]}")


@maker("moderation.notice")
def make_notice(*, mail: Mail, user_id: int) -> Letter | None:
    """The mail of all that it was to tell and that still waits for this moderator, or None."""
    users: Any = get_user_model().objects
    user = users.filter(pk=user_id, email=mail.to).first()
    if user is None or not may_open_queue(user):
        return None
    parts = [part for part in _parts(user, mail) if part.lines]
    if not parts:
        return None
    context = {
        "parts": parts,
        "site_title": current().title,
        "site_url": f"{settings.SITE_URL}/",
        "language": settings.LANGUAGE_CODE,
        "wishes_url": absolute(reverse("moderation:mails")),
    }
    return Letter(
        subject=f"{current().title}: {', '.join(part.heading for part in parts)}",
        text=render_to_string("moderation/mail/notice.txt", context),
        html=render_to_string("moderation/mail/notice.html", context),
    )


def _parts(user: "User", mail: Mail) -> Iterable[Part]:
    told = Notice.objects.filter(user=user, mail=mail)
    for kind in NoticeKind:
        ids = told.filter(kind=kind).values("comment")
        waits = open_for(user, kind)
        news = waits.filter(pk__in=ids).select_related("post")[:SHOWN]
        yield Part(kind, [Line(one, make_address(one, user)) for one in news], waits.count())
