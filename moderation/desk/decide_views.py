"""The page that a mail's link leads to: it shows everything, and only its button decides."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from comments.models import Comment
from comments.status import Status
from core.guards import comes_from_here
from moderation.desk.acts import ACTS
from moderation.desk.cards import cards, with_context
from moderation.desk.deciding import DecideLink, note_use, open_link, release_link, use_link
from moderation.desk.page_html import desk_of
from moderation.desk.record import record_of
from moderation.desk.undoing import undoable
from moderation.desk.views import Outcome, carry_out, number_in, take_back, written

UNDO = "undo"
DECISIVE = ("publish", "owe", "answer", "reject", "spam", "remove", "keep", "hold")
# What leaves the comment to be decided on uses no link up, and is ended by its own opposite.
OFFERED = (*DECISIVE, *(act.name for act in ACTS.values() if act.of_branch))


@method_decorator(never_cache, name="dispatch")
class DecideView(View):
    """GET shows the comment with its card and record (mail programs open links); POST decides.

    Until then a branch can be locked or slowed, and that ended, as often as need be. Once decided,
    by whomever, the page says so and has no buttons but one: what was decided by this link can be
    taken back by it. 410 for a link that is forged, over, or whose moderator may
    decide no more. Template: moderation/decide.html; context: `link`, `cards`, `log`, `outcome`,
    `is_decided`, `undoable` (the rows that this link can take back), `to_undo` (the one of them).
    """

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        link = open_link(token)
        return self._page(request, link) if link else self._gone(request)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        link, act = open_link(token), request.POST.get("act", "")
        if link is None or act not in {*OFFERED, UNDO}:
            return self._gone(request)
        if not comes_from_here(request):
            return self._page(request, link, status=403)
        return self._undo(request, token, link) if act == UNDO else self._act(request, token, link)

    def _act(self, request: HttpRequest, token: str, link: DecideLink) -> HttpResponse:
        version = number_in(request.POST.get("version", ""))
        chosen = ACTS[request.POST["act"]]
        if chosen.of_branch and not link.is_used:
            done = carry_out(request, chosen, link.comment_id, version, by=link.user)
            return self._page(request, link, done)
        if link.is_used or not use_link(token):
            said = "This link was used already, and is good once. Nothing was changed."
            return self._page(request, link, Outcome(messages.WARNING, said), status=409)
        outcome = None
        try:
            outcome = carry_out(request, chosen, link.comment_id, version, by=link.user)
        finally:  # whatever was raised, a clause that is not there say, decided nothing
            if outcome is None or outcome.level != messages.SUCCESS:
                release_link(token)
        if outcome.level == messages.SUCCESS:
            note_use(token, outcome.entry_id)
        return self._page(request, open_link(token) or link, outcome)

    def _undo(self, request: HttpRequest, token: str, link: DecideLink) -> HttpResponse:
        """Only what was decided by this very link; that is good again then."""
        if link.entry_id is None:
            said = "Nothing that was decided by this link is to be taken back."
            return self._page(request, link, Outcome(messages.WARNING, said), status=409)
        outcome = take_back(link.entry_id, by=link.user)
        if outcome.level == messages.SUCCESS:
            release_link(token)
        return self._page(request, open_link(token) or link, outcome)

    def _page(
        self,
        request: HttpRequest,
        link: DecideLink,
        outcome: Outcome | None = None,
        *,
        status: int = 200,
    ) -> HttpResponse:
        comment: Any = with_context(Comment.objects.filter(pk=link.comment_id)).get()
        log = record_of(comment)
        [card] = cards([comment])
        asks = comment.status == Status.PENDING or comment.open_reports or card.difference
        is_decided = link.is_used or not asks
        acts = [] if is_decided else [act for act in card.acts if act.name in OFFERED]
        own = [line.entry for line in log if line.entry.pk == link.entry_id]
        can_be = undoable([line.entry for line in log]) & {entry.pk for entry in own}
        shown = [card._replace(acts=acts)]
        context = {
            "link": link,
            "cards": shown,
            "log": log,
            "outcome": outcome,
            "went_well": outcome is not None and outcome.level == messages.SUCCESS,
            "is_decided": is_decided,
            "undoable": can_be,
            "to_undo": own[0] if can_be else None,
            "last": log[-1] if log else None,
            **written(shown, desk_of(request, {}, is_mail=True)),
        }
        return _private(render(request, "moderation/decide.html", context, status=status))

    def _gone(self, request: HttpRequest) -> HttpResponse:
        return _private(render(request, "moderation/decide.html", {"link": None}, status=410))


def _private(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "same-origin"
    return response
