"""What readers see of moderation: the form to report a comment."""

from datetime import timedelta
from math import ceil
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views import View

from comments.errors import CommentError
from comments.models import Comment
from comments.views.reading import public_comment
from core import ratelimit
from core.guarded import GuardedFormView, Refused
from core.network import network_digest
from core.site import current
from moderation.forms import ReportForm
from moderation.reports import NothingToReport, report_comment

REPORTS_AT_MOST: Final = 10
REPORTS_WITHIN: Final = timedelta(hours=1)


class ReportView(GuardedFormView):
    """`<comment's permalink>report/`: say what is wrong with a comment.

    Template: moderation/report.html; context: `comment`, `form`, `form_url`, `problem`.
    """

    purpose = "report"

    def find(self, *, kind: str, slug: str, number: str) -> Comment:
        return public_comment(kind, slug, number)

    def subject(self, about: Comment) -> int:
        return about.pk

    def make_form(self, about: Comment, data: dict[str, Any] | None, stamp: str) -> ReportForm:
        return ReportForm(data, initial={"stamp": stamp})

    def send(self, about: Comment, form: ReportForm) -> HttpResponse:
        network = network_digest(self.request)
        _require_within_limit(network)
        words: dict[str, Any] = {
            name: form.cleaned_data.get(name) for name in ("reason", "text", "clause")
        }
        try:
            report_comment(comment_id=about.pk, reporter=network, **words)
        except CommentError as error:
            raise Refused(str(error), 409) from error
        return redirect(_address("sent", about))

    def page(
        self, about: Comment, form: ReportForm, *, problem: str = "", status: int = 200
    ) -> HttpResponse:
        context = {
            "comment": about,
            "form": form,
            "form_url": _address("report", about),
            "problem": problem or ("" if about.is_published else str(NothingToReport())),
        }
        return render(self.request, "moderation/report.html", context, status=status)


class ReportSentView(View):
    """Thanks, and what happens now. Template: moderation/report_sent.html; context: `comment`."""

    def get(self, request: HttpRequest, kind: str, slug: str, number: str) -> HttpResponse:
        context = {
            "comment": public_comment(kind, slug, number),
            "reports_to_hold": current().reports_to_hold,
        }
        return render(request, "moderation/report_sent.html", context)


def _require_within_limit(network: str) -> None:
    hit = ratelimit.hit("report", network, limit=REPORTS_AT_MOST, per=REPORTS_WITHIN)
    if not hit.passes:
        minutes = ceil(hit.wait / timedelta(minutes=1))
        raise Refused(
            f"Your network has sent {REPORTS_AT_MOST} reports within an hour. Nothing is lost:"
            f" please send this one again in {minutes} minutes.",
            429,
        )


def _address(name: str, comment: Comment) -> str:
    where = {"kind": comment.post.kind, "slug": comment.post.slug, "number": comment.number}
    return reverse(f"reports:{name}", kwargs=where)
