"""What the cards of one page have in common, made once, and the pieces of HTML that other pages
of the desk show too.
"""

from dataclasses import dataclass
from html import escape
from typing import Any, Final

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from comments.brakes import pace
from comments.models import Brake
from core import site
from core.compiled import Compiled
from core.days import time_html
from core.routes import address_of
from moderation.desk.slowing import has_people_wait
from moderation.models import CannedNote, Clause
from moderation.sources.reading import read_address

HIDDEN: Final = '<input type="hidden" name="{}" value="{}">'
CHOICE: Final = '<button type="submit" name="clause" value="{}">{}</button>'
CLAUSES: Final = Compiled(Clause.objects.current)
CANNED: Final = Compiled(CannedNote.objects.all)
NOBODY_WAITS: Final = "<strong>Nobody waits: the rule “Slow mode” is off.</strong>"
OPTION: Final = '<option value="{}">{}</option>'


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Who looks, what forms hold and choose from, and how much of a card there is.

    In a mail's link (`is_mail`) the forms lead back to it. `on_card`: the page is about the one
    card. `compares`: whether what is likely spam is known by now. `nobody_waits`: slow mode does
    nothing.
    """

    user_id: int | None
    hidden: SafeString  # fields of every form
    clause_options: SafeString
    clause_buttons: SafeString
    canned_options: SafeString
    offers_claims: bool
    nobody_waits: bool
    queue: str
    is_mail: bool = False
    on_card: bool = False
    compares: bool = False
    quoted: str = ""

    def card(self, comment_id: int) -> str:
        """The address of a comment's card, as it may stand in a page."""
        return escape(address_of("moderation:card", comment_id))


def desk_of(request: HttpRequest, place: dict[str, Any], **more: Any) -> Desk:
    """The desk of one request; `place` is where its forms lead back to. Three queries."""
    clauses, canned = CLAUSES.rows(), CANNED.rows()
    hidden = [("csrfmiddlewaretoken", get_token(request)), *place.items()]
    return Desk(
        user_id=request.user.pk,
        hidden=format_html_join("", HIDDEN, hidden),
        clause_options=format_html_join("", OPTION, ((one.pk, one) for one in clauses)),
        clause_buttons=format_html_join(" ", CHOICE, ((one.pk, one) for one in clauses)),
        canned_options=format_html_join("", OPTION, ((one.pk, one) for one in canned)),
        offers_claims=bool(site.current().claim_minutes),
        nobody_waits=not has_people_wait(),
        queue=escape(reverse("moderation:queue")),
        **more,
    )


def slowed_html(brake: Brake, nobody_waits: bool = False) -> SafeString:
    """To what pace something is slowed, since when, until when and why."""
    until = f" until {time_html(brake.until_at)}" if brake.until_at else ""
    why = f": <q>{escape(brake.reason)}</q>" if brake.reason else "."
    slowed = f"to {pace(brake.minutes or 0)}, since {time_html(brake.set_at)}{until}{why}"
    return mark_safe(f"{slowed} {NOBODY_WAITS}" if nobody_waits else slowed)  # noqa: S308


def address_html(address: str) -> SafeString:
    """An address as it is to be read; a long one opens."""
    read = read_address(address)
    written = f"<code>{escape(read.text)}</code>"
    if read.raw_host:
        written += f" (<code>{escape(read.raw_host)}</code>)"
    if read.whole:
        written += (
            ' <details class="whole-address"><summary>All of it</summary>'
            f"<code>{escape(read.whole)}</code></details>"
        )
    return mark_safe(written)  # noqa: S308


def unseen(words: str) -> str:
    """Safe HTML for those who hear the page."""
    return f'<span class="visually-hidden">{words}</span>'


def counted(number: int, what: str) -> str:
    """A number of things whose plural has an s."""
    return f"{number} {what}{'' if number == 1 else 's'}"
