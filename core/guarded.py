"""The base of public forms: guarded without a cookie, and nobody's text is ever lost."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import (
    BadRequest,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from core.guards import STAMP_MAX_AGE, comes_from_here, is_stamped, make_stamp, stamped_at

logger = logging.getLogger(__name__)

ELSEWHERE = "This form did not come from this site. Nothing is lost: please send it from here."
EXPIRED = (
    "This form is older than 30 days, or was made for another place. Nothing is lost: please send"
    " it again."
)
TOO_BIG = (
    "This was too big to be read, and nothing was stored. The text can't be shown here: your"
    " browser still has it, as a draft where scripts run, else behind its Back button."
)
UNREADABLE = (
    "What arrived could not be read as this form, and nothing was stored. Your browser still has"
    " the text, as a draft where scripts run, else behind its Back button."
)
UNAVAILABLE = "This could not be stored just now. Nothing is lost: please send it again."


def read_body(request: HttpRequest) -> str:
    """Have Django read the fields of a form; empty, or the sentence for its sender why it can't.

    Then `request.POST` is empty and can be asked without a fault.
    """
    try:
        _ = request.POST
    except (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent):
        problem = TOO_BIG
    except (BadRequest, MultiPartParserError, SuspiciousOperation, UnreadablePostError):
        problem = UNREADABLE
    else:
        return ""
    request.POST = QueryDict()
    return problem


class Refused(Exception):
    """What `send` can't do; the form comes back with this sentence and HTTP status."""

    def __init__(self, problem: str, status: int) -> None:
        super().__init__(problem)
        self.status = status


class GuardedFormView(View):
    """POST: guards, then the form's own shape, then `send`; GET: the empty form.

    Whatever goes wrong, the form comes back as it was filled in, with a stamp for the next try.
    Where what it was for is gone by now (404, core/gone.html), or the database away (503,
    core/kept.html), at least the text does. A subclass names the stamp's `purpose` and says the
    rest in `find`, `make_form`, `send`, `page`;
    `about` is what `find` returned: what the form is for.
    """

    purpose: ClassVar[str]

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., HttpResponseBase]:
        # Not on dispatch, where a subclass with its own would lose them without a word.
        view = never_cache(super().as_view(**initkwargs))
        return csrf_exempt(view)  # the stamp and Origin stand in: core.guards

    def find(self, *args: Any, **kwargs: Any) -> Any:
        """What the address, by the parts that its route captures, leads to; or Http404."""
        raise NotImplementedError

    def subject(self, about: Any) -> int:
        """What the stamp is bound to."""
        raise NotImplementedError

    def make_form(self, about: Any, data: dict[str, Any] | None, stamp: str) -> forms.Form:
        """The form, filled in with `data` or empty; it holds `stamp` in a hidden field."""
        raise NotImplementedError

    def send(self, about: Any, form: Any) -> HttpResponse:
        """Do what a valid form asks for, and answer: with a redirect, if anything was stored.

        May raise Refused, and whatever the database raises.
        """
        raise NotImplementedError

    def page(self, about: Any, form: Any, *, problem: str = "", status: int = 200) -> HttpResponse:
        """The page with the form; `problem` is empty or a sentence to show above it."""
        raise NotImplementedError

    def mistaken(self, about: Any, form: Any) -> HttpResponse:
        """The page with a form whose fields have errors."""
        return self.page(about, form, status=400)

    def get(self, request: HttpRequest, **where: Any) -> HttpResponse:
        about = self.find(**where)
        return self.page(about, self.make_form(about, None, self._fresh_stamp(about)))

    def post(self, request: HttpRequest, **where: Any) -> HttpResponse:
        try:
            return self._judge(request, **where)
        except Http404:
            if not read_body(request) and (text := request.POST.get("text", "").strip()):
                return render(request, "core/gone.html", {"text": text}, status=404)
            raise
        except Error:
            if read_body(request):
                raise
            logger.exception("A form could not even be looked at.")
            return _kept(request.POST)

    def _judge(self, request: HttpRequest, **where: Any) -> HttpResponse:
        about = self.find(**where)
        if problem := read_body(request):
            form = self.make_form(about, None, self._fresh_stamp(about))
            status = 413 if problem == TOO_BIG else 400
            return self.page(about, form, problem=problem, status=status)
        stamp = self._next_stamp(about)
        form = self.make_form(about, {**request.POST.dict(), "stamp": stamp}, stamp)
        if problem := self._suspicion(about):
            return self.page(about, form, problem=problem, status=403)
        if not form.is_valid():
            return self.mistaken(about, form)
        try:
            return self.send(about, form)
        except Refused as refusal:
            return self.page(about, form, problem=str(refusal), status=refusal.status)
        except Error:
            logger.exception("A form could not be stored.")
            return self.page(about, form, problem=UNAVAILABLE, status=503)

    def _next_stamp(self, about: Any) -> str:
        """For a form that comes back: the one it was sent with, while that holds for another day.

        So that the stamp says when the writer first had the form, however often it came back.
        """
        posted: str = self.request.POST.get("stamp", "")
        made_at = stamped_at(posted, self.purpose, self.subject(about))
        last = timezone.now() - timedelta(seconds=STAMP_MAX_AGE) + timedelta(days=1)
        return posted if made_at and made_at > last else self._fresh_stamp(about)

    def _fresh_stamp(self, about: Any) -> str:
        return make_stamp(self.purpose, self.subject(about))

    def _suspicion(self, about: Any) -> str:
        if not comes_from_here(self.request):
            return ELSEWHERE
        if not is_stamped(self.request.POST.get("stamp", ""), self.purpose, self.subject(about)):
            return EXPIRED
        return ""


def _kept(typed: QueryDict) -> HttpResponse:
    """What was sent, to be sent again: a page that asks the database nothing, its menu included."""
    fields = [(name, value) for name, values in typed.lists() for value in values]
    context = {
        "problem": UNAVAILABLE,
        "text": typed.get("text"),
        "others": [(name, value) for name, value in fields if name not in {"text", "preview"}],
    }
    return HttpResponse(render_to_string("core/kept.html", context), status=503)
