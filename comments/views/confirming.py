"""Confirming a mail address: a page with a button, since mail scanners open links."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.generic import TemplateView

from comments import commenters, confirmations
from comments.confirmations import Wishes
from comments.mail_forms import ConfirmForm
from comments.mail_kinds import Frequency
from comments.models import Confirmation
from core.guarded import GuardedFormView, Refused

GONE = "This link has been used, or is older than seven days."
Link = tuple[str, Confirmation | None]  # the token, and what it leads to while it is good


class ConfirmView(GuardedFormView):
    """The link in the mail: GET shows the address and a button, the press confirms it, once.

    Template: comments/confirm.html; context: `confirmation` (None when the link is no longer
    good), `form`, `problem`.
    """

    purpose = "confirm"

    def find(self, *, token: str) -> Link:
        return token, confirmations.find(token)

    def subject(self, about: Link) -> int:
        return about[1].pk if about[1] else 0

    def make_form(self, about: Link, data: dict[str, Any] | None, stamp: str) -> ConfirmForm:
        often = confirmations.wished_before(about[1].mail) if about[1] else Frequency.INSTANT
        return ConfirmForm(
            data, initial={"stamp": stamp, "often": often, "follow": ""}, auto_id="confirm-%s"
        )

    def send(self, about: Link, form: ConfirmForm) -> HttpResponse:
        known = commenters.commenter_of(self.request)
        often, follow = (form.cleaned_data[name] for name in ("often", "follow"))
        wishes = Wishes(often=Frequency(often) if often else None, follow=follow)
        confirmed = confirmations.confirm(about[0], browser=known, wishes=wishes)
        if confirmed is None:
            raise Refused(GONE, 410)
        response = redirect(reverse("comments:confirmed"))
        if confirmed.remember:
            commenters.remember(self.request, response, confirmed.commenter)
        return response

    def page(
        self, about: Link, form: ConfirmForm, *, problem: str = "", status: int = 200
    ) -> HttpResponse:
        confirmation = about[1]
        if confirmation is None:
            problem, status = GONE, 410
        context = {"confirmation": confirmation, "form": form, "problem": problem}
        response = render(self.request, "comments/confirm.html", context, status=status)
        response["X-Robots-Tag"] = "noindex"
        return response


class ConfirmedView(TemplateView):
    """Says that it worked; the same for everybody. Template: comments/confirmed.html."""

    template_name = "comments/confirmed.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex"
        return response
