"""The HTML of a conversation, written here and nowhere else.

By hand, since the template engine takes ten times as long for a long thread. Every value goes
through `_text` on its way in, but for what is safe already: the HTML of a text (comments.markup),
figures (comments.shapes), and addresses made of numbers.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, tzinfo
from html import escape as _text
from typing import Any, Final

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from blog.models import Post
from comments.brakes import pace
from comments.intake import QuotedClause
from comments.models import Comment, Commenter
from comments.private_links import status_address
from comments.shapes import shape_of
from comments.shown import Row
from comments.status import Status
from comments.thread import Braked, Entry, Pointer
from core.days import in_words

NUMBER: Final = "9.9"  # stands in an address for any number
BESIDE: Final = ", beside it: no more levels below"
WAITS: Final = "Waiting for another look by a moderator."


def thread_html(
    entries: Iterable[Entry],
    post: Post,
    reader: Commenter | None = None,
    moved: Iterable[Pointer] = (),
) -> SafeString:
    """A list of lists, behind what `moved` away from its top. With a `reader` it says what only
    they may see: then it is private.
    """
    return mark_safe(pointers_html(moved) + Thread(post, reader).write(entries))  # noqa: S308


def pointers_html(moved: Iterable[Pointer]) -> str:
    """Where branches stand that left from one place."""
    return "".join(map(_pointer, moved))


def folding(html: str, anchor: str, is_long: bool) -> SafeString:
    """The text of a comment, folded at first if it is long; `html` is safe."""
    return mark_safe(_fold(html, anchor, is_long))  # noqa: S308


def _fold(html: str, anchor: str, is_long: bool) -> str:
    text = f'<div class="comment-text" dir="auto">{html}</div>'
    if not is_long:
        return text
    return (
        f'<input class="unfold unseen" type="checkbox" id="unfold-{anchor}" autocomplete="off">'
        f"\n{text}\n"
        f'<label class="unfold-label" for="unfold-{anchor}">'
        '<span class="more">Show the whole comment</span>'
        '<span class="less">Fold it again</span></label>'
    )


class _Names(dict[str, str]):
    """Names as they may stand in a page; most of them come again and again."""

    def __missing__(self, name: str) -> str:
        safe = self[name] = _text(name)
        return safe


class _Days(dict[str, str]):
    """Days in the words of the page, by how ISO 8601 writes them."""

    def __missing__(self, iso: str) -> str:
        day = self[iso] = _text(in_words(date.fromisoformat(iso)))
        return day


class Thread:
    """Writes the comments of one page, with what they have in common at hand.

    A page holds up to thousands: what most are without is asked for in place, not by a call.
    """

    end: Final = "</ol>"

    def __init__(self, post: Post, reader: Commenter | None) -> None:
        self.author_id = post.author_id
        self.takes_comments = post.accepts_comments
        self.reader_id = reader.pk if reader else None
        self.address = _text(post.get_absolute_url())
        self.site = _text(settings.SITE_URL)
        page = "" if post.kind == Post.Kind.POST else "page-"
        place = reverse(f"comments:{page}permalink", args=[post.slug, NUMBER])
        self.before_number, _, self.behind_number = place.rpartition(NUMBER)
        self.report = _report_address(post).rpartition(NUMBER)
        zone = timezone.get_current_timezone()
        # Moments come in UTC, in which nothing has to be converted.
        self.zone: tzinfo = UTC if str(zone) == "UTC" else zone
        self.days = _Days()
        self.names = _Names()

    @property
    def made_of(self) -> tuple[Any, ...]:
        """All that what it writes hangs on, but for the entries and the reader."""
        return (
            self.author_id, self.takes_comments, self.address, self.site, self.before_number,
            self.behind_number, self.report, str(self.zone), get_language(),
        )  # fmt: skip

    def is_own(self, entry: Entry) -> bool:
        """Whether its text is there for the reader of this page alone: it waits, or waits again."""
        if self.reader_id is None:
            return False
        row = entry.comment
        return row.status == Status.PENDING and row.commenter_id == self.reader_id

    def write(self, entries: Iterable[Entry]) -> str:
        """All of it."""
        written = "".join(self.pieces(entries))
        return written + self.end if written else ""

    def pieces(self, entries: Iterable[Entry]) -> list[str]:
        """Comments that follow each other, without the end of the outermost list."""
        written: list[str] = []
        for entry in entries:
            if entry.opens:
                written.append(self._opening(entry))
            written.append(self._comment(entry))
            if not entry.deeper:
                written.append("</li>" + "</ol></details></li>" * entry.closes + "\n")
        return written

    def _opening(self, entry: Entry) -> str:
        if entry.depth == 1:
            return '<ol class="thread">'
        parent = entry.parent
        known = parent is not None and parent.name and parent.is_published
        to = f" to <bdi>{self.names[parent.name]}</bdi>" if known and parent else ""
        return f'<details class="replies" open><summary>Replies{to}</summary><ol class="thread">'

    def _comment(self, entry: Entry) -> str:
        row = entry.comment
        anchor = row.anchor
        if row.is_published:
            kind, inside = self._published(entry, anchor)
        elif row.number:
            kind, inside = " tombstone", self._tombstone(entry)
        else:
            kind, inside = " waiting", self._waiting(entry)
        return (
            f'<li>\n<article class="comment{kind}{" new" if entry.is_new else ""}" id="{anchor}">\n'
            f"{inside}\n</article>{pointers_html(entry.moved) if entry.moved else ''}\n"
        )

    def _published(self, entry: Entry, anchor: str) -> tuple[str, str]:
        row, parent, number = entry.comment, entry.parent, entry.comment.number
        name, permalink = self.names[row.name], f"{self.before_number}{number}{self.behind_number}"
        goes_on = row.continues and parent is not None and parent.is_published
        inside = (
            f'<header>\n<h3>{shape_of(row)}<a class="writer" rel="nofollow" title="Only what this'
            f' commenter wrote here" href="{self.address}?by={number}#comments">'
            f"<bdi>{name}</bdi></a>{self._badge(row) if row.user_id else ''}</h3>\n"
            f'<a class="number" href="{permalink}" data-address="{self.site}{permalink}"'
            f' title="Link to this comment">{number}</a>\n{self._time(row.published_at)}'
            f"{self._remarks(entry) if row.edited_at or entry.is_new else ''}\n"
            f"{self._continued(entry) if row.continues else self._in_reply_to(entry)}</header>\n"
            f"{_fold(entry.html, anchor, row.is_long)}\n"
            f"{self._brakes(entry) if entry.locked or entry.slowed else ''}<footer>\n"
            f"{self._answering(entry, name, permalink) if self.takes_comments else ''}"
            f"{self._branch(entry, permalink) if entry.has_replies else ''}"
            f"{_back_links(entry) if entry.back_links else ''}"
            f"{self._reporting(row, name) if self.report[0] else ''}</footer>"
        )
        return (" continuation" if goes_on else ""), inside

    def _remarks(self, entry: Entry) -> str:
        edited = entry.comment.edited_at
        remark = f'\n<span class="edited">edited {self._time(edited)}</span>' if edited else ""
        return remark + ('\n<strong class="new-mark">new</strong>' if entry.is_new else "")

    def _answering(self, entry: Entry, name: str, permalink: str) -> str:
        row, locked = entry.comment, entry.locked
        if locked is not None:
            return self._at_the_lock(locked) if locked.head_id != row.pk else ""
        return (
            f'<a class="reply" rel="nofollow" href="{permalink}reply/">Reply<span class="unseen">'
            f" to {row.number} by <bdi>{name}</bdi></span></a>\n"
            f'<a class="quote" rel="nofollow" href="{permalink}reply/?quote=1">Quote'
            f'<span class="unseen"> {row.number}</span></a>\n'
        )

    def _at_the_lock(self, locked: Braked) -> str:
        head = f"{self.before_number}{locked.number}{self.behind_number}"
        return (
            f'<a class="at-lock" href="{head}">Locked<span class="unseen"> from {locked.number}'
            "</span></a>\n"
        )

    def _brakes(self, entry: Entry) -> str:
        """The line at the head of a locked branch, else that of a slowed one."""
        pk, locked, slowed = entry.comment.pk, entry.locked, entry.slowed
        if locked is not None:
            return self._brake("Locked", "lock", locked) if locked.head_id == pk else ""
        if slowed is None or slowed.head_id != pk:
            return ""
        return self._brake(f"Slowed to {pace(slowed.minutes)},", "lock slowed", slowed)

    def _brake(self, what: str, css: str, brake: Braked) -> str:
        until = f", until {self._time(brake.until_at)}" if brake.until_at else ""
        why = f": <q><bdi>{_text(brake.reason)}</bdi></q>" if brake.reason else "."
        return (
            f'<p class="{css}">{what} on {self._time(brake.set_at)} by {brake.by}{until}{why}'
            f"{_citing(brake.clause)}</p>\n"
        )

    def _reporting(self, row: Row, name: str) -> str:
        before, _, behind = self.report
        return (
            f'<a class="report" rel="nofollow" href="{before}{row.number}{behind}">Report'
            f'<span class="unseen"> {row.number} by {name}</span></a>\n'
        )

    def _tombstone(self, entry: Entry) -> str:
        row = entry.comment
        gone = self._why_gone(entry)
        if self.is_own(entry):
            gone = (
                f"{_fold(entry.html, row.anchor, row.is_long)}\n"
                '<p class="help">Only you see this text: it waits for another look by a moderator.'
                f' <a href="{_text(status_address(row))}">Its private page</a></p>'
            )
        permalink = f"{self.before_number}{row.number}{self.behind_number}"
        return (
            f'<header>\n<a class="number" href="{permalink}"'
            f' data-address="{self.site}{permalink}">{row.number}</a>\n'
            f"{self._in_reply_to(entry)}</header>\n{gone}\n"
            f"{self._brakes(entry)}"
            f"<footer>\n{self._branch(entry, permalink) if entry.has_replies else ''}"
            f"{_back_links(entry)}</footer>"
        )

    def _why_gone(self, entry: Entry) -> str:
        row, clause = entry.comment, entry.clause
        if row.is_withdrawn:
            return '<p class="gone">Withdrawn by its writer.</p>'
        if row.status == Status.PENDING:
            return f'<p class="gone">{WAITS}</p>'
        return f'<p class="gone">Removed by a moderator{_citing(clause, ": ")}.</p>'

    def _waiting(self, entry: Entry) -> str:
        row = entry.comment
        sent_at = row.submitted_at if isinstance(row, Comment) else None
        return (
            f"<header>\n<h3>{shape_of(row)}<bdi>{_text(row.name)}</bdi></h3>\n"
            f'<a class="waiting-mark" href="{_text(status_address(row))}">waiting'
            '<span class="unseen">: your comment, on its private page</span></a>\n'
            f"{self._time(sent_at)}\n{self._in_reply_to(entry)}</header>\n"
            f"{_fold(entry.html, row.anchor, row.is_long)}\n"
            '<footer><span class="help">Only you see this; a moderator will read it.</span>'
            "</footer>"
        )

    def _badge(self, row: Row) -> str:
        who = "author" if row.user_id == self.author_id else "staff"
        return f' <span class="badge">{who}</span>'

    def _continued(self, entry: Entry) -> str:
        number = (entry.parent and entry.parent.number) or ""
        return (
            '<span class="in-reply-to">continued from'
            f' <a href="{_text(entry.parent_href)}">{number}</a></span>\n'
        )

    def _in_reply_to(self, entry: Entry) -> str:
        parent = entry.parent
        if parent is None:
            return ""
        what = "a comment that is not public"
        if entry.parent_href:
            number = parent.number or "your waiting comment"
            what = f'<a href="{_text(entry.parent_href)}">{number}</a>'
        by = f" by <bdi>{self.names[parent.name]}</bdi>" if parent.is_published else ""
        beside = BESIDE if entry.comment.answers_id else ""
        return f'<span class="in-reply-to">in reply to {what}{by}{beside}</span>\n'

    def _branch(self, entry: Entry, permalink: str) -> str:
        return (
            f'<a href="{permalink}branch/">This branch'
            f'<span class="unseen"> from {entry.comment.number}</span></a>\n'
        )

    def _time(self, moment: datetime | None) -> str:
        if moment is None:
            return ""
        exact = moment.astimezone(self.zone).isoformat("T", "seconds")
        return f'<time datetime="{exact}">{self.days[exact[:10]]}, {exact[11:16]}</time>'


def _citing(clause: QuotedClause | None, before: str = " ") -> str:
    if clause is None:
        return ""
    return (
        f'{before}<a href="{_text(clause.address)}">clause {clause.number}<span class="unseen">,'
        f" {_text(clause.title)}</span></a>"
    )


def _pointer(moved: Pointer) -> str:
    there = f" under “{_text(moved.title)}”" if moved.title else ""
    return (
        f'\n<p class="moved"><span class="number">{moved.number}</span> was moved to'
        f' <a href="{_text(moved.address)}">{moved.new_number}{there}</a>.</p>'
    )


def _back_links(entry: Entry) -> str:
    if not entry.back_links:
        return ""
    links = ", ".join(
        f'<a href="{_text(target.href)}" title="{_text(target.name)}">{number}</a>'
        for number, target in entry.back_links
    )
    return f'<span class="back-links">answered in {links}</span>\n'


def _report_address(post: Post) -> str:
    """Where a comment is reported; empty where nothing takes reports."""
    where = {"kind": post.kind, "slug": post.slug, "number": NUMBER}
    try:
        return reverse("reports:report", kwargs=where)
    except NoReverseMatch:
        return ""
