"""A WordPress post's comments into its thread, with their dates, parents and statuses."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone

from blog.models import Post
from comments import markup, numbers, tree
from comments.errors import TreeBusy
from comments.models import Comment
from comments.status import Remover, Status
from moderation import services
from moderation.retention import GONE
from transfer.models import ImportedItem
from transfer.origin import Origin, external_id
from transfer.report import Report
from transfer.wordpress_dates import moment
from transfer.wordpress_html import plain_text
from transfer.wordpress_text import convert
from transfer.wxr import Fields

STATUSES: Final = {
    "1": Status.PUBLISHED,
    "approve": Status.PUBLISHED,
    "approved": Status.PUBLISHED,
    "spam": Status.SPAM,
    "trash": Status.REMOVED,
    "post-trashed": Status.REMOVED,
}  # whatever else it says, a person has to look
READERS_OWN: Final = frozenset(["", "comment"])
LONGEST_NAME: Final = 80
LONGEST_MAIL: Final = 254
LONGEST_NUMBER: Final = 20  # digits, as many as WordPress's own ids can have

KIND: Final = ImportedItem.Kind.COMMENT


@dataclass(slots=True)
class Arrival:
    """A comment on its way in."""

    external: str
    wp_id: str
    parent_wp_id: str  # empty at the top level
    comment: Comment

    @property
    def order(self) -> tuple[datetime, int, str]:
        """By date, then by WordPress's id."""
        is_number = self.wp_id.isdecimal() and len(self.wp_id) <= LONGEST_NUMBER
        number = int(self.wp_id) if is_number else 0
        return self.comment.submitted_at, number, self.wp_id


class Thread:
    """The comments of one post, from the export into the site.

    `read` first, outside of a transaction: rendering the texts of a long thread takes minutes.
    """

    def __init__(self, post_external: str, origin: Origin, report: Report) -> None:
        self.post_external = post_external
        self.origin, self.report = origin, report
        self.earlier: dict[str, int] = {}  # by WordPress's id: what was brought before
        self.arrivals: dict[str, Arrival] = {}

    def read(
        self, exported: list[Fields], default_date: datetime, alive: Callable[[], None]
    ) -> None:
        """Take what is new of `exported`, which is emptied on the way to save memory.

        Calls `alive` for each, since a long thread takes a while.
        """
        self._count("read", len(exported))
        named = [(self._external(fields), fields) for fields in exported]
        exported.clear()
        earlier = self.origin.find_all(KIND, [external for external, _ in named])
        for external, fields in _emptied(named):
            self._read(external, fields, earlier, default_date)
            alive()

    def store(self, post: Post) -> None:
        """Write tree, numbers, origins and log of what was read; the caller holds a transaction."""
        pairs = self._pairs()
        for comment, parent in pairs:
            comment.post = parent.post if parent else post  # its parent may have been moved
        pairs = tree.within_depth(pairs)
        placeholders = numbers.allot_to_arrivals(pairs)
        tree.plant(pairs)
        arrived = {arrival.external: arrival.comment.pk for arrival in self.arrivals.values()}
        self.origin.remember(KIND, arrived)
        new = set(arrived.values())
        stored = [(comment, comment.status) for comment in placeholders if comment.pk not in new]
        services.log_import([*((c, "") for c, _ in pairs), *stored], at=timezone.now())
        self._count("of these: numbered, not public, for their replies", len(placeholders))
        higher = sum(comment.answers_id is not None for comment, _ in pairs)
        self._count("of these: attached higher, deeper than 60 levels", higher)

    def _external(self, fields: Fields) -> str:
        wp_id = fields.get("wp:comment_id", "")
        if wp_id:
            return external_id(self.post_external, wp_id)
        # Nothing but its content tells it from others.
        content = "\0".join(
            fields.get(f"wp:comment_{name}", "")
            for name in ("author", "date", "date_gmt", "content")
        )
        return external_id(self.post_external, "digest:", content)

    def _read(
        self, external: str, fields: Fields, earlier: dict[str, int], default_date: datetime
    ) -> None:
        wp_id = fields.get("wp:comment_id", "")
        kind = fields.get("wp:comment_type", "").lower()
        if external in earlier:
            self.earlier[wp_id] = earlier[external]
            self._count("already here")
        elif external in self.arrivals:
            self._count("left out: twice in the file")
        elif kind not in READERS_OWN:
            self._count(f"left out: {kind[:30]}")
        elif comment := self._comment(fields, default_date):
            parent = fields.get("wp:comment_parent", "").lstrip("0")
            self.arrivals[external] = Arrival(external, wp_id, parent, comment)
            self._count(f"made: {comment.status}")
        else:
            self._count("left out: no text")

    def _comment(self, fields: Fields, default_date: datetime) -> Comment | None:
        """The unsaved comment; None where no text is left. IP address and web site are dropped."""
        converted = convert(fields.get("wp:comment_content", ""))
        if not converted.html:
            return None
        # A date to come would stand above all in the feeds, and hide every later change of them.
        date = min(moment(fields, "wp:comment_date") or default_date, timezone.now())
        status = STATUSES.get(fields.get("wp:comment_approved", "").lower(), Status.PENDING)
        removed = status == Status.REMOVED
        return Comment(
            name=_name(fields.get("wp:comment_author", "")),
            mail=_mail(fields.get("wp:comment_author_email", "")),
            text=converted.text,
            html=converted.html,
            html_version=markup.VERSION,
            status=status,
            status_before_removal=Status.PENDING if removed else "",
            removed_by=Remover.MODERATOR if removed else "",
            submitted_at=date,
            published_at=date if status == Status.PUBLISHED else None,
            # What is refused is kept for as long as if it had been refused here.
            changed_at=timezone.now() if status in GONE else date,
        )

    def _pairs(self) -> list[tree.Pair]:
        """The arrivals with their parents, in the order in which they get their numbers."""
        stored = self._lock_stored_parents()
        by_wp_id = {arrival.wp_id: arrival for arrival in self.arrivals.values() if arrival.wp_id}
        heads: list[Arrival] = []
        replies: dict[int, list[Arrival]] = defaultdict(list)
        parents: dict[int, Comment] = {}
        for arrival in sorted(self.arrivals.values(), key=lambda arrival: arrival.order):
            parent = by_wp_id.get(arrival.parent_wp_id)
            if parent is not None:
                replies[id(parent)].append(arrival)
                continue
            heads.append(arrival)
            if arrival.parent_wp_id in stored:
                parents[id(arrival)] = stored[arrival.parent_wp_id]
            elif arrival.parent_wp_id:
                self._count("of these: at the top, their parent is not here")
        pairs = list(_walk(heads, replies, parents))
        if len(pairs) < len(self.arrivals):
            pairs += self._break_circles(pairs, by_wp_id, replies)
        return pairs

    def _lock_stored_parents(self) -> dict[str, Comment]:
        """What was brought before and is answered now, by WordPress's id, read under the locks."""
        answered = {arrival.parent_wp_id for arrival in self.arrivals.values()}
        ids = {wp_id: self.earlier[wp_id] for wp_id in answered & self.earlier.keys()}
        before = Comment.objects.filter(pk__in=ids.values()).values_list("tree_id", flat=True)
        locked = set(before)
        tree.lock_trees(locked)
        found = Comment.objects.select_related("post").in_bulk(ids.values())
        if {comment.tree_id for comment in found.values()} - locked:
            raise TreeBusy
        return {wp_id: found[pk] for wp_id, pk in ids.items() if pk in found}

    def _break_circles(
        self,
        reached: list[tree.Pair],
        by_wp_id: dict[str, Arrival],
        replies: dict[int, list[Arrival]],
    ) -> Iterator[tree.Pair]:
        """The comments that no head leads to; one of each circle becomes one."""
        done = {id(comment) for comment, _ in reached}
        for arrival in sorted(self.arrivals.values(), key=lambda arrival: arrival.order):
            if id(arrival.comment) in done:
                continue
            head = _in_circle(arrival, by_wp_id)
            replies[id(by_wp_id[head.parent_wp_id])].remove(head)
            self._count("of these: at the top, they answer each other")
            for pair in _walk([head], replies, {}):
                done.add(id(pair[0]))
                yield pair

    def _count(self, line: str, count: int = 1) -> None:
        if count:
            self.report.add("comments", line, count)


def _walk(
    heads: list[Arrival], replies: dict[int, list[Arrival]], parents: dict[int, Comment]
) -> Iterator[tree.Pair]:
    """Each comment with its parent, parents first, siblings in their order."""
    waiting: list[tuple[Arrival, Comment | None]] = [
        (head, parents.get(id(head))) for head in reversed(heads)
    ]
    while waiting:
        arrival, parent = waiting.pop()
        yield arrival.comment, parent
        waiting += ((reply, arrival.comment) for reply in reversed(replies.get(id(arrival), [])))


def _in_circle(arrival: Arrival, by_wp_id: dict[str, Arrival]) -> Arrival:
    """A member of the circle that `arrival` hangs on."""
    seen: set[str] = set()
    while arrival.wp_id not in seen:
        seen.add(arrival.wp_id)
        arrival = by_wp_id[arrival.parent_wp_id]
    return arrival


def _emptied(rows: list[tuple[str, Fields]]) -> Iterator[tuple[str, Fields]]:
    """The rows in their order; each is let go as it is given."""
    rows.reverse()
    while rows:
        yield rows.pop()


def _name(author: str) -> str:
    name = markup.plain_name(plain_text(author))[:LONGEST_NAME]
    return markup.plain_name(name) or "Anonymous"  # a cut may leave half of a pair


def _mail(address: str) -> str:
    """The address if it is one; it is never shown."""
    try:
        validate_email(address)
    except ValidationError:
        return ""
    return address if len(address) <= LONGEST_MAIL else ""
