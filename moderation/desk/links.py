"""The links of cards: what each leads to, where it was posted before, and how that was answered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from django.db import connection

from blog.models import Post
from comments.models import Comment
from comments.private_links import absolute
from comments.views.writing import quotation

SHOWN: Final = 3  # earlier uses of each link
COUNTED: Final = 100  # beyond that, "100 times or more"
LINKS: Final = 20  # of each card

QUERY: Final = f"""
    SELECT here.comment_id, here.address, source.id, source.address, source.note,
        source.dealt_with, uses.times, earlier.number, earlier.status, post.title, post.slug,
        post.kind, answer.id, answer.number
    FROM (
        SELECT use.*, row_number() OVER (PARTITION BY comment_id ORDER BY id) AS place
        FROM moderation_sourceuse use WHERE comment_id = ANY (%(ids)s)
    ) here
    JOIN moderation_source source ON source.id = here.source_id
    CROSS JOIN LATERAL (
        SELECT count(*) AS times FROM (
            SELECT FROM moderation_sourceuse use
            WHERE use.source_id = source.id AND use.comment_id < here.comment_id
                AND NOT use.is_quoted LIMIT {COUNTED}
        ) counted
    ) uses
    LEFT JOIN LATERAL (
        SELECT comment_id FROM moderation_sourceuse use
        WHERE use.source_id = source.id AND use.comment_id < here.comment_id AND NOT use.is_quoted
        ORDER BY comment_id DESC LIMIT {SHOWN}
    ) latest ON true
    LEFT JOIN comments_comment earlier ON earlier.id = latest.comment_id
    LEFT JOIN blog_post post ON post.id = earlier.post_id
    LEFT JOIN LATERAL (
        SELECT reply.id, reply.number FROM comments_comment reply
        WHERE reply.parent_id = earlier.id AND reply.user_id IS NOT NULL
            AND reply.status = 'published' ORDER BY reply.id LIMIT 1
    ) answer ON true
    WHERE here.place <= {LINKS}
    ORDER BY here.comment_id, here.place, latest.comment_id DESC
"""  # noqa: S608 (put together from constants)


@dataclass(frozen=True, kw_only=True)
class Use:
    """An earlier comment with the link; `answer_id` is of the reply that staff gave there."""

    number: str
    status: str
    title: str
    slug: str
    kind: str
    answer_id: int | None
    answer_number: str

    @cached_property
    def address(self) -> str:
        """Empty where it never was public."""
        return self._permalink(self.number)

    @cached_property
    def answer_address(self) -> str:
        """Where it was answered; empty if it was not."""
        return self._permalink(self.answer_number)

    def _permalink(self, number: str) -> str:
        if not number:
            return ""
        return Comment(post=Post(slug=self.slug, kind=self.kind), number=number).get_absolute_url()


@dataclass(frozen=True, kw_only=True)
class Link:
    """One link of a card, with the latest of its `times` earlier uses."""

    address: str
    source_id: int
    source: str
    note: str
    dealt_with: str
    times: int
    uses: Sequence[Use]


def links_of(comment_ids: Iterable[int]) -> dict[int, list[Link]]:
    """The first twenty links of each comment. One query."""
    found: dict[int, dict[int, Link]] = {}
    with connection.cursor() as cursor:
        cursor.execute(QUERY, {"ids": list(comment_ids)})
        for pk, address, source_id, source, note, dealt_with, times, *use in cursor.fetchall():
            of_card = found.setdefault(pk, {})
            link = of_card.get(source_id) or Link(
                address=address, source_id=source_id, source=source, note=note,
                dealt_with=dealt_with, times=times, uses=[],
            )  # fmt: skip
            of_card[source_id] = link
            if use[1] is not None:
                link.uses.append(_use(use))  # type: ignore[attr-defined]
    return {pk: list(links.values()) for pk, links in found.items()}


def quote_answer(answer: Comment) -> str:
    """An answer given elsewhere, to be quoted in a reply: with its address, since numbers lead to
    comments of the same post.
    """
    where = f"[#{answer.number} under “{answer.post.title}”]({absolute(answer.get_absolute_url())})"
    _, _, words = quotation(answer).partition("\n")
    return f"{where}:\n{words}"


def _use(row: Sequence[object]) -> Use:
    number, status, title, slug, kind, answer_id, answer_number = row
    return Use(
        number=str(number or ""), status=str(status), title=str(title), slug=str(slug),
        kind=str(kind), answer_id=answer_id if isinstance(answer_id, int) else None,
        answer_number=str(answer_number or ""),
    )  # fmt: skip
