"""The HTML of what speaks for or against a comment, written here and nowhere else: the reasons of
rules, likeness, links, texts much like it.
"""

from collections.abc import Iterable, Sequence
from html import escape as _text
from typing import Any
from urllib.parse import quote

from django.utils.text import capfirst

from comments.models import Comment, RecordedReason
from comments.status import Status
from core.routes import address_of
from moderation.desk.alike import Alike
from moderation.desk.cards import Card
from moderation.desk.links import COUNTED, Link, Use
from moderation.desk.page_html import Desk, address_html, counted, unseen
from moderation.evidence import Line, readable
from moderation.models import Clause
from moderation.sources.reading import read_address


def evidence_html(card: Card, desk: Desk) -> str:
    """All of it; empty where there is none."""
    return (
        f"{_reasons(card.reasons, desk)}{_likeness(card.comment, desk)}"
        f"{_links(card, desk)}{_alike(card.alike, desk)}"
    )


def cited(clause: Clause, word: str) -> str:
    """A link to a clause, as it was worded then."""
    return (
        f'<a href="{_text(clause.get_absolute_url())}">{word} {clause.number}:'
        f" {_text(clause.title)}</a>"
    )


def _reasons(reasons: Sequence[tuple[RecordedReason, Clause | None]], desk: Desk) -> str:
    if not reasons:
        return ""
    told = "\n".join(_reason(reason, clause, desk) for reason, clause in reasons)
    return f'<ul class="card-reasons" aria-label="Reasons">\n{told}\n</ul>\n'


def _reason(reason: RecordedReason, clause: Clause | None, desk: Desk) -> str:
    by = f", {cited(clause, 'clause')}" if clause else ""
    others = f"{desk.queue}?reason={_text(quote(reason.rule))}"
    lines = "\n".join(map(_line, readable(reason.evidence)))
    return (
        f'<li><strong><a href="{others}">{_text(reason.rule)}</a></strong>'
        f" ({_text(reason.effect)}{by}): {_text(reason.sentence)}\n{lines}</li>"
    )


def _line(line: Line) -> str:
    label = f"{_text(line.label)}: " if line.label else ""
    values = ", ".join(f"<code>{_text(value)}</code>" for value in line.values)
    notes = f" {_text(line.notes)}" if line.notes else ""
    return f'<span class="card-evidence">{label}{values}{notes}</span>'


def _likeness(comment: Comment, desk: Desk) -> str:
    if comment.status != Status.PENDING:
        return ""
    likeness: Any = getattr(comment, "likeness", None)
    if likeness is None:
        told = "Not compared with earlier decisions yet: the worker does that."
        return f'<p class="card-likeness">{told}</p>\n' if desk.compares else ""
    band = _text(capfirst(likeness.get_band_display()))
    words = " ".join(_likely(word, weight) for word, weight in likeness.words)
    return (
        f'<p class="card-likeness"><strong>{band}</strong>, by what was decided before'
        f"{': ' + words + ' ' if words else ''}</p>\n"
    )


def _likely(word: str, weight: float) -> str:
    css, sign, told = ("spam", "+", "spam") if weight > 0 else ("fine", "&minus;", "good ones")
    return (
        f'<span class="likeness-{css}">{sign}{unseen(f" like {told}")}'
        f" <bdi>{_text(word)}</bdi></span>"
    )


def _links(card: Card, desk: Desk) -> str:
    if not card.links:
        return ""
    lines = "\n".join(f"<li>{_link(link, card.comment, desk)}</li>" for link in card.links)
    return (
        '<section class="card-links" aria-label="Links">\n<h3>Links</h3>\n'
        f"<ul>\n{lines}\n</ul>\n</section>\n"
    )


def _link(link: Link, comment: Comment, desk: Desk) -> str:
    address = address_html(link.address)
    return f"{address} {_posted(link, comment, desk)}\n{_known(link)} {_keeping(link, desk)}"


def _posted(link: Link, comment: Comment, desk: Desk) -> str:
    if not link.times:
        return "not posted before."
    times = "100 times or more" if link.times == COUNTED else counted(link.times, "time")
    uses = "; ".join(_use(use, comment, desk) for use in link.uses)
    return f"posted {times} before{': ' if uses else ''}{uses}."


def _use(use: Use, comment: Comment, desk: Desk) -> str:
    title = _text(use.title)
    where = f"one under “{title}”"
    if use.address:
        where = f'<a href="{_text(use.address)}">{title} {_text(use.number)}</a>'
    status = f" ({_text(use.status)})" if use.status != Status.PUBLISHED else ""
    return f"{where}{status}{_answer(use, comment, desk) if use.answer_id else ''}"


def _answer(use: Use, comment: Comment, desk: Desk) -> str:
    quoting = f"{desk.card(comment.pk)}?quote={use.answer_id}#answer-{comment.pk}"
    return (
        f', answered at <a href="{_text(use.answer_address)}">{_text(use.title)}'
        f' {_text(use.answer_number)}</a> (<a href="{quoting}">quote that</a>)'
    )


def _known(link: Link) -> str:
    if not (link.note or link.dealt_with):
        return ""
    dealt_with = f" Dealt with at {_text(link.dealt_with)}." if link.dealt_with else ""
    return f"<strong>{_text(link.note)}{dealt_with}</strong>"


def _keeping(link: Link, desk: Desk) -> str:
    if desk.is_mail:
        return ""
    what = "Change the note" if link.note else "Keep a note on it"
    source = _text(address_of("moderation:source", link.source_id))
    which = unseen(f": {_text(read_address(link.address).text)}")
    return f'<a href="{source}">{what}{which}</a>'


def _alike(found: Iterable[Alike], desk: Desk) -> str:
    others = "; ".join(_other(one, desk) for one in found)
    return f'<p class="card-alike">Much like {others}.</p>\n' if others else ""


def _other(one: Alike, desk: Desk) -> str:
    comment = one.comment
    which = f"#{_text(comment.number)}" if comment.number else "one"
    return (
        f'<a href="{desk.card(comment.pk)}">{which} under “{_text(comment.post.title)}”</a>'
        f" by <bdi>{_text(comment.name)}</bdi> ({_text(comment.status)}, {one.per_cent} %)"
    )
