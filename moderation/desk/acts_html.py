"""The HTML of a card's forms, written here and nowhere else: a form for each act of the table.

By hand, since the template engine took three milliseconds for those of one card.
"""

from html import escape as _text
from typing import Final

from django.utils import dateformat, timezone
from django.utils.safestring import SafeString, mark_safe

from comments.models import Brake, Comment
from moderation.desk.acts import DeskAct
from moderation.desk.cards import Card
from moderation.desk.page_html import NOBODY_WAITS, Desk, unseen

NO_CLAUSE: Final = '<option value="">None</option>'
FIELD: Final = r"Y-m-d\TH:i"  # as a browser's field takes a day and time
WHY_LOCKED: Final = "Why? Readers see it at the head of the branch."
WHY_SLOWED: Final = "Why? Readers see it at the head of the branch and above the form."
# What a form that sets or changes a brake asks for.
WHY: Final = {
    "lock": (
        "Why? Readers see it at the head of the branch; below it they find no links to reply. What"
        " waits goes on waiting; staff can reply."
    ),
    "relock": WHY_LOCKED,
    "slow": WHY_SLOWED,
    "reslow": WHY_SLOWED,
}


def acts_html(card: Card, desk: Desk) -> str:
    """A form for each act that the card offers."""
    place = desk.card(card.comment.pk)
    forms = "\n".join(_form(act, card.comment, place, desk) for act in card.acts)
    return f'<div class="card-acts">\n{forms}\n</div>'


def _form(act: DeskAct, comment: Comment, place: str, desk: Desk) -> str:
    stays = " data-stays" if act.of_branch else ""
    leads = "" if desk.is_mail else f' action="{place}{act.name}/"'
    css = ' class="card-words"' if act.has_words else ""
    named = f'<input type="hidden" name="act" value="{act.name}">\n' if desk.is_mail else ""
    return (
        f'<form method="post"{stays}{leads}{css}>\n'
        f'{named}{desk.hidden}<input type="hidden" name="version" value="{comment.version}">\n'
        f"{(_words if act.has_words else _button)(act, comment, desk)}\n</form>"
    )


def _button(act: DeskAct, comment: Comment, desk: Desk) -> str:
    owes = act.name == "owe" and not comment.is_published
    label = "Publish, owe a reply" if owes else act.label
    whose = unseen(f" (the comment by <bdi>{_text(comment.name)}</bdi>)")
    return (
        f'<button type="submit" class="act-{act.name}" data-key="{act.key}">{_text(label)}{whose}'
        f"</button>\n{_beside(act, comment, desk)}"
    )


def _beside(act: DeskAct, comment: Comment, desk: Desk) -> str:
    """What may be chosen or written with an act that a button carries out."""
    if "note" in act.takes:
        fields = _note(comment.pk, desk)
    elif act.takes and desk.clause_options:
        fields = _clause(f"{act.name}-{comment.pk}", desk)
    else:
        return ""
    return f'<details class="card-note"><summary>{_text(act.summary)}</summary>{fields}</details>'


def _note(key: int, desk: Desk) -> str:
    return (
        f"{_canned(key, desk)}"
        f'<label for="note-{key}">To its writer, on their private page</label>'
        f'<textarea id="note-{key}" name="note" rows="3" maxlength="1000"></textarea>'
        f"{_by_clause(key, desk)}"
    )


def _canned(key: int, desk: Desk) -> str:
    if not desk.canned_options:
        return ""
    return (
        f'<label for="canned-{key}">A note that is kept</label>'
        f'<select id="canned-{key}" name="canned">{NO_CLAUSE}{desk.canned_options}</select>'
    )


def _by_clause(key: int, desk: Desk) -> str:
    if not desk.clause_buttons:
        return ""
    return (
        f'<div class="card-clauses" role="group" aria-labelledby="clauses-{key}">'
        f'<p id="clauses-{key}">Reject by a clause of the policy, told to its writer:</p>'
        f"{desk.clause_buttons}</div>"
    )


def _clause(key: str, desk: Desk, told: str = "told to its writer", now: str = "") -> str:
    if not desk.clause_options:
        return ""
    return (
        f'<label for="clause-{key}">Clause of the policy, {told}</label>'
        f'<select id="clause-{key}" name="clause">{NO_CLAUSE}{now}{desk.clause_options}</select>'
    )


def _words(act: DeskAct, comment: Comment, desk: Desk) -> str:
    """The fields of an act that is opened to be filled in first, and its button."""
    is_answer = act.name == "answer"
    is_open = " open" if is_answer and desk.quoted else ""
    label = "Reply" if is_answer and comment.is_published else act.label
    return (
        f'<details{is_open}><summary data-key="{act.key}">{_text(act.summary)}</summary>\n'
        f"{_fields(act, comment, desk)}\n"
        f'<button type="submit" class="act-{act.name}">{_text(label)}'
        f"{unseen(f' (<bdi>{_text(comment.name)}</bdi>)')}</button>\n</details>"
    )


def _fields(act: DeskAct, comment: Comment, desk: Desk) -> str:
    if act.name == "answer":
        return _answer(comment, desk)
    if act.name in WHY:
        key = f"{act.name}-{comment.pk}"
        return _brake(key, WHY[act.name], desk, _changed(act, comment), "minutes" in act.takes)
    return _redaction(act, comment, desk)


def _changed(act: DeskAct, comment: Comment) -> Brake | None:
    """What the act changes; None for one that sets what was not there."""
    known: dict[str, Brake | None] = {"relock": comment.lock, "reslow": comment.slow}
    return known.get(act.name)


def _answer(comment: Comment, desk: Desk) -> str:
    key = comment.pk
    goes_with = "" if comment.is_published else "; the comment is published with it"
    return (
        f'<label for="answer-{key}">Your reply{goes_with}</label>\n'
        f'<textarea id="answer-{key}" name="text" rows="6" required>{_text(desk.quoted)}</textarea>'
    )


def _redaction(act: DeskAct, comment: Comment, desk: Desk) -> str:
    key = comment.pk
    return (
        f'<label for="redact-{key}">Delete what has to go. Readers see a mark in its place; the'
        " original is kept for its writer and for you.</label>\n"
        f'<textarea id="redact-{key}" name="text" rows="8" required dir="auto">'
        f"{_text(comment.text)}</textarea>\n"
        f"{_clause(f'{act.name}-{key}', desk)}\n"
        f'<label for="redact-note-{key}">To its writer</label>\n'
        f'<textarea id="redact-note-{key}" name="note" rows="2" maxlength="1000"></textarea>'
    )


def slow_mode_fields(desk: Desk, brake: Brake | None) -> SafeString:
    """Those of a whole conversation; `brake` is the slow mode that it has."""
    why = "Why? Readers see it above the form."
    return mark_safe(_brake("post", why, desk, brake, is_slow=True))  # noqa: S308


def _brake(key: str, why: str, desk: Desk, brake: Brake | None, is_slow: bool) -> str:
    ended = "ended" if is_slow else "unlocked"
    return (
        f"{_which(brake)}{_minutes(key, brake, desk) if is_slow else ''}"
        f'<label for="why-{key}">{why}</label>\n'
        f'<textarea id="why-{key}" name="why" rows="2" maxlength="300" required>'
        f"{_text(brake.reason) if brake else ''}</textarea>\n"
        f'<label for="until-{key}">Until (empty: until it is {ended} here)</label>\n'
        f'<input type="datetime-local" id="until-{key}" name="until"{_until(brake)}>\n'
        f"{_clause(key, desk, 'named to readers', _same(brake))}"
    )


def _which(brake: Brake | None) -> str:
    return f'<input type="hidden" name="brake" value="{brake.pk}">\n' if brake else ""


def _minutes(key: str, brake: Brake | None, desk: Desk) -> str:
    in_vain = f"<p>{NOBODY_WAITS}</p>\n" if desk.nobody_waits else ""
    return (
        f'{in_vain}<label for="minutes-{key}">'
        "One comment for each person in so many minutes</label>\n"
        f'<input type="number" id="minutes-{key}" name="minutes" min="1" max="10080" required'
        f' value="{brake.minutes if brake else 30}">\n'
    )


def _until(brake: Brake | None) -> str:
    if not brake or not brake.until_at:
        return ""
    local = timezone.localtime(brake.until_at)
    return f' value="{dateformat.format(local, FIELD)}"'


def _same(brake: Brake | None) -> str:
    if not brake or not brake.clause_id:
        return ""
    return f'<option value="{brake.clause_id}" selected>The same as now</option>'
