"""The HTML of cards, written here and nowhere else.

By hand, since the template engine took most of the time of the queue. Every value goes through
`_text` on its way in, but for what is safe already: the HTML of a text (comments.markup, marking),
what forms choose from (page_html), numbers, and addresses made of numbers.
"""

from collections.abc import Iterable, Sequence
from html import escape as _text
from typing import Any

from django.template.defaultfilters import linebreaksbr, timesince_filter
from django.utils.html import linebreaks
from django.utils.safestring import SafeString, mark_safe

from comments.models import Comment
from comments.status import Status
from core.days import clock, day, time_html
from core.differences import Piece
from core.routes import address_of
from moderation.desk.acts_html import acts_html
from moderation.desk.cards import Card
from moderation.desk.evidence_html import cited, evidence_html
from moderation.desk.page_html import Desk, counted, slowed_html, unseen
from moderation.desk.writers import Record
from moderation.models import Claim, Clause, FollowUp, Report

MARKS = {"gone": "<del>{}</del>", "new": "<ins>{}</ins>", "same": "{}"}


def cards_html(cards: Iterable[Card], desk: Desk) -> SafeString:
    """Each card; empty for none. No query of its own."""
    return mark_safe("\n".join(_card(card, desk) for card in cards))  # noqa: S308


def _card(card: Card, desk: Desk) -> str:
    comment: Any = card.comment
    return (
        f'<article class="card" id="card-{comment.pk}" tabindex="-1" data-card="{comment.pk}"'
        f' data-address="{desk.card(comment.pk)}">\n'
        f"{_header(comment, desk)}{_parent(comment, desk)}{_brakes(comment, desk)}"
        f'<div class="card-text" dir="auto">{card.html}</div>\n'
        f"{_difference('What changed', card.difference)}"
        f"{_difference('What its page says by now', card.new_text)}"
        f"{_appeal(comment)}{evidence_html(card, desk)}{_person(comment, card.writer, desk)}"
        f"{''.join(_owed(one, comment, desk) for one in comment.owed)}{_reports(card.reports)}"
        f"{acts_html(card, desk)}\n</article>"
    )


def _header(comment: Any, desk: Desk) -> str:
    mail = f"<span><bdi>{_text(comment.mail)}</bdi></span>\n" if comment.mail else ""
    asks = comment.status == Status.PENDING or comment.open_reports
    return (
        f"<header>\n{_tick(comment, desk)}"
        f'<h2><a href="{desk.card(comment.pk)}"><bdi>{_text(comment.name)}</bdi></a></h2>\n{mail}'
        f"<span>{_text(comment.get_status_display())}{_number(comment)}</span>\n"
        f"{time_html(comment.submitted_at)}\n"
        f'<span>on <a href="{_text(comment.post.get_absolute_url())}">{_text(comment.post.title)}'
        f'</a> (<a href="{desk.queue}?status=all&amp;post={comment.post_id}">its comments</a>)'
        f"</span>\n{_claim(comment, desk) if asks else ''}</header>\n"
    )


def _tick(comment: Comment, desk: Desk) -> str:
    if desk.on_card or desk.is_mail:
        return ""
    return (
        '<input type="checkbox" class="card-tick" form="ticked" name="ticked"'
        f' value="{comment.pk}:{comment.version}"'
        f' aria-label="Tick the comment by {_text(comment.name)}">\n'
    )


def _number(comment: Comment) -> str:
    if not comment.number:
        return ""
    return f', <a href="{_text(comment.get_absolute_url())}">#{_text(comment.number)}</a>'


def _claim(comment: Comment, desk: Desk) -> str:
    claim: Claim | None = getattr(comment, "claim", None)
    claim = claim if claim and claim.is_in_force else None
    is_own = claim is not None and claim.claimed_by_id == desk.user_id
    offered = desk.offers_claims and not desk.is_mail and (claim is None or is_own)
    said = _claimed(claim, is_own) if claim else ""
    return f"{said}{_claiming(comment, desk, is_own) if offered else ''}"


def _claimed(claim: Claim, is_own: bool) -> str:
    who = "You are" if is_own else f"<bdi>{_text(claim.claimed_by.get_username())}</bdi> is"
    since = time_html(claim.claimed_at, clock(claim.claimed_at))
    return f'<span class="card-claimed">{who} on it since {since}.</span>\n'


def _claiming(comment: Comment, desk: Desk, is_own: bool) -> str:
    let_go = '<input type="hidden" name="let_go" value="1">' if is_own else ""
    return (
        f'<form method="post" class="card-claim" action="{desk.card(comment.pk)}claim/">'
        f'{desk.hidden}{let_go}<button type="submit" data-key="c">'
        f"{'Not any more' if is_own else 'I&rsquo;m on it'}"
        f"{unseen(f' (the comment by <bdi>{_text(comment.name)}</bdi>)')}</button></form>\n"
    )


def _parent(comment: Comment, desk: Desk) -> str:
    parent = comment.parent
    if parent is None:
        return ""
    number = f"#{_text(parent.number)} by " if parent.number else ""
    status = "" if parent.is_published else f" ({_text(parent.get_status_display())})"
    whose = unseen(f": what <bdi>{_text(comment.name)}</bdi> replies to")
    return (
        f'<details class="card-parent"{" open" if comment.status == Status.PENDING else ""}>\n'
        f"<summary>In reply to {number}<bdi>{_text(parent.name)}</bdi>{status}</summary>\n"
        f'<div dir="auto">{parent.text_as_html}</div>\n'
        f'<p><a href="{desk.card(parent.pk)}">Its card{whose}</a></p>\n</details>\n'
    )


def _brakes(comment: Any, desk: Desk) -> str:
    lock, slow = comment.lock, comment.slow
    locked = slowed = ""
    if lock:
        until = f" until {time_html(lock.until_at)}" if lock.until_at else ""
        since = f"since {time_html(lock.set_at)}{until}: <q>{_text(lock.reason)}</q>"
        locked = _brake(comment, lock, "locked", since, desk)
    if slow:
        slowed = _brake(comment, slow, "slowed", slowed_html(slow, desk.nobody_waits), desk)
    return locked + slowed


def _brake(comment: Comment, brake: Any, what: str, terms: str, desk: Desk) -> str:
    where = f"The branch from here is {what}"
    if brake.head_id != comment.pk:
        number = brake.head_number
        head = f"#{_text(number)}" if number else "a comment without a number"
        where = (
            f'In the branch from <a href="{desk.card(brake.head_id)}">{head}</a>, which is {what}'
        )
    return f'<p class="card-lock">{where} {terms}</p>\n'


def _difference(title: str, pieces: Sequence[Piece]) -> str:
    if not pieces:
        return ""
    words = "".join(MARKS[piece.kind].format(_text(piece.text)) for piece in pieces)
    return (
        f'<section class="card-difference" aria-label="{title}">\n<h3>{title}</h3>\n'
        f'<p dir="auto">{words}</p>\n</section>\n'
    )


def _appeal(comment: Comment) -> str:
    appeal = getattr(comment, "appeal", None)
    if appeal is None:
        return ""
    return (
        '<section class="card-appeal" aria-label="Appeal">\n'
        f"<h3>Appeal, {time_html(appeal.made_at)}</h3>\n"
        f'<div dir="auto">{linebreaks(appeal.text, autoescape=True)}</div>\n</section>\n'
    )


def _person(comment: Comment, writer: Record, desk: Desk) -> str:
    network = f" Address hash <code>{_text(comment.network[:8])}</code>." if comment.network else ""
    return (
        f'<p class="card-person">By this {writer.by}: <a href="{desk.queue}?status=all&amp;person='
        f'{comment.pk}">{writer.published} published, {writer.rejected} rejected</a>'
        f"{_elsewhere(writer)}{network}{_known(writer)}</p>\n"
    )


def _elsewhere(writer: Record) -> str:
    """What else became of that person's comments, and the other names on them."""
    clauses = ", ".join(f"{_text(clause)}: {times}" for clause, times in writer.clauses)
    others = {"removed": writer.removed, "spam": writer.spam, "waiting": writer.waiting}
    more = "".join(f", {number} {what}" for what, number in others.items() if number)
    names = ", ".join(f"<bdi>{_text(name)}</bdi>" for name in writer.names)
    return f"{f' ({clauses})' if clauses else ''}{more}.{f' Also as {names}.' if names else ''}"


def _known(writer: Record) -> str:
    """Sanctions and notes."""
    sanctions = "".join(
        f" <strong>{_text(one.get_effect_display())}, {_text(one.where)}.</strong>"
        for one in writer.sanctions
    )
    notes = (
        f" <q>{_text(note.text)}</q>"
        + (f" ({_text(note.made_by.get_username())})" if note.made_by else "")
        for note in writer.notes
    )
    return sanctions + "".join(notes)


def _owed(owed: FollowUp, comment: Comment, desk: Desk) -> str:
    is_own = owed.owed_by_id == desk.user_id
    who = "You owe" if is_own else f"<bdi>{_text(owed.owed_by.get_username())}</bdi> owes"
    ago = _text(timesince_filter(owed.owed_at))
    since = f"{time_html(owed.owed_at, day(owed.owed_at))} ({ago})"
    until = f", put off until {_text(day(owed.snoozed_until))}" if owed.snoozed_until else ""
    forms = _paying(owed, comment, desk) if is_own and not desk.is_mail else ""
    return f'<div class="card-owed">\n<p>{who} a reply since {since}{until}.</p>\n{forms}</div>\n'


def _paying(owed: FollowUp, comment: Comment, desk: Desk) -> str:
    snooze, drop = (_text(address_of(f"moderation:{name}", owed.pk)) for name in ("snooze", "drop"))
    whose = unseen(f": no reply to <bdi>{_text(comment.name)}</bdi>")
    return (
        f'<form method="post" action="{snooze}">{desk.hidden}<label for="snooze-{owed.pk}">Put off'
        f' for days</label> <input type="number" id="snooze-{owed.pk}" name="days" value="21"'
        ' min="1" max="365" required> <button type="submit">Put off</button></form>\n'
        f'<form method="post" action="{drop}">{desk.hidden}<button type="submit">Drop it{whose}'
        "</button></form>\n"
    )


def _reports(reports: Sequence[tuple[Report, Clause | None]]) -> str:
    if not reports:
        return ""
    lines = "".join(_report(report, clause) for report, clause in reports)
    return (
        '<section class="card-reports" aria-label="Reports">\n'
        f"<h3>{counted(len(reports), 'report')}</h3>\n<ul>\n{lines}\n</ul>\n</section>\n"
    )


def _report(report: Report, clause: Clause | None) -> str:
    about = cited(clause, "Clause") if clause else _text(report.get_reason_display())
    text = f"<br>{linebreaksbr(report.text)}" if report.text else ""
    return f"<li><strong>{about}</strong>, {time_html(report.reported_at)}{text}</li>"
