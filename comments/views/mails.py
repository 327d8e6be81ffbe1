"""What the links in mails lead to: a button that stops some, and a page of preferences.

Mail scanners open links: nothing happens by opening one.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from blog.models import Post
from comments import subscriptions
from comments.mail_forms import PreferencesForm
from comments.mail_kinds import MailKind
from comments.models import Commenter, Mute, Subscription
from comments.private_links import (
    ALL,
    CONVERSATION,
    DAILY,
    Unsubscription,
    commenter_of_preferences,
    preferences_address,
    read_unsubscription,
)
from core.guarded import GuardedFormView


class UnsubscribeView(View):
    """GET: what the link stops, with a button. POST: it is stopped; again, it still is.

    The POST may come from a mail program, without a cookie, a stamp or an Origin of this site
    (RFC 8058): the link itself proves enough, and is answered without a redirect. Template:
    comments/unsubscribe.html; context: `what`, `is_done`, `preferences_url`.
    """

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., HttpResponseBase]:
        return csrf_exempt(never_cache(super().as_view(**initkwargs)))

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self._page(_asked(token), is_done=False)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        asked = _asked(token)
        subscriptions.unsubscribe(asked)
        return self._page(asked, is_done=True)

    def _page(self, asked: Unsubscription, *, is_done: bool) -> HttpResponse:
        commenter = Commenter.objects.filter(pk=asked.commenter_id).first()
        context = {
            "what": _in_words(asked),
            "is_done": is_done,
            "preferences_url": preferences_address(commenter) if commenter else "",
        }
        return _unlisted(render(self.request, "comments/unsubscribe.html", context))


class Wishes(NamedTuple):
    """A commenter with what may be ended."""

    commenter: Commenter
    follows: list[Subscription]
    mutes: list[Mute]


class PreferencesView(GuardedFormView):
    """Which mails a commenter gets. `?saved` says that they were.

    Template: comments/preferences.html; context: `commenter`, `form`, `problem`, `is_saved`.
    """

    purpose = "mail preferences"

    def find(self, *, token: str) -> Wishes:
        pk = commenter_of_preferences(token)
        if pk is None:
            raise Http404
        commenter = get_object_or_404(Commenter.objects.exclude(confirmed_at=None), pk=pk)
        follows = commenter.subscriptions.select_related("post", "branch__post").order_by("pk")
        mutes = commenter.mutes.select_related("post").order_by("pk")
        return Wishes(commenter, list(follows), list(mutes))

    def subject(self, about: Wishes) -> int:
        return about.commenter.pk

    def make_form(self, about: Wishes, data: dict[str, Any] | None, stamp: str) -> PreferencesForm:
        chosen = self.request.POST.copy() if data is not None else None
        if chosen is not None:
            chosen["stamp"] = stamp
        return PreferencesForm(chosen, **about._asdict(), stamp=stamp)

    def send(self, about: Wishes, form: PreferencesForm) -> HttpResponse:
        subscriptions.set_frequencies(about.commenter, form.frequencies)
        ended = form.cleaned_data.get("unfollow", [])
        about.commenter.subscriptions.filter(pk__in=ended).delete()
        about.commenter.mutes.filter(pk__in=form.cleaned_data.get("unmute", [])).delete()
        return redirect(f"{reverse('comments:preferences', kwargs=self.kwargs)}?saved=1")

    def page(
        self, about: Wishes, form: PreferencesForm, *, problem: str = "", status: int = 200
    ) -> HttpResponse:
        context = {
            "commenter": about.commenter,
            "form": form,
            "problem": problem,
            "is_saved": not form.is_bound and "saved" in self.request.GET,
        }
        return _unlisted(render(self.request, "comments/preferences.html", context, status=status))


def _asked(token: str) -> Unsubscription:
    asked = read_unsubscription(token)
    if asked is None:
        raise Http404
    return asked


def _in_words(asked: Unsubscription) -> str:
    """What is stopped, as the end of "No more mails …"."""
    if asked.scope == CONVERSATION:
        post = Post.objects.filter(pk=asked.post_id).first()
        return f"about the conversation on “{post.title}”" if post else "about that conversation"
    if asked.scope == ALL:
        return "about comments at all"
    if asked.scope == DAILY:
        return "of the daily kind"
    return f"of this kind: {MailKind(asked.scope).in_a_sentence}"


def _unlisted(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex"
    return response
