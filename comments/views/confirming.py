"""Confirming a mail address: a page with a button, since mail scanners open links."""

from typing import Any

from django.forms import CharField, Form, HiddenInput
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.generic import TemplateView

from comments import commenters, confirmations
from comments.models import Confirmation
from core.guarded import GuardedFormView, Refused

GONE = "This link has been used, or is older than seven days."
Link = tuple[str, Confirmation | None]  # the token, and what it leads to while it is good


class ConfirmForm(Form):
    """Nothing to fill in."""

    stamp = CharField(required=False, widget=HiddenInput)


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
        return ConfirmForm(data, initial={"stamp": stamp})

    def send(self, about: Link, form: ConfirmForm) -> HttpResponse:
        known = commenters.commenter_of(self.request)
        confirmed = confirmations.confirm(about[0], browser=known)
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
