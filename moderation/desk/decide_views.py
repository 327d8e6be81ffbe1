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
from moderation.desk.deciding import DecideLink, open_link, release_link, use_link
from moderation.desk.record import record_of
from moderation.desk.views import Outcome, carry_out, number_in, of_forms

OFFERED = ("publish", "owe", "answer", "reject", "spam", "remove", "keep", "hold")


@method_decorator(never_cache, name="dispatch")
class DecideView(View):
    """GET shows the comment with its card and record (mail programs open links); POST decides.

    Once decided, by whomever, the page says so and has no buttons; 410 for a link that is forged,
    over, or whose moderator may decide no more. Template: moderation/decide.html; context: `link`,
    `cards`, `log`, `outcome`, `is_decided`.
    """

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        link = open_link(token)
        return self._page(request, link) if link else self._gone(request)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        link = open_link(token)
        chosen = ACTS.get(request.POST.get("act", ""))
        if link is None or chosen is None or chosen.name not in OFFERED:
            return self._gone(request)
        if not comes_from_here(request):
            return self._page(request, link, status=403)
        if link.is_used or not use_link(token):
            said = "This link was used already, and is good once. Nothing was changed."
            return self._page(request, link, Outcome(messages.WARNING, said), status=409)
        version = number_in(request.POST.get("version", ""))
        outcome = carry_out(request, chosen, link.comment_id, version, by=link.user)
        if outcome.entry_id is None:
            release_link(token)
        return self._page(request, link, outcome, is_used=outcome.entry_id is not None)

    def _page(
        self,
        request: HttpRequest,
        link: DecideLink,
        outcome: Outcome | None = None,
        *,
        is_used: bool = False,
        status: int = 200,
    ) -> HttpResponse:
        comment: Any = with_context(Comment.objects.filter(pk=link.comment_id)).get()
        log = record_of(comment)
        [card] = cards([comment])
        asks = comment.status == Status.PENDING or comment.open_reports or card.difference
        is_decided = link.is_used or is_used or not asks
        acts = [] if is_decided else [act for act in card.acts if act.name in OFFERED]
        context = {
            "link": link,
            "cards": [card._replace(acts=acts)],
            "log": log,
            "outcome": outcome,
            "is_decided": is_decided,
            "last": log[-1] if log else None,
            "is_mail": True,
            **of_forms(request),
        }
        return _private(render(request, "moderation/decide.html", context, status=status))

    def _gone(self, request: HttpRequest) -> HttpResponse:
        return _private(render(request, "moderation/decide.html", {"link": None}, status=410))


def _private(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "same-origin"
    return response
